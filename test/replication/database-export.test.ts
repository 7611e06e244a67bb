import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  AuroraPostgresEngineVersion,
  CfnDBCluster,
  CfnDBInstance,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  DatabaseInstance,
  DatabaseInstanceEngine,
  type IInstanceEngine,
  PostgresEngineVersion,
  SqlServerEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import jsonata from 'jsonata';
import { CopyRule, Protection, RecoveryTier } from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import type { ResourceAssessment } from '../../lib/model/assessment';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { DatabaseExport, type DatabaseExportProps, ObjectLock } from '../../lib/replication';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const POSTGRES = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });

type Options = Omit<DatabaseExportProps, 'source'>;

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly Assign?: Readonly<Record<string, string>>;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Next?: string;
  readonly Cause?: string;
}

const stackIn = (env: typeof ENV | undefined = ENV) => new Stack(new App(), 'Orders', { env });

function instanceIn(stack: Stack, engine: IInstanceEngine = POSTGRES): DatabaseInstance {
  return new DatabaseInstance(stack, 'Database', { engine, vpc: new Vpc(stack, 'Vpc'), instanceType: new InstanceType('m7i.large') });
}

function auroraIn(stack: Stack): DatabaseCluster {
  return new DatabaseCluster(stack, 'Database', {
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_4 }),
    vpc: new Vpc(stack, 'Vpc'),
    writer: ClusterInstance.serverlessV2('writer'),
  });
}

function exported(options: Options = {}, sourceOf: (stack: Stack) => Construct = instanceIn, stack = stackIn()) {
  const made = new DatabaseExport(stack, 'Export', { source: sourceOf(stack), ...options });
  return { stack, made, template: Template.fromStack(stack) };
}

