import { AwsFileSystems } from '../../../lib/handlers/recover/aws-file-systems';
import { AwsGlobalClusters } from '../../../lib/handlers/recover/aws-global-clusters';
import { AwsInstances } from '../../../lib/handlers/recover/aws-instances';
import { AwsBuckets, AwsTables } from '../../../lib/handlers/recover/aws-live-copies';
import { askAgent } from '../../../lib/handlers/recover/aws-peers';
import { registerPort } from '../../../lib/handlers/recover/aws-register';
import type { FileSystemConfig, GlobalClusterConfig, ReplicaInstanceConfig, SiteRegister } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';
import { type Answers, FakeAws, named } from './aws';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const now = (): number => NOW;
const instance = siteConfig(OSAKA).data[0] as ReplicaInstanceConfig;
const LOSSY = { runId: 'run-1', from: 'ap-northeast-1', reached: false, lossless: false, facts: {} };
const LOSSLESS = { ...LOSSY, reached: true, lossless: true };

const db = (more: object) => ({
  DescribeDBInstances: {
    DBInstances: [
      { DBInstanceArn: 'arn:db', DBInstanceStatus: 'available', VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-open' }], ...more },
    ],
  },
});
const replica = db({ ReadReplicaSourceDBInstanceIdentifier: 'arn:source' });
const fenced = { VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-fence' }] };
const lags = (value: number, ageMs: number) => ({
  GetMetricData: { MetricDataResults: [{ Values: [value], Timestamps: [new Date(NOW - ageMs)] }] },
});

describe('a database instance', () => {
  const of = (answers: Answers) => {
    const aws = new FakeAws(answers);
    return { aws, port: new AwsInstances(aws.clients, now) };
  };

  test.each([
    ['a replica is promoted', replica, 'pending', ['PromoteReadReplica']],
    [
      'one that changes just now is waited for',
      { ...replica, PromoteReadReplica: named('InvalidDBInstanceStateFault') },
      'pending',
      ['PromoteReadReplica'],
    ],
    [
      'one that is being promoted is left alone',
      db({ ReadReplicaSourceDBInstanceIdentifier: 'arn:source', DBInstanceStatus: 'modifying' }),
      'pending',
      [],
    ],
    ['one that is no replica takes writes', db({}), 'done', []],
    ['one that restarts is waited for', db({ DBInstanceStatus: 'rebooting' }), 'pending', []],
    ['one that is not there never will be', { DescribeDBInstances: named('DBInstanceNotFoundFault') }, 'failed', []],
  ])('to be promoted: %s', async (_, answers, state, calls) => {
    const { aws, port } = of(answers);
    expect((await port.promote(instance)).state).toBe(state);
    expect(aws.calls).toEqual(calls);
  });

  test.each([
    ['gets the group without rules', db({}), 'pending', ['ModifyDBInstance']],
    ['is then restarted, so that sessions end', db(fenced), 'pending', ['RebootDBInstance', 'AddTagsToResource']],
    [
      'is restarted again where nobody knows that it was',
      { ...db(fenced), RebootDBInstance: named('InvalidDBInstanceStateFault') },
      'pending',
      ['RebootDBInstance'],
    ],
    [
      'is waited for while it restarts',
      db({ ...fenced, DBInstanceStatus: 'rebooting', TagList: [{ Key: 'cdk-recovery:fenced' }] }),
      'pending',
      [],
    ],
    ['is then out of reach', db({ ...fenced, TagList: [{ Key: 'cdk-recovery:fenced' }] }), 'done', []],
    ['is left alone as a replica', replica, 'done', []],
    ['that is not there is no danger', { DescribeDBInstances: named('DBInstanceNotFoundFault') }, 'done', []],
  ])('to be fenced %s', async (_, answers, state, calls) => {
    const { aws, port } = of(answers);
    expect((await port.close(instance)).state).toBe(state);
    expect(aws.calls).toEqual(calls);
  });

  test('gets its groups back, and is restarted again when it is fenced the next time', async () => {
    const { aws, port } = of(db(fenced));
    expect((await port.open(instance)).state).toBe('pending');
    expect(aws.calls).toEqual(['RemoveTagsFromResource', 'ModifyDBInstance']);
    expect(aws.inputs.ModifyDBInstance).toMatchObject({ VpcSecurityGroupIds: ['sg-open'] });
    expect((await of(db({})).port.open(instance)).state).toBe('done');
  });

  const followed = { source: { arn: 'arn:source', instanceClass: 'db.m6g.large' }, region: TOKYO, epoch: 3, lossless: false };
  test('makes way under another name, and is made again as a replica with the settings of its site', async () => {
    const old = of({
      DescribeDBInstances: ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) =>
        id === 'orders' ? db({}).DescribeDBInstances : named('DBInstanceNotFoundFault'),
    });
    expect((await old.port.follow(instance, followed)).state).toBe('pending');
    expect(old.aws.inputs.ModifyDBInstance).toMatchObject({ NewDBInstanceIdentifier: 'orders-before-3' });
    const gone = of({ DescribeDBInstances: named('DBInstanceNotFoundFault') });
    await gone.port.follow(instance, followed);
    expect(gone.aws.inputs.CreateDBInstanceReadReplica).toMatchObject({
      DBInstanceIdentifier: 'orders',
      SourceDBInstanceIdentifier: 'arn:source',
      DBSubnetGroupName: 'subnets',
      KmsKeyId: `arn:aws:kms:${OSAKA}:111122223333:key/1`,
      VpcSecurityGroupIds: ['sg-open'],
    });
    expect((await of(replica).port.follow(instance, followed)).state).toBe('done');
    expect((await of(db({ ReadReplicaSourceDBInstanceIdentifier: 'arn:other' })).port.follow(instance, followed)).state).toBe('failed');
  });

  test('is made again under the key that it had, where nobody names one for its Region', async () => {
    const { rebuild: _, ...config } = instance;
    const { aws, port } = of({
      DescribeDBInstances: ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) =>
        id === 'orders-before-3' ? db({ KmsKeyId: 'arn:key' }).DescribeDBInstances : named('DBInstanceNotFoundFault'),
    });
    await port.follow({ ...config, rebuild: {} }, followed);
    expect(aws.inputs.CreateDBInstanceReadReplica).toMatchObject({ KmsKeyId: 'arn:key' });
  });

  test('is rehearsed by a snapshot beside it, of which nothing stays', async () => {
    const none = named('DBInstanceNotFoundFault');
    const first = of({ DescribeDBInstances: none, DescribeDBSnapshots: named('DBSnapshotNotFoundFault') });
    await first.port.rehearse(instance, LOSSY);
    const second = of({
      DescribeDBInstances: none,
      DescribeDBSnapshots: { DBSnapshots: [{ Status: 'available', TagList: [{ Key: 'cdk-recovery:run', Value: 'run-1' }] }] },
    });
    await second.port.rehearse(instance, LOSSY);
    expect([...first.aws.calls, ...second.aws.calls]).toEqual(['CreateDBSnapshot', 'RestoreDBInstanceFromDBSnapshot']);
    expect(second.aws.inputs.RestoreDBInstanceFromDBSnapshot).toMatchObject({
      DBInstanceIdentifier: 'orders-rehearsal',
      PubliclyAccessible: false,
    });
    const third = of({ ...db({}), DescribeDBSnapshots: { DBSnapshots: [{}] } });
    expect((await third.port.tidy(instance)).state).toBe('pending');
    expect(third.aws.inputs.DeleteDBInstance).toMatchObject({ DBInstanceIdentifier: 'orders-rehearsal', SkipFinalSnapshot: true });
    expect(third.aws.inputs.DeleteDBSnapshot).toEqual({ DBSnapshotIdentifier: 'orders-rehearsal' });
    expect((await first.port.tidy(instance)).state).toBe('done');
  });
});

