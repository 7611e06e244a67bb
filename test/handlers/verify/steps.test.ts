import { begin } from '../../../lib/handlers/verify/begin';
import { clean } from '../../../lib/handlers/verify/clean';
import { instanceNameOf, look } from '../../../lib/handlers/verify/look';
import type { RestoreJob } from '../../../lib/handlers/verify/ports';
import { route } from '../../../lib/handlers/verify/route';
import { HOUR } from '../../../lib/model/time';
import type { CheckSpec, WorkflowState } from '../../../lib/model/verification';
import { Aws, CHECKER, CLUSTER, COMPARED, config, FILES, job, MACHINE, NOW, PLAN, RESTORED, restoreTest, TABLE } from './fakes';

let aws: Aws;
beforeEach(() => {
  aws = new Aws();
});

const OTHER = 'arn:aws:lambda:ap-northeast-1:111122223333:function:other';
const withChecks = (checks: readonly CheckSpec[]) => ({ ...config, resources: [{ ...config.resources[0], checks }] });
const withJob = (changes: Partial<RestoreJob>) => aws.jobs.splice(0, 1, { ...job, ...changes });

describe('the begin', () => {
  const start = (changes: Partial<WorkflowState> = {}) => begin({ restoreJobId: 'job-1', config, ...changes }, aws.steps);

  test('finds what a resource is held to by its ARN, and hands each function its checks with what they compare with', async () => {
    aws.evidence.baselines = { items: 3, gone: 4 };
    expect(await start()).toMatchObject({
      stage: 'look',
      test: restoreTest,
      resource: { id: 'Shop/Orders', rpoMs: 4 * HOUR },
      lookUntilMs: NOW + 2 * HOUR,
      groups: [{ functionArn: CHECKER, checks: [{ name: 'items' }], baselines: { items: 3 } }],
      comparedWith: COMPARED,
      unrun: [],
    });
  });

  test('compares with nothing where nothing was verified before', async () => {
    expect(await start()).not.toHaveProperty('comparedWith');
  });

  test.each([
    [[PLAN], 'latest'],
    [[], 'random'],
  ])('knows which recovery point the plan restores', async (latestPlanArns, recoveryPoints) => {
    expect(await start({ config: { ...config, latestPlanArns } })).toMatchObject({ recoveryPoints });
  });

  test('calls a function of the library once for all of its checks, and one of the user for each of its own', async () => {
    const mine = (name: string): CheckSpec => ({ name, kind: 'function', functionArn: OTHER });
    const files: CheckSpec = { name: 'files', kind: 'files', sample: 1 };
    const { groups } = await start({ config: withChecks([mine('one'), ...config.resources[0].checks, mine('two'), files]) });
    expect(groups.map(({ functionArn, checks }) => [functionArn, checks.map(({ name }) => name)])).toEqual([
      [OTHER, ['one']],
      [CHECKER, ['items', 'files']],
      [OTHER, ['two']],
    ]);
  });

  test('a check that nobody can run has its result at once', async () => {
    const sql: CheckSpec = { name: 'rows', kind: 'row-count', table: 'orders', atLeast: 1 };
    expect(await start({ config: withChecks([sql]) })).toMatchObject({
      stage: 'look',
      groups: [],
      unrun: [{ name: 'rows', status: 'unable', found: "no function runs checks of kind 'row-count'" }],
    });
  });

  test('a resource without ARN stands for all of its type that no other names', async () => {
    const [named] = config.resources;
    const { arn: _, ...rest } = named;
    const resources = [{ ...rest, id: 'any' }, named];
    withJob({ sourceArn: `${TABLE}-2` });
    expect(await start({ config: { ...config, resources } })).toMatchObject({ resource: { id: 'any' } });
    withJob({ sourceArn: TABLE });
    expect(await start({ config: { ...config, resources } })).toMatchObject({ resource: { id: 'Shop/Orders' } });
  });

  test('waits for a job that has not come to its end, but not for ever', async () => {
    withJob({ status: 'RUNNING' });
    const first = await start();
    expect(first).toMatchObject({ stage: 'restoring', lookUntilMs: NOW + 2 * HOUR });
    aws.nowMs += HOUR;
    expect(await start({ lookUntilMs: first.lookUntilMs })).toMatchObject({ stage: 'restoring', lookUntilMs: NOW + 2 * HOUR });
    aws.nowMs += HOUR;
    expect(await start({ lookUntilMs: first.lookUntilMs })).toMatchObject({
      stage: 'clean',
      failure: expect.stringMatching(/not come to its end/),
    });
  });

  test.each<[string, Partial<RestoreJob>, RegExp]>([
    [
      'a restore that failed',
      { status: 'FAILED', message: 'no subnet', createdArn: undefined },
      /the restore failed: the job is FAILED: no subnet/,
    ],
    ['a restore that was aborted', { status: 'ABORTED', createdArn: undefined }, /ABORTED/],
    ['a restore that made nothing', { createdArn: undefined }, /COMPLETED, without a resource/],
    ['a restore of another plan', { planArn: `${job.planArn}-2` }, /not of a restore testing plan of this verification/],
    ['a restore of no plan', { planArn: undefined }, /not of a restore testing plan/],
    ['a resource that nobody knows', { sourceArn: `${TABLE}-2` }, /nobody has said what .*orders-2 \(DynamoDB\) is held to/],
    ['a type that nobody knows', { resourceType: 'Timestream', sourceArn: 'arn:x' }, /nobody has said what arn:x \(Timestream\)/],
    ['a status that nobody knows', { status: 'STRANGE' }, /STRANGE/],
  ])('%s is not looked at, and says why', async (_case, changes, failure) => {
    withJob(changes);
    expect(await start()).toMatchObject({ stage: 'clean', failure: expect.stringMatching(failure) });
  });

  test('a job that AWS Backup does not know is not looked at', async () => {
    expect(await start({ restoreJobId: 'job-2' })).toMatchObject({ stage: 'clean', failure: 'AWS Backup knows no restore job job-2' });
  });

  test('after an execution that was broken off nothing is looked at any more', async () => {
    expect(await start({ cause: 'ABORTED' })).toMatchObject({ stage: 'clean', cause: 'ABORTED', test: restoreTest, groups: [] });
  });

  test('after one of a cluster that was broken off it is waited for whoever may still be making an instance', async () => {
    withJob({ createdArn: CLUSTER });
    expect(await start({ cause: 'ABORTED' })).toMatchObject({ stage: 'settle', groups: [] });
    expect(await start()).toMatchObject({ stage: 'look' });
  });

  test.each<[string, Partial<WorkflowState>]>([
    ['no restore job', { restoreJobId: undefined }],
    ['a restore job without a name', { restoreJobId: '' }],
    ['no configuration', { config: undefined }],
    ['half a configuration', { config: { verification: 'x' } as never }],
  ])('fails for %s', async (_case, state) => {
    await expect(start(state)).rejects.toThrow(/restoreJobId|holds no configuration/);
  });
});