function statesOf(template: Template): Readonly<Record<string, State>> {
  const texts = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(({ Properties }) =>
    Properties.DefinitionString['Fn::Join'][1]
      .map((part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part).replace(/"/g, "'")))
      .join(''),
  );
  return texts.map((text) => JSON.parse(text)).find(({ Comment }) => /^Exports/.test(Comment)).States;
}

function policyOf(template: Template, id: RegExp): readonly Record<string, unknown>[] {
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([name]) => id.test(name));
  return policy[1].Properties.PolicyDocument.Statement;
}

function resourceOf(stack: Stack): ResourceAssessment {
  return RecoveryRecord.of(stack)
    .assess()
    .resources.find(({ id }) => id === 'Orders/Database') as ResourceAssessment;
}

const exportOf = (stack: Stack) => resourceOf(stack).copies.places.find(({ medium }) => medium === 'export');

describe('an RDS instance', () => {
  let stack: Stack;
  let template: Template;
  let states: Readonly<Record<string, State>>;

  beforeAll(() => {
    ({ stack, template } = exported());
    states = statesOf(template);
  });

  test('pins the logical ids of bucket and key', () => {
    const ids = Object.keys(template.toJSON().Resources).filter((id) => /^Export(Key|Bucket)[0-9A-F]{8}$/.test(id));
    expect(ids).toEqual(['ExportKeyCEC9964D', 'ExportBucketFD42BCED']);
  });

  test('is exported from its newest snapshot, by a task with an identifier of its own', () => {
    expect(states['Start export'].Arguments).toEqual({
      ExportTaskIdentifier: '{% $task %}',
      SourceArn: '{% $snapshot.arn %}',
      S3BucketName: "{'Ref':'ExportBucketFD42BCED'}",
      S3Prefix: expect.stringMatching(/^Orders-Export-[0-9A-F]{8}$/),
      IamRoleArn: expect.stringMatching(/ExportStepsWriter/),
      KmsKeyId: "{'Fn::GetAtt':['ExportKeyCEC9964D','Arn']}",
    });
    expect(states['Find snapshots'].Arguments).toMatchObject({
      DbInstanceIdentifier: expect.stringMatching(/Fn::Select.*DBInstanceArn/),
      SnapshotType: '{% ["automated","manual","awsbackup"][$turn] %}',
    });
  });

  test('makes identifiers of at most 60 letters, digits and single hyphens that start with a letter', async () => {
    const stage = new Stage(new App(), 'L-long', { env: ENV });
    const long = new Stack(stage, 'An'.repeat(40));
    new DatabaseExport(new Construct(long, '--Inner--'), 'Export', { source: instanceIn(long) });
    for (const definition of [states, statesOf(Template.fromStack(long))]) {
      const { task } = definition['Find earlier export'].Assign!;
      const text = await jsonata(task.slice(2, -2)).evaluate(null, {
        states: { context: { Execution: { StartTime: '2027-03-04T05:06:07.089123456Z' } } },
      });
      expect(text).toMatch(/^[A-Za-z](-?[A-Za-z0-9])*-20270304050607089$/);
      expect(text.length).toBeLessThanOrEqual(60);
    }
  });

  test('is found in every page of every kind of snapshot', () => {
    expect(states['Which is the newest?'].Choices).toEqual([
      { Condition: "{% $marker != '' %}", Next: 'Find more snapshots' },
      { Condition: '{% $turn < 2 %}', Next: 'Next kind' },
      { Condition: "{% $snapshot.arn = '' %}", Next: 'No snapshot' },
      { Condition: expect.stringContaining(`> ${36 * HOUR} `), Next: 'Snapshot too old' },
    ]);
    expect(states['Find more snapshots'].Arguments).toMatchObject({ Marker: '{% $marker %}' });
    for (const page of ['Find snapshots', 'Find more snapshots']) {
      expect(states[page].Next).toBe('Which is the newest?');
    }
    expect(states['Next kind'].Next).toBe('Find snapshots');
    expect(states['Find more snapshots'].Assign).toEqual(states['Find snapshots'].Assign);
  });

  test('is not exported twice where an attempt has started the task already', () => {
    expect(states['Start export'].Catch).toEqual([{ ErrorEquals: ['Rds.ExportTaskAlreadyExistsException'], Next: 'Wait' }]);
    expect(states['Start export'].Retry?.[0].ErrorEquals).not.toContain('States.ALL');
  });

  test('may be read, exported and written by roles that can do nothing else', () => {
    const snapshots = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:ap-northeast-1:111122223333:snapshot:*']] };
    const key = { 'Fn::GetAtt': ['ExportKeyCEC9964D', 'Arn'] };
    const bucket = { 'Fn::GetAtt': ['ExportBucketFD42BCED', 'Arn'] };
    expect(policyOf(template, /MachineRoleDefaultPolicy/)).toEqual([
      {
        Effect: 'Allow',
        Action: 'rds:DescribeDBSnapshots',
        Resource: [{ 'Fn::GetAtt': [expect.stringMatching(/^Database/), 'DBInstanceArn'] }, snapshots],
      },
      { Effect: 'Allow', Action: 'rds:StartExportTask', Resource: snapshots },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ExportStepsWriter/), 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'export.rds.amazonaws.com' } },
      },
      { Effect: 'Allow', Action: ['kms:CreateGrant', 'kms:DescribeKey'], Resource: key },
      { Effect: 'Allow', Action: 'rds:DescribeExportTasks', Resource: '*' },
    ]);
    expect(policyOf(template, /WriterDefaultPolicy/)).toEqual([
      { Effect: 'Allow', Action: ['s3:GetBucketLocation', 's3:ListBucket'], Resource: bucket },
      {
        Effect: 'Allow',
        Action: ['s3:DeleteObject*', 's3:GetObject*', 's3:PutObject*'],
        Resource: { 'Fn::Join': ['', [bucket, expect.stringMatching(/^\/Orders-Export-[0-9A-F]{8}\/\*$/)]] },
      },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        Resource: key,
      },
    ]);
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'export.rds.amazonaws.com' } })] },
    });
  });

  test('tells a copy whose age counts that of the snapshot, and that no time is known to bring it back', () => {
    expect(exportOf(stack)).toMatchObject({
      mechanism: 'Parquet exports (to be loaded by hand) in bucket Orders/Export/Bucket',
      form: 'points',
      lag: {
        ms: 24 * HOUR + HOUR + 36 * HOUR + 110 * MINUTE,
        terms: [
          { name: 'longest gap between runs (cron(0 2 * * ? *))', basis: 'configured' },
          { name: 'start', basis: 'configured' },
          { name: 'age of the snapshot', ms: 36 * HOUR, basis: 'configured' },
          { name: 'export until complete', ms: 110 * MINUTE, basis: 'estimated' },
        ],
      },
    });
  });
});