describe('a global database', () => {
  const own = `arn:aws:rds:${OSAKA}:1:cluster:osaka`;
  const writer = `arn:aws:rds:${TOKYO}:1:cluster:tokyo`;
  const config: GlobalClusterConfig = {
    kind: 'aurora-global',
    name: 'orders',
    order: 1,
    globalCluster: 'global',
    cluster: 'osaka',
    clusterArn: own,
    instance: { identifier: 'osaka-1', instanceClass: 'db.r6g.large', engine: 'aurora-postgresql' },
  };
  const world = (isWriter: boolean, members: readonly object[] = [{ DBInstanceIdentifier: 'osaka-1' }], status = 'available') => ({
    DescribeDBClusters: { DBClusters: [{ Status: 'available', DBClusterArn: own, DBClusterMembers: members }] },
    ...db({}),
    DescribeGlobalClusters: {
      GlobalClusters: [
        {
          Status: status,
          GlobalClusterMembers: [
            { DBClusterArn: own, IsWriter: isWriter },
            { DBClusterArn: writer, IsWriter: !isWriter },
          ],
        },
      ],
    },
  });

  test.each([
    ['fails over in its own Region', world(false), LOSSY, 'pending', ['FailoverGlobalCluster']],
    ['switches over in the Region of the writer', world(false), LOSSLESS, 'pending', [`SwitchoverGlobalCluster in ${TOKYO}`]],
    ['waits for what goes on', world(false, undefined, 'switching-over'), LOSSLESS, 'pending', []],
    ['is done when it is the writer', world(true), LOSSY, 'done', []],
    ['leaves a writer alone that is not left', world(false), { ...LOSSY, from: 'us-west-2' }, 'done', []],
    ['is given an instance first where it has none', world(false, []), LOSSY, 'pending', ['CreateDBInstance']],
  ])('%s', async (_, answers, how, state, calls) => {
    const aws = new FakeAws(answers);
    expect((await new AwsGlobalClusters(aws.clients, now).promote(config, how)).state).toBe(state);
    expect(aws.calls).toEqual(calls);
  });

  test('allows loss only in a failover', async () => {
    const aws = new FakeAws(world(false));
    await new AwsGlobalClusters(aws.clients, now).promote(config, LOSSY);
    expect(aws.inputs.FailoverGlobalCluster).toEqual({
      GlobalClusterIdentifier: 'global',
      TargetDbClusterIdentifier: own,
      AllowDataLoss: true,
    });
  });

  const versions = (own: string, all: string) => {
    const { DescribeDBClusters, DescribeGlobalClusters, ...rest } = world(false);
    return {
      ...rest,
      DescribeDBClusters: { DBClusters: [{ ...DescribeDBClusters.DBClusters[0], EngineVersion: own }] },
      DescribeGlobalClusters: { GlobalClusters: [{ ...DescribeGlobalClusters.GlobalClusters[0], EngineVersion: all }] },
    };
  };
  test.each([
    ['that is well', versions('16.4', '16.4'), 'done', 'done'],
    ['of another version', versions('16.4', '16.6'), 'failed', 'done'],
    ['that is no member', { ...world(false), DescribeGlobalClusters: {} }, 'failed', 'done'],
    ['that changes just now', world(false, undefined, 'upgrading'), 'pending', 'done'],
    ['that is gone', { ...world(false), DescribeDBClusters: named('DBClusterNotFoundFault') }, 'failed', 'failed'],
  ])('to be switched over, or failed over: one %s', async (_, answers, switchover, failover) => {
    const port = new AwsGlobalClusters(new FakeAws(answers).clients, now);
    expect((await port.ready(config, { lossless: true })).state).toBe(switchover);
    expect((await port.ready(config, { lossless: false })).state).toBe(failover);
  });

  test('is behind by what was written after what has arrived, however long nobody has measured since', async () => {
    const port = new AwsGlobalClusters(new FakeAws(lags(500, 40 * MINUTE)).clients, now);
    expect(await port.lag(config, TOKYO, { endMs: NOW, saidMs: NOW - 39 * MINUTE })).toMatchObject({ lagMs: MINUTE + 500 });
  });

  const followed = { source: { arn: writer }, region: TOKYO, epoch: 3, lossless: false };

  test('follows once AWS has added it again', async () => {
    const look = async (answers: Answers) =>
      (await new AwsGlobalClusters(new FakeAws(answers).clients, now).follow(config, followed)).state;
    expect(await look(world(false))).toBe('done');
    expect(await look(world(true))).toBe('pending');
    expect(await look({ ...world(false), DescribeGlobalClusters: { GlobalClusters: [{ GlobalClusterMembers: [] }] } })).toBe('pending');
  });

  test('that writes although another site is active hands writing over to that one, and loses nothing', async () => {
    const aws = new FakeAws(world(true));
    expect(await new AwsGlobalClusters(aws.clients, now).follow(config, followed)).toMatchObject({ state: 'pending' });
    expect(aws.calls).toEqual(['SwitchoverGlobalCluster']);
    expect(aws.inputs.SwitchoverGlobalCluster).toMatchObject({ TargetDbClusterIdentifier: writer });
    const busy = new FakeAws(world(true, undefined, 'switching-over'));
    await new AwsGlobalClusters(busy.clients, now).follow(config, followed);
    expect(busy.calls).toEqual([]);
  });
});