describe('a look', () => {
  const at = (changes: Partial<WorkflowState> = {}) =>
    look({ restoreJobId: 'job-1', test: restoreTest, lookUntilMs: NOW + HOUR, instanceClass: 'db.t4g.medium', ...changes }, aws.steps);
  const ofCluster = { test: { ...restoreTest, resourceType: 'Aurora', createdArn: CLUSTER } };

  test('finds what can be used, with all that a check needs', async () => {
    aws.described = { state: 'usable', words: 'available', engine: 'postgres', endpoint: { host: 'db', port: 5432 } };
    const database = { secretArn: 'arn:secret' };
    expect(await at({ resource: { id: 'x', resourceType: 'DynamoDB', dueMs: 1, database } })).toEqual({
      status: 'usable',
      usableMs: NOW,
      target: {
        resourceType: 'DynamoDB',
        arn: RESTORED,
        name: 'awsbackup-restore-test-1',
        engine: 'postgres',
        endpoint: { host: 'db', port: 5432 },
        database,
      },
    });
  });

  test('waits for what is coming until the patience is over', async () => {
    aws.described = { state: 'coming', words: 'CREATING' };
    expect(await at()).toEqual({ status: 'waiting', reason: `${RESTORED} is CREATING` });
    aws.nowMs += HOUR;
    expect(await at()).toMatchObject({
      status: 'unusable',
      reason: expect.stringMatching(/is CREATING, and was awaited for as long as it may take/),
    });
  });

  test('does not wait for what is lost or gone', async () => {
    aws.described = { state: 'lost', words: 'ARCHIVED' };
    expect(await at()).toEqual({ status: 'unusable', reason: `${RESTORED} is ARCHIVED` });
    aws.described = undefined;
    expect(await at()).toEqual({ status: 'unusable', reason: `${RESTORED} is not there any more` });
  });

  test.each([['Timestream'], ['constructor'], ['']])('fails for a type that nobody knows: %p', async (resourceType) => {
    await expect(at({ test: { ...restoreTest, resourceType } })).rejects.toThrow(/nobody here knows how to look at a restored/);
  });

  test.each<[string, Partial<WorkflowState>]>([
    ['nothing restored', { test: { ...restoreTest, createdArn: undefined } }],
    ['no test', { test: undefined }],
  ])('fails for %s', async (_case, state) => {
    await expect(at(state)).rejects.toThrow(/nothing to look at/);
  });

  test.each([
    ['aurora-mysql', false, 'db.t4g.medium'],
    ['aurora-postgresql', true, 'db.serverless'],
    ['docdb', false, 'db.t4g.medium'],
    ['neptune', false, 'db.t4g.medium'],
    ['neptune', true, 'db.serverless'],
  ])('gives a cluster of %s an instance, once, and waits for it (serverless: %p)', async (engine, serverless, instanceClass) => {
    aws.cluster = { state: 'usable', words: 'available', engine, members: [], serverless };
    expect(await at(ofCluster)).toMatchObject({ status: 'waiting', reason: expect.stringMatching(/without an instance/) });
    expect(await at(ofCluster)).toMatchObject({ status: 'waiting', reason: expect.stringMatching(/-verify is creating/) });
    expect(aws.calls).toEqual([`make awsbackup-restore-test-1-verify ${instanceClass}`]);
    aws.instances.set('awsbackup-restore-test-1-verify', { state: 'usable', words: 'available', deleting: false });
    expect(await at(ofCluster)).toMatchObject({ status: 'usable', target: { name: 'awsbackup-restore-test-1', engine } });
  });

  test('makes nothing for clusters of other engines, and nothing before the cluster is there', async () => {
    aws.cluster = { state: 'usable', words: 'available', engine: 'mysql', members: [], serverless: false };
    expect(await at(ofCluster)).toMatchObject({ status: 'usable' });
    aws.cluster = { state: 'coming', words: 'creating', engine: 'aurora-mysql', members: [], serverless: false };
    expect(await at(ofCluster)).toMatchObject({ status: 'waiting' });
    expect(aws.calls).toEqual([]);
  });

  test('makes nothing for a cluster that AWS Backup has not named', async () => {
    aws.cluster = { state: 'usable', words: 'available', engine: 'aurora-mysql', members: [], serverless: false };
    const createdArn = CLUSTER.replace('awsbackup-restore-test-1', 'production');
    await expect(at({ test: { ...ofCluster.test, createdArn } })).rejects.toThrow(/production is no cluster of a restore test/);
    expect(aws.calls).toEqual([]);
  });

  test('an instance has a name that RDS takes, however long that of its cluster is', () => {
    expect(instanceNameOf(`awsbackup-restore-test-${'x'.repeat(63)}`)).toMatch(/^.{56}-verify$/);
  });
});