describe('the newest snapshot', () => {
  const { states } = (() => ({ states: statesOf(exported().template) }))();
  const evaluate = (text: string, variables: object) => jsonata(text.slice(2, -2)).evaluate(null, variables as Record<string, unknown>);
  const page = (...snapshots: readonly (readonly [arn: string, at: string, status?: string, original?: string])[]) =>
    snapshots.map(([DbSnapshotArn, SnapshotCreateTime, Status = 'available', OriginalSnapshotCreateTime]) => ({
      DbSnapshotArn,
      SnapshotCreateTime,
      Status,
      ...(OriginalSnapshotCreateTime && { OriginalSnapshotCreateTime }),
    }));
  const before = { arn: 'before', at: '2027-03-04T00:00:00Z' };
  const none = { arn: '', at: '' };

  test.each<[string, object[], object, object]>([
    ['of none is none', [], none, none],
    ['of an empty page is the one before', [], before, before],
    ['is the only one', page(['a', '2027-01-01T00:00:00Z']), none, { arn: 'a', at: '2027-01-01T00:00:00Z' }],
    [
      'is the last that was made, in whatever order they come',
      page(['a', '2027-01-01T00:00:00Z'], ['b', '2027-03-05T00:00:00.123Z'], ['c', '2027-02-01T00:00:00Z']),
      before,
      { arn: 'b', at: '2027-03-05T00:00:00.123Z' },
    ],
    ['is the one before where all are older', page(['a', '2027-01-01T00:00:00Z'], ['b', '2027-01-02T00:00:00Z']), before, before],
    [
      'is available',
      page(['a', '2027-01-01T00:00:00Z'], ['b', '2027-03-05T00:00:00Z', 'creating']),
      none,
      { arn: 'a', at: '2027-01-01T00:00:00Z' },
    ],
    [
      'is that with the newest data, not the newest copy of old data',
      page(['copy', '2027-03-05T00:00:00Z', 'available', '2027-01-01T00:00:00Z'], ['a', '2027-02-01T00:00:00Z']),
      none,
      { arn: 'a', at: '2027-02-01T00:00:00Z' },
    ],
  ])('%s', async (_case, DbSnapshots, snapshot, expected) => {
    const { snapshot: text } = states['Find snapshots'].Assign!;
    expect(await evaluate(text, { snapshot, states: { result: { DbSnapshots } } })).toEqual(expected);
  });

  test.each([
    [36 * HOUR, false],
    [36 * HOUR + 1, true],
  ])('%i ms old is too old: %s', async (ageMs, tooOld) => {
    const start = Date.parse('2027-03-04T05:00:00Z');
    const { Condition } = states['Which is the newest?'].Choices![3];
    const variables = {
      snapshot: { arn: 'a', at: new Date(start - ageMs).toISOString() },
      states: { context: { Execution: { StartTime: '2027-03-04T05:00:00Z' } } },
    };
    expect(await evaluate(Condition, variables)).toBe(tooOld);
  });

  test.each([
    [undefined, ''],
    ['next', 'next'],
  ])('is searched on where RDS says so: marker %s', async (Marker, expected) => {
    expect(await evaluate(states['Find snapshots'].Assign!.marker, { states: { result: { Marker } } })).toBe(expected);
  });
});

