import { AwsInstances } from '../../../lib/handlers/recover/aws-instances';
import { lossSince } from '../../../lib/handlers/recover/loss';
import type { ReplicaInstanceConfig } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';
import { type Answers, FakeAws, named } from './aws';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const config = siteConfig(OSAKA).data[0] as ReplicaInstanceConfig;
const REHEARSAL = { runId: 'run-1', facts: {} };
const FOLLOWED = { source: { arn: 'arn:source', instanceClass: 'db.m6g.large' }, region: TOKYO, epoch: 3, lossless: false };

const db = (more: object) => ({
  DescribeDBInstances: { DBInstances: [{ DBInstanceArn: 'arn:db', DBInstanceStatus: 'available', ...more }] },
});
const replica = (more: object = {}) => db({ ReadReplicaSourceDBInstanceIdentifier: 'arn:source', ...more });
/** Values of the lag in seconds, by how long ago they were measured. */
const lags = (...points: readonly (readonly [value: number, ageMs: number])[]) => ({
  GetMetricData: {
    MetricDataResults: [{ Values: points.map(([value]) => value), Timestamps: points.map(([, ageMs]) => new Date(NOW - ageMs)) }],
  },
});
const of = (answers: Answers) => {
  const aws = new FakeAws(answers);
  return { aws, port: new AwsInstances(aws.clients, () => NOW) };
};

describe('a replica has arrived', () => {
  const FENCED_AGO = 8 * MINUTE;
  test.each([
    ['when it has no lag a minute after the fence', [[0, 7 * MINUTE]], 'done'],
    ['not by a value of the minute of the fence', [[0, 8 * MINUTE - 1_000]], 'pending'],
    ['when what it has replayed last is of after the fence, though the lag is never zero', [[200, 2 * MINUTE]], 'done'],
    ['not while what it has replayed last is of before the fence', [[400, MINUTE]], 'pending'],
    [
      'by any value of after the fence',
      [
        [300, MINUTE],
        [240, 2 * MINUTE],
        [30, 6 * MINUTE],
      ],
      'done',
    ],
    ['not by a value that says that nobody knows', [[-1, MINUTE]], 'pending'],
    ['not without a value', [], 'pending'],
  ] as readonly (readonly [string, readonly (readonly [number, number])[], string])[])('%s', async (_, points, state) => {
    expect((await of({ ...replica(), ...lags(...points) }).port.arrived(config, NOW - FENCED_AGO)).state).toBe(state);
  });
});

describe('the loss', () => {
  const lag = async (points: readonly (readonly [number, number])[], ending: { endMs: number; saidMs?: number }) =>
    of({ ...replica(), ...lags(...points) }).port.lag(config, TOKYO, ending);

  test('is what was written after what the replica has replayed last', async () => {
    expect(await lag([[3, MINUTE]], { endMs: NOW })).toMatchObject({ lagMs: 63_000 });
    expect(await lag([[3, MINUTE]], { endMs: NOW - 2 * MINUTE })).toMatchObject({ lagMs: 0 });
  });

  test('is counted from an earlier value where the replica has lost its source', async () => {
    const points = [
      [-1, MINUTE],
      [-1, 2 * MINUTE],
      [5, 50 * MINUTE],
    ] as const;
    expect(await lag(points, { endMs: NOW, saidMs: NOW - 49 * MINUTE })).toMatchObject({ lagMs: MINUTE + 5_000 });
    expect(await lag([[-1, MINUTE]], { endMs: NOW })).not.toHaveProperty('lagMs');
    expect(await lag([], { endMs: NOW })).not.toHaveProperty('lagMs');
  });

  test('is looked for over hours, for nobody decides at once', async () => {
    const { aws, port } = of({ ...replica(), ...lags() });
    await port.lag(config, TOKYO, { endMs: NOW });
    expect(aws.inputs.GetMetricData).toMatchObject({ StartTime: new Date(NOW - 180 * MINUTE) });
  });

  test.each([
    ['until the disruption, where nothing later has arrived', 100, { endMs: 1_000, saidMs: 300 }, 200],
    ['until the fence, where something later has arrived', 400, { endMs: 1_000, saidMs: 300 }, 600],
    ['until the fence, where nobody has said when it began', 400, { endMs: 1_000 }, 600],
    ['never below zero', 1_200, { endMs: 1_000, saidMs: 300 }, 0],
  ])('is counted %s', (_, arrived, ending, loss) => {
    expect(lossSince(arrived, ending)).toBe(loss);
  });
});

