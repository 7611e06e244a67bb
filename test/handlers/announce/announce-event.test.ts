import { announceEvent } from '../../../lib/handlers/announce/announce-event';
import type { Message } from '../../../lib/model/failures';
import { backupJob, recoveryPoint, restoreJob } from '../../observability/fixtures/events';

const CONFIG = { topics: { critical: 'arn:c', high: 'arn:h', low: 'arn:l' }, runbook: 'https://wiki.example.com/runbook' };

async function published(event: object): Promise<[string, Message][]> {
  const sent: [string, Message][] = [];
  await announceEvent(event, CONFIG, async (arn, message) => {
    sent.push([arn, message]);
  });
  return sent;
}

test.each([
  ['arn:c', restoreJob('FAILED')],
  ['arn:h', backupJob('FAILED')],
  ['arn:l', recoveryPoint('EXPIRED')],
])('publishes to the topic of the severity: %s', async (arn, event) => {
  expect(await published(event)).toEqual([[arn, expect.objectContaining({ body: expect.stringContaining('"version": "1.0"') })]]);
});

test('names the section of the runbook that it was given', async () => {
  const [[, { body }]] = await published(backupJob('ABORTED'));
  expect(JSON.parse(body).content.nextSteps).toEqual(['https://wiki.example.com/runbook#failed-backup-jobs']);
});

test('publishes every message of a vault', async () => {
  const record = (Message: string) => ({ Sns: { Message, MessageAttributes: { EventType: { Value: 'S3_BACKUP_OBJECT_FAILED' } } } });
  const sent = await published({ Records: [record('one'), record('two')] });
  expect(sent.map(([arn, { body }]) => [arn, JSON.parse(body).content.description])).toEqual([
    ['arn:h', 'one'],
    ['arn:h', 'two'],
  ]);
});

test('an event that comes twice is told twice, with the same id', async () => {
  const ids = [...(await published(backupJob('FAILED'))), ...(await published(backupJob('FAILED')))].map(
    ([, { body }]) => JSON.parse(body).metadata.additionalContext.eventId,
  );
  expect(ids).toEqual([ids[0], ids[0]]);
});

test('fails where the topic does not take the message, so that the event becomes a dead letter', async () => {
  const refuse = () => Promise.reject(new Error('KMSAccessDenied'));
  await expect(announceEvent(backupJob('FAILED'), CONFIG, refuse)).rejects.toThrow('KMSAccessDenied');
});
