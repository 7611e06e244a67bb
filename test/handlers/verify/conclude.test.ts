import { conclude } from '../../../lib/handlers/verify/conclude';
import { HOUR, MINUTE } from '../../../lib/model/time';
import type { CheckResult, WorkflowState } from '../../../lib/model/verification';
import { Aws, CHECKER, config, job, NOW, RESTORED, restoreTest } from './fakes';

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
});

const [{ checks, checkers: _, ...resource }] = config.resources;
const passed: CheckResult = { name: 'items', kind: 'items', status: 'passed', expected: 'at least 1', found: '3', durationMs: 5 };
const done: WorkflowState = {
  restoreJobId: 'job-1',
  stage: 'look',
  verification: config.verification,
  evidence: config.evidence,
  test: restoreTest,
  resource,
  groups: [{ functionArn: CHECKER, checks, baselines: {} }],
  unrun: [],
  looked: { status: 'usable', usableMs: NOW - MINUTE, target: { resourceType: 'DynamoDB', arn: RESTORED, name: 'x' } },
  answers: [{ answer: { results: [passed] } }],
  cleaned: { status: 'clean', sinceMs: NOW },
};
const end = (changes: Partial<WorkflowState> = {}) => conclude({ ...done, ...changes }, aws.steps);
const words = ({ verdict }: Awaited<ReturnType<typeof end>>) => verdict.reasons.map((reason) => reason.words).join('; ');

test('a test that went well is kept, told and measured', async () => {
  expect(await end()).toMatchObject({
    verdict: { status: 'SUCCESSFUL', reasons: [] },
    achieved: { recoveryTime: { ms: 59 * MINUTE, outcome: 'kept' } },
    cleanUp: { status: 'clean' },
    reported: true,
  });
  expect(aws.reported).toEqual([['job-1', 'SUCCESSFUL', 'checks that passed: 1']]);
  expect(aws.metrics).toEqual({ 'Shop/Tests Shop/Orders AchievedRecoveryTime': 3540, 'Shop/Tests Shop/Orders SuccessfulTest': 1 });
  expect(aws.evidence.kept.get('job-1')?.concluded).toMatchObject({ resource: 'Shop/Orders', results: [passed] });
});

test('says in the evidence what it was compared with', async () => {
  const comparedWith = { sequence: 4, sha256: 'b'.repeat(64) };
  await end({ comparedWith });
  expect(aws.evidence.kept.get('job-1')?.concluded).toMatchObject({ comparedWith });
});

test('is counted by its resource, once there is evidence of it', async () => {
  await end({ answers: [] });
  expect(aws.metrics).toMatchObject({ 'Shop/Tests Shop/Orders SuccessfulTest': 0 });
  aws = new Aws();
  await end({ unrecorded: { Error: 'Denied' } });
  expect(aws.metrics).not.toHaveProperty(['Shop/Tests Shop/Orders SuccessfulTest']);
});

test('a resource that nobody checks is restored, and nobody says that its data was looked at', async () => {
  expect(await end({ groups: [], answers: [] })).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
  expect(aws.reported).toEqual([['job-1', 'SUCCESSFUL', 'restored and usable; nobody looked at the data']]);
  expect(aws.evidence.kept.get('job-1')?.concluded.checks).toEqual([{ name: 'usable', kind: 'usable' }]);
});

test.each<[string, Partial<WorkflowState>, RegExp]>([
  [
    'a check failed',
    { answers: [{ answer: { results: [{ ...passed, status: 'failed', found: '0' }] } }] },
    /'items' expected at least 1 and found 0/,
  ],
  [
    'a checker threw',
    { answers: [{ error: { Error: 'Error', Cause: '{"errorMessage":"broken"}' } }] },
    /could not look: the function that checks failed: Error: broken/,
  ],
  ['a checker was not called', { answers: [] }, /the check was not run/],
  ['no checker was called', { answers: undefined }, /the check was not run/],
  ['a checker answered nothing', { answers: [{ answer: null }] }, /answered without 'results'/],
  ['a checker gave no result', { answers: [{ answer: { results: [] } }] }, /gave no result/],
  ['a checker gave two results', { answers: [{ answer: { results: [passed, passed] } }] }, /2 results/],
  ['a result is undecided', { answers: [{ answer: { results: [{ ...passed, status: 'PASSED' }] } }] }, /neither passed nor failed/],
  ['what was restored is lost', { looked: { status: 'unusable', reason: 'x is failed' }, answers: undefined }, /x is failed/],
  [
    'looking went wrong',
    { looked: undefined, error: { Error: 'AccessDenied', Cause: 'no' }, answers: undefined },
    /could not look: AccessDenied: no/,
  ],
  ['nothing was ever looked at', { looked: undefined, answers: undefined }, /never became usable/],
  [
    'the restore failed',
    { test: { ...restoreTest, createdArn: undefined, failure: 'FAILED: no subnet' }, looked: undefined },
    /the restore job failed: FAILED: no subnet/,
  ],
  [
    'nobody knows the resource',
    { resource: undefined, groups: [], looked: undefined, failure: 'nobody has said what it is held to' },
    /nobody has said/,
  ],
  ['it was broken off', { cause: 'it is ABORTED' }, /it is ABORTED/],
  [
    'the restore job could not be read',
    { test: undefined, resource: undefined, groups: undefined, looked: undefined, error: { Cause: 'denied' } },
    /denied/,
  ],
])('FAILED where %s', async (_case, state, reason) => {
  const ended = await end(state);
  expect(ended.verdict.status).toBe('FAILED');
  expect(words(ended)).toMatch(reason);
  expect(aws.reported).toEqual([['job-1', 'FAILED', expect.stringMatching(reason)]]);
  expect(aws.metrics).toMatchObject({ 'Shop/Tests FailedTests': 1 });
});