describe('a file system', () => {
  const config: FileSystemConfig = { kind: 'efs', name: 'files', order: 1, fileSystem: 'fs-own' };
  const follows = (status: string, source = 'fs-other', atMs = NOW - MINUTE) => ({
    DescribeReplicationConfigurations: {
      Replications: [
        { SourceFileSystemId: source, Destinations: [{ FileSystemId: 'fs-own', Status: status, LastReplicatedTimestamp: new Date(atMs) }] },
      ],
    },
  });
  const alone = {
    DescribeReplicationConfigurations: named('ReplicationNotFound'),
    DescribeFileSystems: { FileSystems: [{ LifeCycleState: 'available', FileSystemArn: 'arn:fs' }] },
  };
  const of = (answers: Answers) => {
    const aws = new FakeAws(answers);
    return { aws, port: new AwsFileSystems(aws.clients, now) };
  };

  test('is made writeable without the other side where that is out of reach, and with it where it is not', async () => {
    const lossy = of(follows('ENABLED'));
    await lossy.port.promote(config, LOSSY);
    expect(lossy.aws.inputs.DeleteReplicationConfiguration).toEqual({
      SourceFileSystemId: 'fs-other',
      DeletionMode: 'LOCAL_CONFIGURATION_ONLY',
    });
    const lossless = of(follows('ENABLED'));
    await lossless.port.promote(config, LOSSLESS);
    expect(lossless.aws.inputs.DeleteReplicationConfiguration).toMatchObject({ DeletionMode: 'ALL_CONFIGURATIONS' });
    const reached = of(follows('ENABLED'));
    await reached.port.promote(config, { ...LOSSY, reached: true });
    expect(reached.aws.inputs.DeleteReplicationConfiguration).toMatchObject({ DeletionMode: 'ALL_CONFIGURATIONS' });
    expect((await of(alone).port.promote(config, LOSSY)).state).toBe('done');
  });

  test('has arrived when it was synced after the fence', async () => {
    expect((await of(follows('ENABLED')).port.arrived(config, NOW - 2 * MINUTE)).state).toBe('done');
    expect((await of(follows('ENABLED')).port.arrived(config, NOW)).state).toBe('pending');
  });

  test('follows the other one: unprotected first, then replicated from where that is', async () => {
    const source = { source: { id: 'fs-other' }, region: TOKYO, epoch: 3, lossless: true };
    const first = of(alone);
    await first.port.follow(config, source);
    const open = {
      ...alone,
      DescribeFileSystems: { FileSystems: [{ FileSystemProtection: { ReplicationOverwriteProtection: 'DISABLED' } }] },
    };
    const second = of(open);
    await second.port.follow(config, source);
    expect([...first.aws.calls, ...second.aws.calls]).toEqual(['UpdateFileSystemProtection', `CreateReplicationConfiguration in ${TOKYO}`]);
    expect((await of(follows('ENABLED')).port.follow(config, source)).state).toBe('done');
    const former = of(follows('ENABLED', 'fs-own'));
    await former.port.follow(config, source);
    expect(former.aws.calls).toEqual(['DeleteReplicationConfiguration']);
  });

  test('is overwritten only where files that the other one never got are in a recovery point of after the fence', async () => {
    const lost = { source: { id: 'fs-other' }, region: TOKYO, epoch: 3, lossless: false, fencedMs: NOW - MINUTE };
    const backedUp = (atMs: number) => ({
      ...alone,
      ListRecoveryPointsByResource: { RecoveryPoints: [{ Status: 'COMPLETED', CreationDate: new Date(atMs) }] },
    });
    for (const answers of [alone, backedUp(NOW - 2 * MINUTE)]) {
      const { aws, port } = of(answers);
      expect(await port.follow(config, lost)).toMatchObject({ state: 'failed', words: expect.stringMatching(/make a recovery point/) });
      expect(aws.calls).toEqual([]);
    }
    const kept = of(backedUp(NOW));
    expect((await kept.port.follow(config, lost)).state).toBe('pending');
    expect(kept.aws.inputs.ListRecoveryPointsByResource).toEqual({ ResourceArn: 'arn:fs' });
  });

  test.each([
    ['follows and is in step', follows('ENABLED'), 'done'],
    ['is being set up', follows('ENABLING'), 'pending'],
    ['has failed to follow', follows('ERROR'), 'failed'],
    ['follows nobody', {}, 'failed'],
  ])('to be switched over: one that %s', async (_, answers, state) => {
    expect((await of({ ...alone, ...answers }).port.ready(config, { lossless: true })).state).toBe(state);
    expect((await of({ ...alone, ...answers }).port.ready(config, { lossless: false })).state).toBe('done');
  });
});