describe('where there may be none', () => {
  const unbacked = (scope: Stack) => new CfnDBInstance(scope, 'Database', { engine: 'mysql', backupRetentionPeriod: 0 });
  const codesOf = (stack: Stack) =>
    RecoveryRecord.of(stack)
      .assess()
      .findings.map(({ severity, code }) => `${severity} ${code}`);

  test('a warning tells, unless a plan makes snapshots', () => {
    const stack = stackIn();
    const source = unbacked(stack);
    new DatabaseExport(stack, 'Export', { source });
    expect(codesOf(stack)).toContain('warning ExportWithoutBackups');
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(source);
    (stack.node.root as App).synth();
    expect(codesOf(stack)).not.toContain('warning ExportWithoutBackups');
  });

  test.each([
    [Duration.hours(23), 1],
    [Duration.hours(24), 0],
  ])('a warning tells that %s is less than a day between two', (maxSnapshotAge, count) => {
    const { stack } = exported({ maxSnapshotAge });
    expect(Warnings.fromStack(stack).findWarning('*', Match.stringLikeRegexp('maxSnapshotAge.*snapshotAgeTooShort'))).toHaveLength(count);
  });
});

describe('the end of a task', () => {
  const choicesOf = (options: Options = {}) => statesOf(exported(options).template)['Is it complete?'];
  const strict = choicesOf();
  const nextOf = async ({ Choices, Default }: State, status: string, warning: string) => {
    for (const { Condition, Next } of Choices!) {
      if (await jsonata(Condition.slice(2, -2)).evaluate(null, { status, warning })) {
        return Next;
      }
    }
    return Default;
  };

  test.each([
    ['COMPLETE', '', 'Exported'],
    ['COMPLETE', 'skipped table a/b', 'Export failed'],
    ['FAILED', '', 'Export failed'],
    ['CANCELED', '', 'Export failed'],
    ['CANCELING', '', 'Wait'],
    ['STARTING', '', 'Wait'],
    ['IN_PROGRESS', '', 'Wait'],
    ['IN_PROGRESS', 'skipped table a/b', 'Wait'],
    ['SOMETHING_NEW', '', 'Wait'],
  ])('%s with the warning "%s" leads to: %s', async (status, warning, next) => {
    expect(await nextOf(strict, status, warning)).toBe(next);
  });

  test('is accepted with a warning where the user says so', async () => {
    expect(await nextOf(choicesOf({ acceptWarnings: true }), 'COMPLETE', 'skipped table a/b')).toBe('Exported');
  });

  test('is told with what RDS says about it', async () => {
    const { Cause } = statesOf(exported().template)['Export failed'];
    const said = { task: 'orders-1', status: 'FAILED', reason: 'The role cannot write.', warning: '' };
    expect(await jsonata(Cause!.slice(2, -2)).evaluate(null, said)).toBe(
      'the task orders-1 of RDS ended as FAILED: The role cannot write.',
    );
  });
});

describe('an Aurora cluster', () => {
  test('is exported as it is, without a snapshot and without its age', () => {
    const { stack, template } = exported({}, auroraIn);
    const states = statesOf(template);
    expect(Object.keys(states)).not.toContain('Find snapshots');
    expect(states['Start export'].Arguments).toMatchObject({ SourceArn: expect.stringMatching(/DBClusterArn/) });
    expect(policyOf(template, /MachineRoleDefaultPolicy/)).toContainEqual(
      expect.objectContaining({
        Action: 'rds:StartExportTask',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Database/), 'DBClusterArn'] },
      }),
    );
    expect(exportOf(stack)?.lag?.ms).toBe(24 * HOUR + HOUR + 110 * MINUTE);
  });

  test('fails with an age of snapshots', () => {
    expect(() => exported({ maxSnapshotAge: Duration.hours(36) }, auroraIn)).toThrow(/ExportWithoutSnapshot/);
  });
});