test('a state with nothing but the configuration is enough for a verdict', async () => {
  const ended = await conclude({ restoreJobId: 'job-1', config, error: { Error: 'States.Timeout' } }, aws.steps);
  expect(words(ended)).toMatch(/could not look: States.Timeout/);
  expect(aws.evidence.kept.has('job-1')).toBe(true);
});

test('an earlier verdict of the same job stays, and is told again', async () => {
  await end();
  expect(await end({ cause: 'it is FAILED' })).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
  expect(aws.evidence.kept.size).toBe(1);
  expect(aws.reported.map(([, status]) => status)).toEqual(['SUCCESSFUL', 'SUCCESSFUL']);
});

test('without evidence there is no verdict, until it is given up: then it is FAILED', async () => {
  aws.evidence.refusal = new Error('the bucket is gone');
  await expect(end()).rejects.toThrow('the bucket is gone');
  expect(aws.reported).toEqual([]);
  expect(await end({ unrecorded: { Error: 'Error', Cause: 'the bucket is gone' } })).toMatchObject({ verdict: { status: 'FAILED' } });
  expect(aws.reported).toEqual([['job-1', 'FAILED', expect.stringMatching(/the evidence could not be kept: Error: the bucket is gone/)]]);
});

test('a verdict that AWS Backup does not take any more stays what it is', async () => {
  aws.takesVerdicts = false;
  expect(await end()).toMatchObject({ verdict: { status: 'SUCCESSFUL' }, reported: false });
});

test('a message is never longer than a list shows', async () => {
  await end({ error: { Error: 'x'.repeat(5_000) } });
  expect(aws.reported[0][2]).toMatch(/^.{997}\.\.\.$/s);
});

test.each<[string, Partial<WorkflowState>, object]>([
  ['over the recovery time', { resource: { ...resource, rtoMs: 59 * MINUTE - 1 } }, { 'Shop/Tests TestsOverRecoveryTime': 1 }],
  [
    'over the recovery point',
    { answers: [{ answer: { results: [{ ...passed, newestMs: job.recoveryPointMs - 4 * HOUR - 1 }] } }] },
    { 'Shop/Tests TestsOverRecoveryPoint': 1 },
  ],
  [
    'that left something',
    { cleaned: { status: 'stuck', reason: 'no tag', left: ['x'], sinceMs: NOW } },
    { 'Shop/Tests TestsWithRemains': 1 },
  ],
  [
    'of which nobody knows whether it left something',
    { cleaned: undefined, cleanError: { Error: 'x' } },
    { 'Shop/Tests TestsWithRemains': 1 },
  ],
])('a test %s is counted, and successful all the same', async (_case, state, metrics) => {
  expect(await end(state)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
  expect(aws.metrics).toMatchObject(metrics);
});

test.each<[readonly string[] | undefined, object]>([
  [['fsmt-1'], { status: 'left', left: ['fsmt-1'], problem: 'mount target fsmt-1 is still deleting' }],
  [undefined, { status: 'unknown', left: [], problem: 'mount target fsmt-1 is still deleting' }],
])('what stays behind is named by the step that could not remove it: %j', async (left, cleanUp) => {
  const cleaned = { status: 'stuck', reason: 'mount target fsmt-1 is still deleting', left, sinceMs: NOW } as const;
  expect((await end({ cleaned })).cleanUp).toEqual(cleanUp);
});

test('no result says more than it may', async () => {
  const secret = { ...passed, found: 'x'.repeat(10_000), details: Array.from({ length: 100 }, (_, index) => `${index}`) };
  await end({ answers: [{ answer: { results: [secret] } }] });
  const [result] = aws.evidence.kept.get('job-1')!.concluded.results as CheckResult[];
  expect([result.found.length, result.details?.length]).toEqual([500, 20]);
});
