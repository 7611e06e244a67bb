import { type PostPorts, postMessages, type Target } from '../../../lib/handlers/webhook/post-message';
import { messageOf, noticeOf } from '../../../lib/model/failures';
import { backupJob } from '../../observability/fixtures/events';

const URL_OF_HOOK = 'https://hooks.example.com/services/SECRET-PATH';
const CONFIG = { secretName: 'hook', topics: { critical: 'arn:c', high: 'arn:h' } };
const eventOf = (Message: string, TopicArn = 'arn:h') => ({ Records: [{ Sns: { TopicArn, Message } }] });

function world({ secret = JSON.stringify({ url: URL_OF_HOOK, token: 'TOKEN' }), answers = [200] as (number | Error)[] } = {}) {
  const posted: { target: Target; body: { text: string; severity?: string; message: unknown } }[] = [];
  const pauses: number[] = [];
  const ports: PostPorts = {
    secret: async () => secret,
    post: async (target, body) => {
      posted.push({ target, body: JSON.parse(body) });
      const answer = answers[Math.min(posted.length, answers.length) - 1];
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    pause: async (ms) => void pauses.push(ms),
    random: () => 0.5,
  };
  return { ports, posted, pauses };
}

test('posts the sentence of a failure with its severity, to the URL and with the token of the secret', async () => {
  const { ports, posted } = world();
  await postMessages(eventOf(messageOf(noticeOf(backupJob('FAILED')), 'docs/runbook.md').body), CONFIG, ports);
  expect(posted).toEqual([
    {
      target: { url: URL_OF_HOOK, token: 'TOKEN' },
      body: {
        text: expect.stringMatching(
          /^HIGH: backup job FAILED in ap-northeast-1\nThe backup of .+ is FAILED\ndocs\/runbook.md#failed-backup-jobs$/,
        ),
        severity: 'high',
        message: expect.objectContaining({ source: 'custom' }),
      },
    },
  ]);
});

test('takes the severity that a message tells for truer than that of its topic', async () => {
  const { ports, posted } = world();
  await postMessages(eventOf(messageOf(noticeOf(backupJob('FAILED')), 'docs/runbook.md').body, 'arn:c'), CONFIG, ports);
  expect(posted[0].body.severity).toBe('high');
});

test('posts an alarm of CloudWatch in words', async () => {
  const { ports, posted } = world();
  const alarm = { AlarmName: 'Stale', NewStateValue: 'ALARM', AlarmDescription: 'Too old', NewStateReason: '1 > 0' };
  await postMessages(eventOf(JSON.stringify(alarm), 'arn:c'), CONFIG, ports);
  expect(posted[0].body).toEqual({ text: 'ALARM: Stale\nToo old\n1 > 0', severity: 'critical', message: alarm });
});

test.each([['no JSON at all'], ['"text"'], ['null'], ['[1]']])('posts whatever else comes as it is: %s', async (message) => {
  const { ports, posted } = world();
  await postMessages(eventOf(message, 'arn:other'), CONFIG, ports);
  expect(posted[0].body).toMatchObject({ text: message });
  expect(posted[0].body).not.toHaveProperty('severity');
});

test.each([[500], [503], [429], [new Error('reset')]])('tries again, with growing pauses and jitter, after %s', async (answer) => {
  const { ports, posted, pauses } = world({ answers: [answer, answer, 204] });
  await postMessages(eventOf('x'), CONFIG, ports);
  expect(posted).toHaveLength(3);
  expect(pauses).toEqual([1_500, 3_000]);
});

test('fails when it goes on', async () => {
  const { ports, posted } = world({ answers: [503] });
  await expect(postMessages(eventOf('x'), CONFIG, ports)).rejects.toThrow('the webhook answered 503, after 4 attempts');
  expect(posted).toHaveLength(4);
});

test.each([[301], [400], [401], [404]])('fails at once where trying again does not help: %i', async (answer) => {
  const { ports, posted } = world({ answers: [answer] });
  await expect(postMessages(eventOf('x'), CONFIG, ports)).rejects.toThrow(`the webhook answered ${answer}, after 1 attempt`);
  expect(posted).toHaveLength(1);
});

test('fails without telling the URL or the token, whatever the error of the network says', async () => {
  const { ports } = world({ answers: [new Error(`getaddrinfo ENOTFOUND ${URL_OF_HOOK} TOKEN`)] });
  const problem: Error & { cause?: unknown } = await postMessages(eventOf('x'), CONFIG, ports).then(
    () => new Error('none'),
    (error) => error,
  );
  expect(problem.message).toBe('the webhook did not answer, after 4 attempts');
  expect(problem.cause).toBeUndefined();
});

test.each([
  ['http', JSON.stringify({ url: 'http://hooks.example.com/SECRET-PATH' })],
  ['another protocol', JSON.stringify({ url: 'file:///etc/SECRET-PATH' })],
  ['no URL', JSON.stringify({ url: 'SECRET-PATH' })],
  ['nothing', '{}'],
  ['null', 'null'],
  ['no JSON', URL_OF_HOOK],
  ['a token that is no text', JSON.stringify({ url: URL_OF_HOOK, token: { a: 'SECRET-PATH' } })],
])('fails for a secret with %s, and does not tell it', async (_words, secret) => {
  const { ports, posted } = world({ secret });
  const problem: Error = await postMessages(eventOf('x'), CONFIG, ports).then(
    () => new Error('none'),
    (error) => error,
  );
  expect(problem.message).toMatch(/secret/);
  expect(`${problem.message}${problem.stack}`).not.toContain('SECRET-PATH');
  expect(posted).toEqual([]);
});
