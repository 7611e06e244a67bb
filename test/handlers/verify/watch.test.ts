import { start, sweep } from '../../../lib/handlers/verify/start';
import { watch } from '../../../lib/handlers/verify/watch';
import type { ConcludedTest } from '../../../lib/model/evidence';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { Aws, config, job, MACHINE, NOW, restoreTest, TABLE } from './fakes';

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
});

const concluded: ConcludedTest = {
  resource: 'Shop/Orders',
  rpoMs: 4 * HOUR,
  rtoMs: 4 * HOUR,
  test: restoreTest,
  checks: [{ name: 'items', kind: 'items' }],
  results: [{ name: 'items', kind: 'items', status: 'passed', expected: '1', found: '1', durationMs: 1 }],
  usableMs: NOW - MINUTE,
  cleanUp: { status: 'clean', left: [] },
  concludedMs: NOW,
};
const keep = (changes: Partial<ConcludedTest> = {}) => aws.evidence.append({ ...concluded, ...changes });
const look = () => watch(MACHINE, aws.watch);

describe('the watch', () => {
  test('is content while the last test is young and good, and says that it has looked', async () => {
    await keep();
    aws.nowMs = NOW + 8 * DAY;
    expect(await look()).toEqual({ failed: 0, missing: 0, slow: 0, old: 0, remains: 0 });
    expect(aws.metrics).toMatchObject({ 'Shop/Tests VerificationHeartbeat': 1, 'Shop/Tests MissingTests': 0, 'Shop/Tests FailedTests': 0 });
  });

  test('misses a test as soon as it is later than it may be', async () => {
    await keep();
    aws.nowMs = NOW + 8 * DAY + 1;
    expect(await look()).toMatchObject({ missing: 1, failed: 0 });
    expect(aws.lines.join()).toMatch(/"resource":"Shop\/Orders","missing":"no test since 2026-11-23T12:00:00.000Z"/);
  });

  test.each<[string, number | undefined, number, number]>([
    ['since there are tests, where its recovery points are older', NOW - 30 * DAY, 8 * DAY, 0],
    ['since there are tests, later', NOW - 30 * DAY, 8 * DAY + 1, 1],
    ['since its first recovery point, where that is younger', NOW + DAY, 9 * DAY, 0],
    ['since its first recovery point, later', NOW + DAY, 9 * DAY + 1, 1],
    ['since there are tests, where it has no recovery point', undefined, 8 * DAY + 1, 1],
  ])('what was never tested is awaited %s', async (_case, oldest, after, missing) => {
    aws.jobs.length = 0;
    aws.machineCreatedMs = NOW;
    aws.oldestPoint = oldest;
    aws.nowMs = NOW + after;
    expect(await look()).toMatchObject({ missing });
  });

  test.each<[string, Partial<ConcludedTest>, object]>([
    ['failed', { problem: 'ABORTED' }, { failed: 1 }],
    ['slow', { rtoMs: 1 }, { slow: 1 }],
    ['old', { results: [{ ...(concluded.results[0] as object), newestMs: 1 }] }, { old: 1 }],
    ['not clean', { cleanUp: { status: 'left', left: ['x'] } }, { remains: 1 }],
    ['nobody knows how clean', { cleanUp: { status: 'unknown', left: [] } }, { remains: 1 }],
  ])('counts a last test that is %s', async (_case, changes, counts) => {
    await keep(changes);
    expect(await look()).toEqual({ failed: 0, missing: 0, slow: 0, old: 0, remains: 0, ...counts });
  });

  test('forgets a failure when the next test is good', async () => {
    await keep({ problem: 'ABORTED' });
    aws.jobs.push({ ...job, id: 'job-2', createdMs: NOW });
    await keep({ test: { ...restoreTest, restoreJobId: 'job-2' } });
    expect(await look()).toMatchObject({ failed: 0 });
  });

  test('counts what AWS Backup could not delete', async () => {
    await keep();
    aws.jobs[0] = { ...job, deletion: 'FAILED' };
    expect(await look()).toMatchObject({ remains: 1 });
  });

  test('of several of which only the type is known, counts each test once, and misses those of whoever had none', async () => {
    const [{ arn: _, ...any }] = config.resources;
    const resources = ['one', 'two', 'three'].map((id) => ({ ...any, id }));
    aws.definition = JSON.stringify({ States: { 'Read configuration': { Result: { ...config, resources } } } });
    aws.jobs.length = 0;
    for (const name of ['a', 'b']) {
      aws.jobs.push({ ...job, id: name, sourceArn: `${TABLE}-${name}` });
      await keep({ test: { ...restoreTest, restoreJobId: name, sourceArn: `${TABLE}-${name}` }, problem: 'ABORTED' });
    }
    expect(await look()).toMatchObject({ failed: 2, missing: 1 });
  });

  test('of a type, looks at each resource that was restored, but for those that have an entry of their own', async () => {
    const [named] = config.resources;
    const { arn: _, ...any } = named;
    const resources = [named, { ...any, id: 'any' }];
    aws.definition = JSON.stringify({ States: { 'Read configuration': { Result: { ...config, resources } } } });
    for (const name of ['a', 'b']) {
      aws.jobs.push({ ...job, id: name, sourceArn: `${TABLE}-${name}` });
      await keep({ test: { ...restoreTest, restoreJobId: name, sourceArn: `${TABLE}-${name}` }, problem: 'ABORTED' });
    }
    await keep({ problem: 'ABORTED' });
    expect(await look()).toMatchObject({ failed: 3, missing: 0 });
  });

  test('starts the test of a restore of which no event came, once', async () => {
    await look();
    expect(aws.started).toEqual([]);
    aws.nowMs = NOW + 21 * MINUTE;
    await look();
    await look();
    expect(aws.started).toEqual([{ name: 'job-1', input: { restoreJobId: 'job-1' } }]);
  });

  test('cleans up after an execution that has come to no end, and of which no event said so', async () => {
    aws.started.push({ name: 'job-1', input: {} });
    aws.nowMs = NOW + 5 * HOUR - 10 * MINUTE;
    await look();
    expect(aws.started).toHaveLength(1);
    aws.nowMs += 1;
    await look();
    await look();
    expect(aws.started.slice(1)).toEqual([
      { name: 'job-1_sweep-1', input: { restoreJobId: 'job-1', cause: 'the verification came to no end, and no event said so' } },
    ]);
  });

  test('leaves an execution alone that has left evidence', async () => {
    aws.started.push({ name: 'job-1', input: {} });
    await keep();
    aws.nowMs = NOW + 7 * HOUR;
    await look();
    expect(aws.started).toHaveLength(1);
  });

  test.each([
    ['runs still', { status: 'RUNNING' }],
    ['has its verdict', { validation: 'SUCCESSFUL' }],
    ['had its time', { validation: 'TIMED_OUT' }],
  ])('starts nothing for a restore that %s', async (_case, changes) => {
    aws.jobs[0] = { ...job, ...changes };
    aws.nowMs = NOW + HOUR;
    await look();
    expect(aws.started).toEqual([]);
  });

  test.each([
    ['no configuration', '{"States":{}}'],
    ['half of it', '{"States":{"Read configuration":{"Result":{"resources":[]}}}}'],
    ['no JSON', 'nonsense'],
  ])('fails, and gives no sign of life, where the machine holds %s', async (_case, definition) => {
    aws.definition = definition;
    await expect(look()).rejects.toThrow();
    expect(aws.metrics).toEqual({});
  });

  test('gives no sign of life where evidence cannot be read', async () => {
    aws.evidence.find = async () => {
      throw new Error('denied');
    };
    await expect(look()).rejects.toThrow('denied');
    expect(aws.metrics).toEqual({});
  });
});