describe('to be switched over', () => {
  const broken = { StatusInfos: [{ StatusType: 'read replication', Normal: false, Status: 'error', Message: 'full' }] };
  test.each([
    ['a replica that replicates', replica(), 'done', 'done'],
    ['a replica that does not', replica(broken), 'failed', 'done'],
    ['one that changes just now', replica({ DBInstanceStatus: 'modifying' }), 'pending', 'done'],
    ['one that follows nobody', db({}), 'failed', 'done'],
    ['one that is not there', { DescribeDBInstances: named('DBInstanceNotFoundFault') }, 'failed', 'failed'],
  ])('or failed over: %s', async (_, answers, switchover, failover) => {
    expect((await of(answers).port.ready(config, { lossless: true })).state).toBe(switchover);
    expect((await of(answers).port.ready(config, { lossless: false })).state).toBe(failover);
  });
});

describe('a promoted replica', () => {
  test.each([
    [
      'by its configuration',
      { ...config, backups: { days: 14, window: '18:00-18:30' } },
      {},
      { BackupRetentionPeriod: 14, PreferredBackupWindow: '18:00-18:30' },
    ],
    ['by itself', config, { BackupRetentionPeriod: 9 }, { BackupRetentionPeriod: 9 }],
    ['by AWS', config, { BackupRetentionPeriod: 0 }, {}],
  ])('is backed up as is said %s', async (_, item, found, said) => {
    const { aws, port } = of(replica(found));
    await port.promote(item);
    expect(aws.inputs.PromoteReadReplica).toEqual({ DBInstanceIdentifier: 'orders', ...said });
  });
});

