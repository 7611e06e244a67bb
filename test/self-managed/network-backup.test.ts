import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, CfnParameter, Duration, Size, Stack } from 'aws-cdk-lib/core';
import {
  BackupRepository,
  PostgresBackup,
  type PostgresBackupProps,
  RecoveryObjective,
  RecoveryTier,
  RetentionPolicy,
  RetentionRung,
} from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import { readSettings } from '../../lib/model/self-managed';
import { DAY, HOUR } from '../../lib/model/time';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };

interface Made {
  readonly stack: Stack;
  readonly repository: BackupRepository;
  readonly backup: PostgresBackup;
}

function made(options: Partial<PostgresBackupProps> = {}, stack = new Stack(new App(), 'Orders', { env: ENV })): Made {
  const repository = options.repository ?? new BackupRepository(stack, 'Repository');
  const server = { host: 'db.example.com', database: 'orders', vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }), credentials: secretIn(stack) };
  return { stack, repository, backup: new PostgresBackup(stack, 'Dumps', { repository, server, tier: RecoveryTier.STANDARD, ...options }) };
}

function secretIn(stack: Stack) {
  return Secret.fromSecretCompleteArn(stack, 'Reader', `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:reader-AbCdEf`);
}

/** What a task is told, with what only deployment knows filled in. */
function settingsOf(template: Template) {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const { Value } = task.Properties.ContainerDefinitions[0].Environment.find(({ Name }: { Name: string }) => Name === 'KEEPER_SETTINGS');
  const parts: unknown[] = Value['Fn::Join'][1];
  return readSettings(parts.map((part) => (typeof part === 'string' ? part : 'some-bucket')).join(''));
}

/** What the role of a task may do, without its statements on secrets. */
function actionsOf(template: Template, task: string): string[] {
  const policies = template.findResources('AWS::IAM::Policy', {
    Properties: { PolicyName: Match.stringLikeRegexp(`^Dumps${task}TaskTaskRole`) },
  });
  return Object.values(policies)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action }) => Action)
    .sort();
}

describe('dumps of a database that say nothing but where it is and how important', () => {
  let stack: Stack;
  let template: Template;

  beforeAll(() => {
    ({ stack } = made());
    template = Template.fromStack(stack);
  });

  test('pin the logical ids of what holds data', () => {
    const kept = Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string; Type: string }>)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .map(([id, { Type }]) => `${id} ${Type}`);
    expect(kept).toEqual(['RepositoryKey00C9CF4F AWS::KMS::Key', 'RepositoryBucket2CB02AC6 AWS::S3::Bucket']);
  });

  test('go to a bucket that is versioned, locked for a week, and ends what was deleted after two', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 7 } } },
      LifecycleConfiguration: { Rules: [Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 14 } })] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  test('tell the keeper all that it needs, in settings that it takes, and no secret', () => {
    expect(settingsOf(template)).toEqual({
      version: 1,
      source: 'Orders-Dumps-4CB359A7',
      engine: 'postgresql',
      form: 'logical',
      repository: { bucket: 'some-bucket', region: ENV.region },
      scratch: '/scratch',
      jobs: 2,
      server: {
        host: 'db.example.com',
        port: 5432,
        database: 'orders',
        secretArn: `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:reader-AbCdEf`,
      },
      keep: { recentDays: 7, dailyDays: 30, weeklyDays: 90, monthlyDays: 2557 },
    });
  });

  test('let the task that backs up delete nothing and read no dump', () => {
    expect(actionsOf(template, 'Backup')).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
      's3:AbortMultipartUpload',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
    ]);
    const [{ Properties }] = Object.values(
      template.findResources('AWS::IAM::Policy', { Properties: { PolicyName: Match.stringLikeRegexp('^DumpsBackupTaskTaskRole') } }),
    );
    const reads = Properties.PolicyDocument.Statement.find(({ Sid }: { Sid: string }) => Sid === 'ReadManifests');
    expect(JSON.stringify(reads.Resource)).not.toContain('/data/');
  });

  test('let the task that restores write nothing, and the one that retires mark as deleted, but end no version', () => {
    expect(actionsOf(template, 'Restore').filter((action) => /Put|Delete/.test(action))).toEqual([]);
    expect(actionsOf(template, 'Retire').filter((action) => /Delete|secret/.test(action))).toEqual(['s3:DeleteObject']);
  });

  test('are made as rarely as the objective allows, and each chore has alarms for failure and absence', () => {
    const schedules = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
      ({ Properties }) => Properties.ScheduleExpression,
    );
    expect(schedules.sort()).toEqual(['cron(0 2 * * ? *)', 'cron(0 2 ? * SUN *)', 'cron(0 2,14 * * ? *)', 'rate(12 hours)']);
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmDescription);
    for (const words of ['A backup of', 'No backup of', 'A verification of', 'No verification of', 'A retirement of', 'No retirement of']) {
      expect(JSON.stringify(alarms)).toContain(words);
    }
  });

  test('run in a task without a writable root, a public address or more room than the data needs', () => {
    template.allResourcesProperties('AWS::ECS::TaskDefinition', {
      EphemeralStorage: { SizeInGiB: 85 },
      ContainerDefinitions: [Match.objectLike({ ReadonlyRootFilesystem: true })],
    });
    const machines = JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'));
    expect(machines).toContain('AwsvpcConfiguration');
    expect(machines).not.toContain('ENABLED');
  });

  test('are judged like any other copy', () => {
    const resource = RecoveryRecord.of(stack)
      .assess()
      .resources.find(({ id }) => id === 'Orders/Dumps');
    expect(resource).toMatchObject({ label: 'PostgreSQL' });
    const [{ lag, keptMs }] = resource!.copies.places;
    expect(lag!.ms).toBeGreaterThan(12 * HOUR);
    expect(lag!.ms).toBeLessThanOrEqual(DAY);
    expect(keptMs).toBe(2557 * DAY);
  });
});

