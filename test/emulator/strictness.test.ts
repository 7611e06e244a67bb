import { BackupClient, CreateBackupPlanCommand, CreateBackupVaultCommand } from '@aws-sdk/client-backup';
import { CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describeWithEmulator } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const vault = (properties: Template): Template => ({
  Vault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'strict', ...properties } },
});
const plan = (rule: Template): Template => ({
  Plan: {
    Type: 'AWS::Backup::BackupPlan',
    Properties: { BackupPlan: { BackupPlanName: 'strict', BackupPlanRule: [{ RuleName: 'Rule', TargetBackupVault: 'strict', ...rule }] } },
  },
});
const testing = (properties: Template): Template => ({
  Plan: {
    Type: 'AWS::Backup::RestoreTestingPlan',
    Properties: {
      RestoreTestingPlanName: 'strict',
      ScheduleExpression: 'cron(0 5 ? * MON *)',
      RecoveryPointSelection: { Algorithm: 'LATEST_WITHIN_WINDOW', RecoveryPointTypes: ['SNAPSHOT'], IncludeVaults: ['*'] },
      ...properties,
    },
  },
});

describeWithEmulator('strictness', (emulator) => {
  let stacks: StackClient;
  let backup: BackupClient;
  beforeAll(() => {
    stacks = new StackClient(emulator());
    backup = new BackupClient(emulator().client());
  });

  describe('of templates, before anything is made', () => {
    test.each([
      ['a type that AWS does not have', { It: { Type: 'AWS::Backup::Vault' } }, /Unrecognized resource types: \[AWS::Backup::Vault\]/],
      ['a type that is not emulated', { It: { Type: 'AWS::Redshift::Cluster' } }, /does not emulate: \[AWS::Redshift::Cluster\]/],
      [
        'a reference to nothing',
        { It: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nobody' } } } },
        /Unresolved resource dependencies \[Nobody\]/,
      ],
      [
        'a circle',
        { A: { Type: 'AWS::SNS::Topic', DependsOn: 'B' }, B: { Type: 'AWS::SNS::Topic', DependsOn: 'A' } },
        /Circular dependency between resources/,
      ],
      [
        'an unknown key of a resource',
        { It: { Type: 'AWS::SNS::Topic', Propertys: {} } },
        /Invalid template resource property 'Propertys'/,
      ],
      ['an unknown deletion policy', { It: { Type: 'AWS::SNS::Topic', DeletionPolicy: 'Keep' } }, /DeletionPolicy of It must be one of/],
    ])('fails on %s', async (_, resources, message) => {
      await expect(stacks.create('Refused', resources)).rejects.toThrow(message);
    });

    test('fails on IAM resources without the capability', async () => {
      const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } };
      const request = new CreateChangeSetCommand({
        StackName: 'Caps',
        ChangeSetName: 'one',
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify({ Resources: { role } }),
      });
      await expect(stacks.api.send(request)).rejects.toThrow(/CAPABILITY_IAM/);
    });
  });

  describe('of properties, when a resource is made', () => {
    test.each([
      ['an unknown property', vault({ EncryptionKey: 'x' }), /extraneous key \[EncryptionKey\] is not permitted/],
      ['an unknown nested property', vault({ LockConfiguration: { MinRetentionDays: 1, Mode: 'COMPLIANCE' } }), /extraneous key \[Mode\]/],
      ['a missing property', { Vault: { Type: 'AWS::Backup::BackupVault', Properties: {} } }, /'BackupVaultName' is a required property/],
      ['a wrong type', vault({ LockConfiguration: { MinRetentionDays: 'a week' } }), /'a week' is not of type 'integer'/],
      ['a read-only property', vault({ BackupVaultArn: 'arn:aws:x' }), /BackupVaultArn' is read-only/],
      ['a bad pattern', vault({ BackupVaultName: 'has space' }), /does not match/],
      ['a bad enum', { Key: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'DES' } } }, /'DES' is not one of/],
      [
        'a property that the handler does not know',
        { B: { Type: 'AWS::S3::Bucket', Properties: { AccelerateConfiguration: { AccelerationStatus: 'Enabled' } } } },
        /AccelerateConfiguration of AWS::S3::Bucket is not emulated/,
      ],
      [
        'a managed policy that does not exist',
        {
          R: {
            Type: 'AWS::IAM::Role',
            Properties: {
              AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
              ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForS3Backup'],
            },
          },
        },
        /does not exist or is not attachable/,
      ],
      [
        'an attribute that does not exist',
        { T: { Type: 'AWS::SNS::Topic' }, Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['T', 'Colour'] } } } },
        /AWS::SNS::Topic has no attribute Colour/,
      ],
    ])('fails on %s, and rolls back', async (_, resources, message) => {
      const outcome = await stacks.create(`Props${Math.random().toString(36).slice(2)}`, resources);
      expect(outcome.status).toBe('ROLLBACK_COMPLETE');
      expect(outcome.failures.join()).toMatch(message);
    });
  });

  describe('of AWS Backup, by its documented rules', () => {
    test.each<[string, Template, RegExp]>([
      [
        'cold storage for less than 90 days',
        plan({ Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 119 } }),
        /90 days apart/,
      ],
      ['a retention of 0 days', plan({ Lifecycle: { DeleteAfterDays: 0 } }), /less than 1 or more than 36500/],
      ['a retention of 36,501 days', plan({ Lifecycle: { DeleteAfterDays: 36_501 } }), /less than 1 or more than 36500/],
      ['a start window of 59 minutes', plan({ StartWindowMinutes: 59 }), /start window: 59 minutes/],
      ['a rate', plan({ ScheduleExpression: 'rate(1 hour)' }), /only cron expressions/],
      ['a cron that is none', plan({ ScheduleExpression: 'cron(99 3 ? * * *)' }), /99 is not within 0-59/],
      ['both day fields given', plan({ ScheduleExpression: 'cron(0 3 1 * 2 *)' }), /exactly one of day-of-month and day-of-week/],
      ['a run every half hour', plan({ ScheduleExpression: 'cron(0,30 * ? * * *)' }), /more often than every hour/],
      [
        'an unknown time zone',
        plan({ ScheduleExpression: 'cron(0 3 ? * * *)', ScheduleExpressionTimezone: 'Asia/Edo' }),
        /'Asia\/Edo' is not a time zone/,
      ],
      [
        '36 days of continuous backup',
        plan({ EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: 36 } }),
        /kept 1 to 35 days, got 36/,
      ],
      ['continuous backup for ever', plan({ EnableContinuousBackup: true }), /kept 1 to 35 days/],
      [
        'six copy actions',
        plan({ CopyActions: Array(6).fill({ DestinationBackupVaultArn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:x' }) }),
        /at most 5 copy actions/,
      ],
      ['a copy into something else', plan({ CopyActions: [{ DestinationBackupVaultArn: 'arn:aws:s3:::x' }] }), /Invalid destination vault/],
      ['a rule name with a space', plan({ RuleName: 'every day' }), /RuleName|rule name/],
      [
        'a grace time of 2 days',
        vault({ LockConfiguration: { MinRetentionDays: 1, ChangeableForDays: 2 } }),
        /ChangeableForDays must be 3 to 36500/,
      ],
      [
        'a minimum above the maximum',
        vault({ LockConfiguration: { MinRetentionDays: 8, MaxRetentionDays: 7 } }),
        /MinRetentionDays 8 is more than MaxRetentionDays 7/,
      ],
      [
        'a wildcard in an access policy',
        vault({
          AccessPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 'backup:Delete*', Resource: '*' }] },
        }),
        /must not contain wildcards/,
      ],
      [
        'an air-gapped vault for 6 days',
        {
          V: {
            Type: 'AWS::Backup::LogicallyAirGappedBackupVault',
            Properties: { BackupVaultName: 'gap', MinRetentionDays: 6, MaxRetentionDays: 30 },
          },
        },
        /6 is less than the minimum of 7|at least 7/,
      ],
      [
        'a hyphen in a restore testing plan',
        testing({ RestoreTestingPlanName: 'has-hyphen' }),
        /does not match|Invalid restore testing plan name/,
      ],
      ['a restore testing schedule that is no cron', testing({ ScheduleExpression: 'rate(banana)' }), /only cron expressions/],
      ['a restore testing start window of 169 hours', testing({ StartWindowHours: 169 }), /StartWindowHours must be 1 to 168/],
      [
        'an unknown audit control',
        { F: { Type: 'AWS::Backup::Framework', Properties: { FrameworkControls: [{ ControlName: 'BACKUP_EVERYTHING' }] } } },
        /Unknown control BACKUP_EVERYTHING/,
      ],
    ])('fails on %s', async (_, resources, message) => {
      const outcome = await stacks.create(`Rule${Math.random().toString(36).slice(2)}`, resources);
      expect(outcome.failures.join()).toMatch(message);
      expect(outcome.status).toBe('ROLLBACK_COMPLETE');
    });

    test.each<[string, Template]>([
      ['cold storage for exactly 90 days', plan({ Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 120 } })],
      ['a start window of 60 minutes', plan({ StartWindowMinutes: 60 })],
      ['every hour', plan({ ScheduleExpression: 'cron(0 * ? * * *)' })],
      ['35 days of continuous backup', plan({ EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: 35 } })],
      ['the third Monday, in Tokyo', plan({ ScheduleExpression: 'cron(0 3 ? * MON#3 *)', ScheduleExpressionTimezone: 'Asia/Tokyo' })],
      ['a grace time of 3 days', vault({ LockConfiguration: { MinRetentionDays: 1, ChangeableForDays: 3 } })],
    ])('%s is accepted', async (_, resources) => {
      const name = `Fine${Math.random().toString(36).slice(2)}`;
      expect(await stacks.create(name, resources)).toMatchObject({ status: 'CREATE_COMPLETE' });
      expect(await stacks.delete(name)).toMatchObject({ status: 'DELETE_COMPLETE' });
    });
  });

  describe('of API requests, by the model of the service', () => {
    test('fails on a bad name', async () => {
      await expect(backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'a b' }))).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
      });
    });

    test('fails on a missing member', async () => {
      const request = new CreateBackupPlanCommand({ BackupPlan: { BackupPlanName: 'p', Rules: [{ RuleName: 'r' } as never] } });
      await expect(backup.send(request)).rejects.toThrow(/'BackupPlan.Rules.0.TargetBackupVaultName' is required/);
    });

    test('fails on an unknown member', async () => {
      const answer = await putUnsigned(`${emulator().url}/backup-vaults/named`, { Colour: 'red' });
      expect(answer).toMatchObject({ status: 400, body: { message: "unknown parameter 'Colour'" } });
    });

    test('fails on a bad enum, also in XML', async () => {
      const request = new PutBucketVersioningCommand({ Bucket: 'some-bucket', VersioningConfiguration: { Status: 'On' as never } });
      await expect(new S3Client(emulator().client()).send(request)).rejects.toThrow(
        /'VersioningConfiguration.Status' is 'On', must be one of Enabled, Suspended/,
      );
    });

    test('fails on a number out of range, also in the query protocol', async () => {
      const wrong = new DescribeDBInstancesCommand({ MaxRecords: 'many' as never });
      await expect(new RDSClient(emulator().client()).send(wrong)).rejects.toThrow(/cannot be parsed/);
    });

    test('a request that fits passes', async () => {
      expect(await new SQSClient(emulator().client()).send(new CreateQueueCommand({ QueueName: 'fits' }))).toMatchObject({
        QueueUrl: expect.any(String),
      });
    });
  });
});

/** The SDK would drop a member that it does not know. */
async function putUnsigned(url: string, body: object): Promise<{ status: number; body: unknown }> {
  const authorization = 'AWS4-HMAC-SHA256 Credential=testing/20260101/ap-northeast-1/backup/aws4_request, SignedHeaders=host, Signature=x';
  const response = await fetch(url, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { authorization, 'content-type': 'application/json' },
  });
  return { status: response.status, body: await response.json() };
}
