import { Match, Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { backupRoleOf, restoreRoleOf } from '../../lib/core/private/backup-roles';

const GENERAL = 'service-role/AWSBackupServiceRolePolicyForBackup';
const S3 = 'AWSBackupServiceRolePolicyForS3Backup';

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Orders', { env: { region: 'ap-northeast-1', account: '111122223333' } });
});

function roles(): { Properties: Record<string, unknown> }[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')) as { Properties: Record<string, unknown> }[];
}

function policiesOf({ Properties }: { Properties: Record<string, unknown> }): string[] {
  const arns = Properties.ManagedPolicyArns as { 'Fn::Join': [string, unknown[]] }[];
  return arns.map((arn) => String(arn['Fn::Join'][1].at(-1)).replace(':iam::aws:policy/', ''));
}

test('lets only AWS Backup of this account use the role', () => {
  backupRoleOf(stack, ['RDS']);
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'backup.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
        },
      ],
      Version: Match.anyValue(),
    },
    Policies: Match.absent(),
  });
});

test('makes one role for each stack and kind, under ids that never change', () => {
  const nested = new Construct(stack, 'Deep');
  expect(backupRoleOf(nested, ['RDS'])).toBe(backupRoleOf(stack, ['EFS']));
  expect(restoreRoleOf(stack, ['RDS'])).toBe(restoreRoleOf(nested, []));
  expect(Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role')).sort()).toEqual([
    expect.stringMatching(/^RecoveryBackupRole/),
    expect.stringMatching(/^RecoveryRestoreRole/),
  ]);
  const other = new Stack(app, 'Other');
  expect(backupRoleOf(other, []).node.path).toBe('Other/RecoveryBackupRole');
});

test('attaches what S3 needs only once S3 is selected', () => {
  backupRoleOf(stack, ['RDS', 'DynamoDB']);
  expect(roles().map(policiesOf)).toEqual([[GENERAL]]);
});

test('learns further types, each policy once', () => {
  backupRoleOf(stack, ['RDS']);
  backupRoleOf(stack, ['S3', 'EC2']);
  backupRoleOf(stack, ['S3']);
  expect(roles().map(policiesOf)).toEqual([[GENERAL, S3]]);
});

test('keeps the general policy where S3 alone is selected: copies and tags need it', () => {
  restoreRoleOf(stack, ['S3']);
  expect(roles().map(policiesOf)).toEqual([
    ['service-role/AWSBackupServiceRolePolicyForRestores', 'AWSBackupServiceRolePolicyForS3Restore'],
  ]);
});

test('takes the account from the pseudo parameter where the stack is agnostic', () => {
  const anywhere = new Stack(app, 'Anywhere');
  backupRoleOf(anywhere, []);
  Template.fromStack(anywhere).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: Match.objectLike({
      Statement: [Match.objectLike({ Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } })],
    }),
  });
});

test('tells auditors the reason for managed policies, and for nothing else', () => {
  backupRoleOf(stack, ['S3']);
  restoreRoleOf(stack, ['S3']);
  const checks = new AwsSolutionsChecks(app);
  expect(checks.validateScope(app).violations).toEqual([]);
  new Role(stack, 'Foreign', {
    assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(GENERAL)],
  });
  expect(
    checks.validateScope(app).violations.flatMap(({ violatingResources }) => violatingResources.map(({ constructPath }) => constructPath)),
  ).toEqual(['Orders/Foreign/Resource']);
});