describe('dumps', () => {
  test('lie in a second Region where the repository is told one, and survive the loss of the first', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    made({ repository: new BackupRepository(stack, 'Repository', { recoveryRegion: 'ap-northeast-3' }) }, stack);
    const resource = RecoveryRecord.of(stack)
      .assess()
      .resources.find(({ id }) => id === 'Orders/Dumps');
    expect(resource!.copies.places.map(({ place }) => place.region).sort()).toEqual(['ap-northeast-1', 'ap-northeast-3']);
  });

  test('fail for a promise that no rhythm of them keeps, with what would', () => {
    const objective = RecoveryObjective.of({ rpo: Duration.minutes(30), rto: Duration.hours(8) });
    const { stack } = made({ tier: undefined, objective, expects: { dataSize: Size.gibibytes(20) } });
    expect(() => Template.fromStack(stack)).toThrow(/'rpo' 30 min.*archive its logs.*\(RecoveryPointTooOld/);
  });
});

describe('dumps that cannot be', () => {
  const ladder = RetentionPolicy.of(RetentionRung.yearly(Duration.days(3650)));
  const token = (stack: Stack) => new CfnParameter(stack, 'Token', { type: 'String' }).valueAsString;
  test.each<[string, Partial<PostgresBackupProps>, RegExp]>([
    ['fail without an objective', { tier: undefined }, /NoObjective/],
    ['fail with no job at a time', { jobs: 0 }, /'jobs' is 0.*1 to 16 \(InvalidJobs/],
    ['fail with more jobs than a task has processors', { jobs: 17 }, /InvalidJobs/],
    ['fail with part of a job', { jobs: 1.5 }, /InvalidJobs/],
    ['fail under a name with a slash', { sourceName: 'a/b' }, /'sourceName' is 'a\/b'.*\(InvalidSourceName/],
    ['fail under an empty name', { sourceName: '' }, /InvalidSourceName/],
    ['fail under a name of 64 characters', { sourceName: 'a'.repeat(64) }, /InvalidSourceName/],
    [
      'fail where there is more data than a task has room for',
      { expects: { dataSize: Size.tebibytes(1) } },
      /at most 200.*machine of your own.*\(ScratchOutOfRange/,
    ],
    ['fail with less room than Fargate has', { scratchSize: Size.gibibytes(20) }, /21 to 200.*\(ScratchOutOfRange/],
    ['fail with part of a GiB', { scratchSize: Size.mebibytes(30_000) }, /ScratchOutOfRange/],
    ['fail with a rung that nobody retires by', { retention: ladder }, /a rung 'Yearly'.*\(RungNotKept/],
    ['fail for a recipient that is none', { recipients: ['age1abc'] }, /'recipients' is \["age1abc"\].*\(InvalidBackupSettings/],
    ['fail for recipients that are nobody', { recipients: [] }, /'recipients' is \[\].*\(InvalidBackupSettings/],
    ['fail for a table without its schema', { tables: ['orders'] }, /'tables' is .*schema\.table.*\(InvalidBackupSettings/],
    ['fail with two rhythms', { every: Duration.hours(6), schedule: Schedule.cron({ minute: '0' }) }, /ExportScheduledTwice/],
    ['fail every five hours', { every: Duration.hours(5) }, /InvalidSchedule/],
    [
      'fail with a timeout beyond the next one',
      { every: Duration.hours(6), timeout: Duration.hours(6) },
      /a backup has to end.*\(ExportTimeoutTooLong/,
    ],
  ])('%s', (_case, options, message) => {
    expect(() => made(options)).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    ['fail at a port that is none', { port: 65_536 }, /'server\.port' is 65536.*\(InvalidBackupSettings/],
    ['fail at a host without a name', { host: '' }, /'server\.host' is "".*\(InvalidBackupSettings/],
    ['fail for a database without a name', { database: '' }, /'server\.database' is "".*\(InvalidBackupSettings/],
    ['fail with certificates that are none', { certificateAuthorities: 'ca.pem' }, /give certificates in PEM.*\(InvalidBackupSettings/],
    ['fail without a security group', { securityGroups: [] }, /'server\.securityGroups' is empty.*\(InvalidBackupSettings/],
  ])('%s', (_case, part, message) => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const server = { host: 'db', database: 'orders', vpc: new Vpc(stack, 'Net', { maxAzs: 2 }), credentials: secretIn2(stack), ...part };
    expect(() => made({ server }, stack)).toThrow(message);
  });

  test('take a host that only deployment knows', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const server = { host: token(stack), database: 'orders', vpc: new Vpc(stack, 'Net', { maxAzs: 2 }), credentials: secretIn2(stack) };
    expect(() => made({ server }, stack)).not.toThrow();
  });

  test('fail under a name that only deployment knows', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    expect(() => made({ sourceName: token(stack) }, stack)).toThrow(/only known at deploy time.*\(InvalidSourceName/);
  });

  test('fail under the name of another source of the repository', () => {
    const { stack, repository } = made({ sourceName: 'orders' });
    const server = {
      host: 'db',
      database: 'orders',
      vpc: Vpc.fromVpcAttributes(stack, 'Other', {
        vpcId: 'vpc-1',
        availabilityZones: ['ap-northeast-1a'],
        privateSubnetIds: ['subnet-1'],
      }),
      credentials: secretIn2(stack),
    };
    expect(() => new PostgresBackup(stack, 'More', { repository, server, sourceName: 'orders', tier: RecoveryTier.LOW })).toThrow(
      /'Orders\/Dumps' has its backups.*\(SourceNameTaken/,
    );
  });

  test('fail in a repository whose lock outlasts what was deleted', () => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    expect(() => new BackupRepository(stack, 'Repository', { keepDeleted: Duration.days(3) })).toThrow(
      /'keepDeleted' is.*\(LockOutlastsKeep/,
    );
    expect(() => new BackupRepository(stack, 'Second', { keepDeleted: Duration.hours(36) })).toThrow(/DurationNotWhole/);
  });
});

function secretIn2(stack: Stack) {
  return Secret.fromSecretNameV2(stack, 'Second', 'reader');
}