describe('a rebuilt replica', () => {
  const former = {
    DBInstanceClass: 'db.t4g.medium',
    DBSubnetGroup: { DBSubnetGroupName: 'former-subnets' },
    DBParameterGroups: [{ DBParameterGroupName: 'former-parameters' }],
    OptionGroupMemberships: [{ OptionGroupName: 'default:postgres-16' }],
    KmsKeyId: 'arn:former-key',
    MultiAZ: true,
    PubliclyAccessible: false,
    IAMDatabaseAuthenticationEnabled: true,
    DeletionProtection: true,
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    EnabledCloudwatchLogsExports: ['postgresql'],
    MonitoringInterval: 60,
    MonitoringRoleArn: 'arn:role',
    PerformanceInsightsEnabled: true,
    PerformanceInsightsKMSKeyId: 'arn:insights-key',
    PerformanceInsightsRetentionPeriod: 7,
    CopyTagsToSnapshot: true,
    TagList: [
      { Key: 'backup', Value: 'gold' },
      { Key: 'aws:cloudformation:stack-name', Value: 'Orders' },
      { Key: 'cdk-recovery:fenced', Value: 'true' },
    ],
  };
  const made = async (rebuild: ReplicaInstanceConfig['rebuild'], more: object = {}) => {
    const { aws, port } = of({
      DescribeDBInstances: ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) =>
        id === 'orders-before-3' ? { DBInstances: [{ ...former, ...more }] } : named('DBInstanceNotFoundFault'),
    });
    await port.follow({ ...config, rebuild }, FOLLOWED);
    return aws.inputs.CreateDBInstanceReadReplica;
  };

  test('has what the former instance had, and what has to be given in another Region', async () => {
    expect(await made({})).toEqual({
      DBInstanceIdentifier: 'orders',
      SourceDBInstanceIdentifier: 'arn:source',
      VpcSecurityGroupIds: ['sg-open'],
      DBInstanceClass: 'db.m6g.large',
      DBSubnetGroupName: 'former-subnets',
      DBParameterGroupName: 'former-parameters',
      KmsKeyId: 'arn:former-key',
      MultiAZ: true,
      PubliclyAccessible: false,
      EnableIAMDatabaseAuthentication: true,
      DeletionProtection: true,
      CACertificateIdentifier: 'rds-ca-rsa2048-g1',
      EnableCloudwatchLogsExports: ['postgresql'],
      EnablePerformanceInsights: true,
      PerformanceInsightsRetentionPeriod: 7,
      CopyTagsToSnapshot: true,
      Tags: [{ Key: 'backup', Value: 'gold' }],
    });
  });

  test('has what its site says before what the former instance had', async () => {
    const said = { subnetGroup: 'subnets', parameterGroup: 'parameters', keyArn: 'arn:key', multiAz: false, monitoringRoleArn: 'arn:role' };
    expect(await made(said, { PerformanceInsightsKMSKeyId: 'arn:key' })).toMatchObject({
      DBSubnetGroupName: 'subnets',
      DBParameterGroupName: 'parameters',
      KmsKeyId: 'arn:key',
      PerformanceInsightsKMSKeyId: 'arn:key',
      MultiAZ: false,
      MonitoringInterval: 60,
      MonitoringRoleArn: 'arn:role',
    });
  });

  test('of an instance that was not encrypted is given no key', async () => {
    expect(await made({}, { KmsKeyId: undefined })).not.toHaveProperty('KmsKeyId');
  });

  test.each([[''], [config.instanceArn]])("is not made of '%s', and the instance stays what it is", async (arn) => {
    const { aws, port } = of(db({}));
    expect((await port.follow(config, { ...FOLLOWED, source: { arn } })).state).toBe('failed');
    expect(aws.calls).toEqual([]);
  });

  test('of an instance with a long name leaves it under one that RDS takes', async () => {
    const { aws, port } = of(db({}));
    const instance = `${'o'.repeat(62)}1`;
    const twin = `${'o'.repeat(62)}2`;
    const kept = async (name: string) => {
      aws.answers.DescribeDBInstances = ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) =>
        id === name ? db({}).DescribeDBInstances : named('DBInstanceNotFoundFault');
      await port.follow({ ...config, instance: name }, { ...FOLLOWED, epoch: 99_999_999 });
      return aws.inputs.ModifyDBInstance.NewDBInstanceIdentifier as string;
    };
    expect(await kept(instance)).toMatch(/^o+-[0-9a-f]{8}-before-99999999$/);
    expect((await kept(instance)).length).toBeLessThanOrEqual(63);
    expect(await kept(twin)).not.toBe(await kept(instance));
  });
});

describe('what another site is told', () => {
  test('is of which kind the data are, and the instance that has them now', async () => {
    expect(await of(db({ DBInstanceClass: 'db.m6g.large' })).port.describe(config)).toEqual({
      kind: 'rds-replica',
      arn: 'arn:db',
      instanceClass: 'db.m6g.large',
    });
  });
});

describe('what a broken rehearsal has left', () => {
  const tagged = (run: string) => ({ TagList: [{ Key: 'cdk-recovery:run', Value: run }] });
  test('is removed before the next one begins', async () => {
    const { aws, port } = of({ ...db(tagged('earlier')), DescribeDBSnapshots: { DBSnapshots: [tagged('earlier')] } });
    expect(await port.rehearse(config, REHEARSAL)).toMatchObject({ state: 'pending', words: expect.stringMatching(/earlier rehearsal/) });
    expect(aws.calls).toEqual(['DeleteDBInstance', 'DeleteDBSnapshot']);
    expect((await of(db(tagged('run-1'))).port.rehearse(config, REHEARSAL)).state).toBe('done');
  });

  test('is removed too where it is only a snapshot', async () => {
    const { aws, port } = of({
      DescribeDBInstances: named('DBInstanceNotFoundFault'),
      DescribeDBSnapshots: { DBSnapshots: [{ Status: 'available', ...tagged('earlier') }] },
    });
    await port.rehearse(config, REHEARSAL);
    expect(aws.calls).toEqual(['DeleteDBSnapshot']);
  });
});