describe('an event', () => {
  test('of a restore job starts one execution, however often it comes', async () => {
    for (let times = 0; times < 3; times++) {
      await start({ detail: { restoreJobId: 'job-1', status: 'COMPLETED' } }, MACHINE, aws.watch);
    }
    expect(aws.started).toEqual([{ name: 'job-1', input: { restoreJobId: 'job-1' } }]);
  });

  test.each([
    [{}],
    [{ detail: {} }],
    [{ detail: { restoreJobId: 7 } }],
    [{ detail: { restoreJobId: '' } }],
    [{ detail: { restoreJobId: 'a b' } }],
  ])('fails without a restore job: %j', async (event) => {
    await expect(start(event as never, MACHINE, aws.watch)).rejects.toThrow(/names no restore job/);
  });

  const ended = (name: string, status = 'ABORTED', stateMachineArn = MACHINE) =>
    sweep({ detail: { name, status, stateMachineArn } }, MACHINE, aws.watch);

  test.each([['FAILED'], ['TIMED_OUT'], ['ABORTED']])('of an execution that is %s starts one that cleans up', async (status) => {
    await ended('job-1', status);
    await ended('job-1', status);
    expect(aws.started).toEqual([
      { name: 'job-1_sweep-1', input: { restoreJobId: 'job-1', cause: `the verification came to no good end: it is ${status}` } },
    ]);
  });

  test('of a cleaning that was broken off starts the next, but three at most', async () => {
    await ended('job-1_sweep-1');
    await ended('job-1_sweep-2');
    expect(aws.started.map(({ name }) => name)).toEqual(['job-1_sweep-2', 'job-1_sweep-3']);
    await expect(ended('job-1_sweep-3')).rejects.toThrow(/3 executions have tried in vain to clean up after restore job job-1/);
  });

  test.each([
    ['an end that is good', () => ended('job-1', 'SUCCEEDED')],
    ['a beginning', () => ended('job-1', 'RUNNING')],
    ['another machine', () => ended('job-1', 'FAILED', 'arn:other')],
    ['no detail', () => sweep({}, MACHINE, aws.watch)],
  ])('fails for %s', async (_case, run) => {
    await expect(run()).rejects.toThrow(/names no execution/);
    expect(aws.started).toEqual([]);
  });
});