describe('cleaning up a file system', () => {
  const up = (changes: Partial<WorkflowState> = {}) =>
    clean({ restoreJobId: 'job-1', test: { ...restoreTest, resourceType: 'EFS', createdArn: FILES }, ...changes }, aws.steps);
  const target = { kind: 'mount target', id: 'fsmt-1', words: 'available', removable: true } as const;
  const point = { kind: 'access point', id: 'fsap-1', words: 'available', removable: true, madeFor: 'job-1' } as const;

  test('removes what a check has left that was ended early, and waits until it is gone', async () => {
    aws.mounts = [point, target];
    const first = await up();
    expect(first).toEqual({ status: 'waiting', reason: 'access point fsap-1 is being deleted', sinceMs: NOW });
    expect(aws.calls).toEqual(['delete fsap-1', 'delete fsmt-1']);
    aws.mounts = [{ ...target, words: 'deleting', removable: false }];
    expect(await up({ cleaned: first })).toMatchObject({ status: 'waiting', reason: 'mount target fsmt-1 is being deleted' });
    expect(aws.calls).toHaveLength(2);
    aws.mounts = [];
    expect(await up({ cleaned: first })).toEqual({ status: 'clean', sinceMs: NOW });
  });

  test('leaves access points alone that were not made for this test', async () => {
    aws.mounts = [
      { ...point, madeFor: 'job-2' },
      { ...point, id: 'fsap-2', madeFor: undefined },
    ];
    expect(await up()).toEqual({ status: 'clean', sinceMs: NOW });
    expect(aws.calls).toEqual([]);
  });

  test('fails when it is not gone after an hour, and says what', async () => {
    aws.mounts = [{ ...target, words: 'deleting', removable: false }];
    expect(await up({ cleaned: { status: 'waiting', sinceMs: NOW - HOUR - 1 } })).toMatchObject({
      status: 'stuck',
      reason: 'mount target fsmt-1 is still deleting',
      left: ['fsmt-1'],
    });
  });
});

