import { AwsRestored } from '../../../lib/handlers/recover/aws-restored';
import { AwsRestores } from '../../../lib/handlers/recover/aws-restores';
import type { RestoredConfig } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { TOKYO } from '../../model/recovery/sites';
import { type Answers, FakeAws, named } from './aws';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const now = (): number => NOW;
const LOSSY = { runId: 'run-1', from: 'ap-northeast-1', reached: false, lossless: false, facts: {} };

describe('recovery points', () => {
  const config: RestoredConfig = {
    kind: 'recovery-points',
    name: 'orders',
    order: 1,
    vault: 'vault',
    resourceType: 'DynamoDB',
    sourceArn: 'arn:table',
    roleArn: 'arn:role',
    identifier: 'orders',
    metadata: { KMSMasterKeyArn: 'own' },
    parameterPath: '/orders',
  };
  const points = {
    ListRecoveryPointsByBackupVault: {
      RecoveryPoints: [
        { RecoveryPointArn: 'old', CreationDate: new Date(NOW - 9 * MINUTE) },
        { RecoveryPointArn: 'new', CreationDate: new Date(NOW - MINUTE) },
        { RecoveryPointArn: 'partial', Status: 'PARTIAL', CreationDate: new Date(NOW) },
      ],
    },
  };
  const stored = {
    GetRecoveryPointRestoreMetadata: { RestoreMetadata: { kmsMasterKeyArn: 'theirs', encryptionType: 'KMS' } },
    StartRestoreJob: { RestoreJobId: 'job' },
  };
  const of = (answers: Answers) => {
    const aws = new FakeAws(answers);
    return { aws, port: new AwsRestores(aws.clients, now) };
  };

  test('the newest that is whole is restored, once, with the metadata of its own Region over those that are stored', async () => {
    const first = of(points);
    expect(await first.port.rehearse(config, LOSSY)).toMatchObject({ state: 'pending', facts: { pointArn: 'new' } });
    const second = of(stored);
    expect(await second.port.promote(config, { ...LOSSY, facts: { pointArn: 'new' } })).toMatchObject({
      state: 'pending',
      facts: { jobId: 'job' },
    });
    expect(second.aws.inputs.StartRestoreJob).toEqual({
      RecoveryPointArn: 'new',
      IamRoleArn: 'arn:role',
      ResourceType: 'DynamoDB',
      IdempotencyToken: 'run-1-orders',
      Metadata: { KMSMasterKeyArn: 'own', encryptionType: 'KMS', targetTableName: 'orders' },
    });
    const third = of({ DescribeRestoreJob: { Status: 'FAILED', StatusMessage: 'no' } });
    expect(await third.port.promote(config, { ...LOSSY, facts: { jobId: 'job' } })).toMatchObject({
      state: 'failed',
      words: 'the restore is FAILED: no',
    });
    expect(third.aws.calls).toEqual([]);
  });

  const files = { ...config, name: 'files', resourceType: 'EFS', sourceArn: undefined, learnsSource: true } as const;
  const of2 = (second: string) => ({
    ListRecoveryPointsByBackupVault: {
      RecoveryPoints: [
        { RecoveryPointArn: 'old', ResourceArn: 'arn:fs-1', CreationDate: new Date(NOW - 9 * MINUTE) },
        { RecoveryPointArn: 'new', ResourceArn: second, CreationDate: new Date(NOW - MINUTE) },
      ],
    },
  });

  test('where nobody has told of what, the only file system of the vault is meant, and of several none', async () => {
    const one = of(of2('arn:fs-1'));
    expect(await one.port.promote(files, LOSSY)).toMatchObject({ facts: { pointArn: 'new' } });
    expect(one.aws.inputs.ListRecoveryPointsByBackupVault).toMatchObject({ BackupVaultName: 'vault', ByResourceType: 'EFS' });
    const never = { state: 'failed', words: expect.stringMatching(/never told.*several/) };
    expect(await of(of2('arn:fs-2')).port.ready(files)).toMatchObject(never);
    expect((await of(of2('arn:fs-2')).port.ready({ ...files, sourceArn: 'arn:fs-1' })).state).toBe('done');
  });

  test.each([
    ['a new file system is made by a token of its own for each restore', { newFileSystem: 'true' }, 'r'.repeat(48)],
    ['one that exists is restored into as it was said', { newFileSystem: 'false' }, undefined],
  ])('%s', async (_case, metadata, token) => {
    const { aws, port } = of(stored);
    await port.promote({ ...files, metadata }, { ...LOSSY, runId: 'r'.repeat(60), facts: { pointArn: 'new' } });
    const { CreationToken } = (aws.inputs.StartRestoreJob as { Metadata: Record<string, string> }).Metadata;
    expect(CreationToken?.slice(0, 48)).toBe(token);
    expect(CreationToken?.length ?? 0).toBeLessThanOrEqual(64);
  });

  test('one that has failed is made anew by the next look, as another job of AWS Backup', async () => {
    const failing = of({ DescribeRestoreJob: { Status: 'FAILED' } });
    const { facts = {} } = await failing.port.promote(config, { ...LOSSY, facts: { jobId: 'job', pointArn: 'new' } });
    const again = of({ ...points, ...stored });
    const chosen = await again.port.promote(config, { ...LOSSY, facts });
    expect(chosen).toMatchObject({ state: 'pending', facts: { pointArn: 'new' } });
    await again.port.promote(config, { ...LOSSY, facts: { ...facts, ...chosen.facts } });
    expect(again.aws.inputs.StartRestoreJob).toMatchObject({ IdempotencyToken: 'run-1-orders.1' });
    const third = await failing.port.promote(config, { ...LOSSY, facts: { ...facts, jobId: 'other' } });
    expect(third.facts).toMatchObject({ attempt: 2 });
  });

  describe('are ready', () => {
    const instance = { DescribeDBInstances: { DBInstances: [{ DBInstanceArn: 'arn:there', DBInstanceStatus: 'available' }] } };
    const none = {
      DescribeTable: named('ResourceNotFoundException'),
      DescribeDBInstances: named('DBInstanceNotFoundFault'),
      DescribeDBClusters: named('DBClusterNotFoundFault'),
    };
    test.each([
      ['where there is one and nothing has the name', 'DynamoDB', { ...none, ...points }, 'done'],
      ['not where there is none', 'DynamoDB', none, 'failed'],
      ['not where a table has the name', 'DynamoDB', { ...points, DescribeTable: { Table: { TableArn: 'arn:there' } } }, 'failed'],
      ['not where an instance has the name', 'RDS', { ...points, ...instance }, 'failed'],
      [
        'not where a cluster has the name',
        'Aurora',
        { ...points, DescribeDBClusters: { DBClusters: [{ DBClusterArn: 'arn:there' }] } },
        'failed',
      ],
      ['where they are restored into what is there', 'S3', points, 'done'],
    ])('%s', async (_, resourceType, answers, state) => {
      expect((await of(answers).port.ready({ ...config, resourceType })).state).toBe(state);
    });

    const followed = { source: {}, region: TOKYO, epoch: 3, lossless: false };
    test('again once the instance that a failover has restored has made way', async () => {
      const { aws, port } = of({
        DescribeDBInstances: ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) =>
          id === 'orders' ? instance.DescribeDBInstances : named('DBInstanceNotFoundFault'),
      });
      expect((await port.follow({ ...config, resourceType: 'RDS' }, followed)).state).toBe('pending');
      expect(aws.inputs.ModifyDBInstance).toMatchObject({ DBInstanceIdentifier: 'orders', NewDBInstanceIdentifier: 'orders-before-3' });
      expect((await of(none).port.follow({ ...config, resourceType: 'RDS' }, followed)).state).toBe('done');
    });

    test('not by themselves where a table or a cluster was restored, which cannot make way', async () => {
      const { aws, port } = of({ DescribeTable: { Table: { TableArn: 'arn:there' } } });
      expect(await port.follow(config, followed)).toMatchObject({ state: 'failed', words: expect.stringMatching(/in the way/) });
      expect(aws.calls).toEqual([]);
    });
  });

  test('another site is told of which kind they are, and what was restored from them', async () => {
    const { port } = of({ DescribeDBInstances: { DBInstances: [{ DBInstanceArn: 'arn:restored', DBInstanceClass: 'db.m6g.large' }] } });
    expect(await port.describe({ ...config, resourceType: 'RDS' })).toEqual({
      kind: 'recovery-points',
      resourceType: 'RDS',
      arn: 'arn:restored',
      instanceClass: 'db.m6g.large',
    });
    expect(await of({ DescribeTable: { Table: { TableArn: 'arn:table' } } }).port.describe(config)).toMatchObject({ arn: 'arn:table' });
    expect(await of({}).port.describe({ ...config, resourceType: 'S3' })).toMatchObject({ kind: 'recovery-points', arn: '' });
  });

  describe('of a cluster', () => {
    const cluster: RestoredConfig = {
      ...config,
      resourceType: 'Aurora',
      instance: { instanceClass: 'db.r6g.large', engine: 'aurora-postgresql' },
    };
    const restored = (members: readonly object[], status = 'available') => ({
      DescribeRestoreJob: { Status: 'COMPLETED', CreatedResourceArn: 'arn:aws:rds:ap-northeast-3:1:cluster:orders' },
      DescribeDBClusters: {
        DBClusters: [{ Status: status, Endpoint: 'orders.cluster', Port: 5432, Engine: 'aurora-postgresql', DBClusterMembers: members }],
      },
      DescribeDBInstances: { DBInstances: [{ DBInstanceStatus: 'available' }] },
    });
    const job = { ...LOSSY, facts: { jobId: 'job' } };

    test('are given an instance, without which nobody is answered', async () => {
      const { aws, port } = of(restored([]));
      expect((await port.promote(cluster, job)).state).toBe('pending');
      expect(aws.inputs.CreateDBInstance).toEqual({
        DBInstanceIdentifier: 'orders-1',
        DBClusterIdentifier: 'orders',
        DBInstanceClass: 'db.r6g.large',
        Engine: 'aurora-postgresql',
      });
      expect((await of(restored([], 'creating')).port.promote(cluster, job)).state).toBe('pending');
      expect((await of(restored([])).port.promote({ ...cluster, instance: undefined }, job)).state).toBe('failed');
    });

    test('are there once the instance is', async () => {
      const aws = new FakeAws(restored([{ DBInstanceIdentifier: 'orders-1' }]));
      const look = async () => new AwsRestored(aws.clients).usable(cluster, 'arn:aws:rds:ap-northeast-3:1:cluster:orders');
      expect(await look()).toMatchObject({ state: 'done', facts: { host: 'orders.cluster', port: 5432 } });
      expect(aws.calls).toEqual([]);
      aws.answers.DescribeDBInstances = { DBInstances: [{ DBInstanceStatus: 'creating' }] };
      expect((await look()).state).toBe('pending');
    });
  });

  test('there have to be some, and they are as old as they are', async () => {
    expect(await of(points).port.lag(config, TOKYO, { endMs: NOW })).toMatchObject({ lagMs: MINUTE });
    expect((await of({}).port.promote(config, LOSSY)).state).toBe('failed');
    expect((await of(points).port.arrived(config, NOW)).state).toBe('pending');
    expect((await of(points).port.arrived(config, NOW - MINUTE)).state).toBe('done');
  });

  test('a rehearsal restores under a name of its own', async () => {
    const { aws, port } = of(stored);
    await port.rehearse(config, { runId: 'drill', facts: { pointArn: 'new' } });
    expect(aws.inputs.StartRestoreJob).toMatchObject({
      Metadata: { targetTableName: 'orders-rehearsal' },
      IdempotencyToken: 'drill-rehearsal-orders',
    });
  });

  test('a rehearsal of an instance can be removed again, whatever is said of the one that takes over', async () => {
    const metadata = { deletionProtection: 'true', DBSubnetGroupName: 'data' };
    const { aws, port } = of({ ...stored, DescribeDBInstances: named('DBInstanceNotFoundFault') });
    const database = { ...config, resourceType: 'RDS', metadata };
    await port.rehearse(database, { runId: 'drill', facts: { pointArn: 'new' } });
    expect(aws.inputs.StartRestoreJob.Metadata).toEqual({
      encryptionType: 'KMS',
      kmsMasterKeyArn: 'theirs',
      DBInstanceIdentifier: 'orders-rehearsal',
      DBSubnetGroupName: 'data',
      DeletionProtection: 'false',
      MultiAZ: 'false',
      PubliclyAccessible: 'false',
    });
  });

  test('a type that is not rehearsed here says so, and fails nothing', async () => {
    const { aws, port } = of({});
    expect(await port.rehearse({ ...config, resourceType: 'EFS' }, { runId: 'drill', facts: {} })).toMatchObject({
      state: 'done',
      words: expect.stringMatching(/not rehearsed here/),
      facts: { rehearsed: false },
    });
    expect(aws.calls).toEqual([]);
  });

  test('what a broken rehearsal has left is removed before the next one begins', async () => {
    const { aws, port } = of({ DescribeTable: { Table: { TableStatus: 'ACTIVE', TableArn: 'arn:left' } } });
    expect(await port.rehearse(config, { runId: 'drill', facts: {} })).toMatchObject({ state: 'pending' });
    expect(aws.calls).toEqual(['DeleteTable']);
    expect(aws.inputs.DeleteTable).toEqual({ TableName: 'orders-rehearsal' });
  });
});