test('a Multi-AZ DB cluster is exported from its snapshots', () => {
  const { template } = exported(
    { maxSnapshotAge: Duration.days(2) },
    (stack) => new CfnDBCluster(stack, 'Database', { engine: 'mysql', allocatedStorage: 100 }),
  );
  const states = statesOf(template);
  expect(states['Find snapshots'].Arguments).toMatchObject({ DbClusterIdentifier: expect.anything() });
  expect(states['Find snapshots'].Resource).toMatch(/rds:describeDBClusterSnapshots$/);
  expect(policyOf(template, /MachineRoleDefaultPolicy/)).toContainEqual(
    expect.objectContaining({
      Action: 'rds:StartExportTask',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:ap-northeast-1:111122223333:cluster-snapshot:*']] },
    }),
  );
});

describe('what is exported', () => {
  const cfnOf = (engine: string) => (stack: Stack) =>
    new CfnDBInstance(stack, 'Database', { engine, dbInstanceClass: 'db.m7i.large', allocatedStorage: '100' });

  test.each(['mysql', 'mariadb', 'postgres', 'POSTGRES'])('%s', (engine) => {
    expect(() => exported({}, cfnOf(engine))).not.toThrow();
  });

  test.each(['oracle-ee', 'oracle-se2-cdb', 'sqlserver-se', 'db2-se', 'custom-oracle-ee'])(
    'fails for %s, which RDS does not export',
    (engine) => {
      expect(() => exported({}, cfnOf(engine))).toThrow(
        new RegExp(`'engine' is ${engine}, but RDS exports mariadb, mysql, postgres.*EngineNotExportable`),
      );
    },
  );

  test('fails for an L2 of such an engine', () => {
    const sqlServer = DatabaseInstanceEngine.sqlServerSe({ version: SqlServerEngineVersion.VER_16 });
    expect(() => exported({}, (stack) => instanceIn(stack, sqlServer))).toThrow(/EngineNotExportable/);
  });

  test('fails for clusters of other services and for tables', () => {
    expect(() => exported({}, (stack) => new Bucket(stack, 'Bucket'))).toThrow(/'source' is 'Orders\/Bucket', S3 bucket.*NotExportable/);
  });

  test('fails for an instance of a cluster', () => {
    const member = (stack: Stack) => new CfnDBInstance(stack, 'Member', { engine: 'aurora-mysql', dbClusterIdentifier: 'orders' });
    expect(() => exported({}, member)).toThrow(/MemberOfCluster/);
  });

  test('may be a part', () => {
    const { template } = exported({ exportOnly: ['orders.public', 'orders.audit.entries'] });
    expect(statesOf(template)['Start export'].Arguments).toMatchObject({ ExportOnly: ['orders.public', 'orders.audit.entries'] });
  });

  test('may be imported', () => {
    const { stack, template } = exported({}, (scope) =>
      DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Database', {
        instanceIdentifier: 'orders',
        instanceEndpointAddress: 'orders.example',
        port: 5432,
        securityGroups: [],
        engine: POSTGRES,
      }),
    );
    expect(statesOf(template)['Find snapshots'].Arguments?.DbInstanceIdentifier).toMatch(/:db:orders'/);
    expect(exportOf(stack)).toBeDefined();
  });

  test('fails for an import of an engine that RDS does not export', () => {
    const imported = (scope: Stack) =>
      DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Database', {
        instanceIdentifier: 'orders',
        instanceEndpointAddress: 'orders.example',
        port: 1433,
        securityGroups: [],
        engine: DatabaseInstanceEngine.SQL_SERVER_SE,
      });
    expect(() => exported({}, imported)).toThrow(/EngineNotExportable/);
  });

  test('is warned of in a Region where RDS exported nothing when that was read', () => {
    const taipei = stackIn({ ...ENV, region: 'ap-east-2' });
    exported({}, instanceIn, taipei);
    Warnings.fromStack(taipei).hasWarning(
      '/Orders/Export',
      Match.stringLikeRegexp('the database is in ap-east-2, where RDS exported nothing'),
    );
    const { stack } = exported();
    Warnings.fromStack(stack).hasNoWarning('/Orders/Export', Match.anyValue());
  });

  test('may lie in a stack whose Region nobody knows', () => {
    const { template } = exported({}, instanceIn, new Stack(new App(), 'Orders'));
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
  });
});