describe('live copies', () => {
  test('a table is given a minute after the fence', async () => {
    const port = new AwsTables(new FakeAws({}).clients, now);
    const config = { kind: 'dynamodb-global', name: 'carts', order: 1, table: 'carts' } as const;
    expect((await port.arrived(config, NOW - 30_000, TOKYO)).state).toBe('pending');
    expect(await port.arrived(config, NOW - 90_000, TOKYO)).toMatchObject({ state: 'done', facts: { unmeasured: true } });
    expect(
      (await new AwsTables(new FakeAws({ DescribeTable: named('ResourceNotFoundException') }).clients, now).promote(config)).state,
    ).toBe('failed');
  });

  test('objects have arrived once none is pending a minute after the fence', async () => {
    const config = { kind: 'bucket', name: 'files', order: 1, bucket: 'files', twoWay: true } as const;
    const look = async (answers: Answers, ago: number) =>
      (await new AwsBuckets(new FakeAws(answers).clients, now).arrived(config, NOW - ago)).state;
    expect(await look(lags(0, MINUTE), 3 * MINUTE)).toBe('done');
    expect(await look(lags(4, MINUTE), 3 * MINUTE)).toBe('pending');
    expect(await look(lags(0, 2 * MINUTE), 2 * MINUTE)).toBe('pending');
    expect(await look({}, MINUTE)).toBe('pending');
    expect(await look({}, 15 * MINUTE)).toBe('done');
    expect(await new AwsBuckets(new FakeAws({}).clients, now).arrived(config, NOW - 15 * MINUTE)).toMatchObject({
      facts: { unmeasured: true },
    });
  });
});