describe('cleaning up', () => {
  const NAME = 'awsbackup-restore-test-1-verify';
  const made = { state: 'usable', words: 'available', cluster: 'awsbackup-restore-test-1', madeFor: 'job-1', deleting: false } as const;
  const up = (changes: Partial<WorkflowState> = {}) =>
    clean({ restoreJobId: 'job-1', test: { ...restoreTest, resourceType: 'Aurora', createdArn: CLUSTER }, ...changes }, aws.steps);

  test('deletes the instance that was made, and waits until it is gone', async () => {
    aws.instances.set(NAME, made);
    const first = await up();
    expect(first).toEqual({ status: 'waiting', reason: `instance ${NAME} is being deleted`, sinceMs: NOW });
    expect(aws.calls).toEqual([`delete ${NAME}`]);
    aws.instances.set(NAME, { ...made, words: 'deleting', deleting: true });
    expect(await up({ cleaned: first })).toMatchObject({ status: 'waiting' });
    aws.instances.delete(NAME);
    expect(await up({ cleaned: first })).toEqual({ status: 'clean', sinceMs: NOW });
    expect(aws.calls).toEqual([`delete ${NAME}`]);
  });

  test.each([
    ['of another test', { ...made, madeFor: 'job-2' }],
    ['without a tag', { ...made, madeFor: undefined }],
    ['of another cluster', { ...made, cluster: 'production' }],
  ])('leaves an instance %s alone, and says so', async (_case, instance) => {
    aws.instances.set(NAME, instance);
    expect(await up()).toMatchObject({ status: 'stuck', reason: expect.stringMatching(/left alone/), left: [NAME] });
    expect(aws.calls).toEqual([]);
  });

  test('gives up on what does not go within an hour', async () => {
    aws.instances.set(NAME, { ...made, words: 'deleting', deleting: true });
    expect(await up({ cleaned: { status: 'waiting', sinceMs: NOW - HOUR - 1 } })).toMatchObject({
      status: 'stuck',
      reason: `instance ${NAME} is still deleting`,
      left: [NAME],
    });
  });

  test.each<[string, Partial<WorkflowState>]>([
    ['nothing was restored', { test: undefined }],
    ['nothing is ever made', { test: restoreTest }],
  ])('asks nobody where %s', async (_case, state) => {
    aws.instances.set(NAME, made);
    expect(await up(state)).toMatchObject({ status: 'clean' });
  });
});

test.each([[{ step: 'constructor', state: {} }], [{ step: 'look' }], [{ 'detail-type': 'Something else' }], [null], ['text']])(
  'fails for a call that makes no sense: %j',
  async (received) => {
    const bindings = { machineArn: MACHINE, steps: () => aws.steps, watch: () => aws.watch };
    await expect(route(received as never, bindings)).rejects.toThrow(/does not exist|none that this function knows/);
  },
);