describe('an existing bucket', () => {
  test('is taken with its key', () => {
    const stack = stackIn();
    const encryptionKey = new Key(stack, 'Key');
    const bucket = new Bucket(stack, 'Archive', { encryption: BucketEncryption.KMS, encryptionKey });
    const { made } = exported({ bucket }, instanceIn, stack);
    expect([made.bucket, made.encryptionKey]).toEqual([bucket, encryptionKey]);
  });

  test('fails without a key, which RDS insists on', () => {
    const stack = stackIn();
    expect(() => exported({ bucket: new Bucket(stack, 'Archive') }, instanceIn, stack)).toThrow(
      /of which no customer managed key is known.*ExportWithoutKey/,
    );
  });

  test('fails in another Region', () => {
    const stack = stackIn();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:ap-northeast-3:111122223333:key/k');
    const bucket = Bucket.fromBucketAttributes(stack, 'Archive', { bucketName: 'archive', region: 'ap-northeast-3', encryptionKey });
    expect(() => exported({ bucket }, instanceIn, stack)).toThrow(/'bucket' is 'archive' in ap-northeast-3.*ExportBucketElsewhere/);
  });
});

describe('in the report', () => {
  test('an export counts as a medium, but promises no recovery time', () => {
    const stack = stackIn();
    const source = instanceIn(stack);
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, copyRule: CopyRule.atLeast({ media: 3, immutable: 1 }) }).protect(
      source,
    );
    new DatabaseExport(stack, 'Export', { source, lock: ObjectLock.governance() });
    const { copies, disruptions } = resourceOf(stack);
    expect(copies).toMatchObject({ media: 3, immutable: 'governance' });
    expect(disruptions.map(({ mechanism }) => mechanism).join()).not.toMatch(/Parquet/);
    const findings = RecoveryRecord.of(stack)
      .assess()
      .findings.map(({ code }) => code);
    expect(findings).not.toContain('TooFewMedia');
    expect(findings).not.toContain('NoImmutableCopy');
  });

  test('what nothing else brings back has an age, but no time', () => {
    const { stack } = exported({}, (scope) => new CfnDBInstance(scope, 'Database', { engine: 'mysql', backupRetentionPeriod: 0 }));
    const verdict = resourceOf(stack).disruptions.find(({ disruption }) => disruption === 'OPERATOR_ERROR');
    expect(verdict).toMatchObject({
      mechanism: 'Parquet exports (to be loaded by hand) in bucket Orders/Export/Bucket',
      rpo: expect.anything(),
    });
    expect(verdict?.rto).toBeUndefined();
  });

  test('it does where the user declares one', () => {
    const { stack } = exported(
      { expects: { restoreTime: Duration.hours(9), responseTime: Duration.hours(1) } },
      (scope) => new CfnDBInstance(scope, 'Database', { engine: 'mysql', backupRetentionPeriod: 0 }),
    );
    expect(resourceOf(stack).disruptions.find(({ disruption }) => disruption === 'OPERATOR_ERROR')?.rto).toEqual({
      ms: 10 * HOUR,
      terms: [
        { name: 'response', ms: HOUR, basis: 'declared' },
        { name: 'load of the files', ms: 9 * HOUR, basis: 'declared' },
      ],
    });
  });

  test('an older snapshot that is accepted makes the copy older', () => {
    const { stack } = exported({
      maxSnapshotAge: Duration.days(8),
      schedule: Schedule.expression('cron(0 2 ? * SUN *)'),
      keep: Duration.days(90),
    });
    expect(exportOf(stack)?.lag?.ms).toBe(7 * DAY + HOUR + 8 * DAY + 110 * MINUTE);
  });
});