describe('the register', () => {
  const register: SiteRegister = {
    version: 1,
    role: 'active',
    epoch: 1,
    seen: 1,
    lifted: 0,
    gate: 'open',
    diverted: true,
    reclaimed: false,
  };

  test('is written only over what was read', async () => {
    const aws = new FakeAws({ GetItem: { Item: { document: { S: JSON.stringify(register) }, revision: { N: '4' } } } });
    const port = registerPort(aws.clients, 'table');
    expect(await port.read()).toEqual({ register, version: 4 });
    expect(aws.inputs.GetItem).toMatchObject({ ConsistentRead: true });
    await port.write(register, 4);
    expect(aws.inputs.PutItem).toMatchObject({
      ConditionExpression: 'revision = :over',
      ExpressionAttributeValues: { ':over': { N: '4' } },
      Item: { revision: { N: '5' }, role: { S: 'active' } },
    });
    await port.write(register, undefined);
    expect(aws.inputs.PutItem).toMatchObject({ ConditionExpression: 'attribute_not_exists(id)', Item: { revision: { N: '1' } } });
  });

  test('says that another one was quicker', async () => {
    const aws = new FakeAws({ PutItem: named('ConditionalCheckFailedException') });
    expect(await registerPort(aws.clients, 'table').write(register, 4)).toBe(false);
    await expect(registerPort(new FakeAws({ PutItem: named('AccessDenied') }).clients, 'table').write(register, 4)).rejects.toThrow(
      'AccessDenied',
    );
  });
});

describe('the agent of another site', () => {
  const request = { op: 'status', recovery: 'Orders', from: OSAKA } as const;
  const ask = (answer: unknown) => askAgent(new FakeAws({ Invoke: answer }).clients, { site: TOKYO, agent: 'agent' }, request);

  test.each([['TimeoutError'], ['ServiceException'], ['ECONNREFUSED'], ['TooManyRequestsException'], ['AccessDeniedException']])(
    'cannot be reached, and the error tells why: %s',
    async (name) => {
      await expect(ask(named(name))).rejects.toMatchObject({ name });
    },
  );

  test('fails where it has failed itself, for then it was reached', async () => {
    await expect(ask({ FunctionError: 'Unhandled', Payload: new TextEncoder().encode('{"errorMessage":"x"}') })).rejects.toThrow(
      'has failed',
    );
  });
});
