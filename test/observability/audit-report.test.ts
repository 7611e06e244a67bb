import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { CfnReportPlan } from 'aws-cdk-lib/aws-backup';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AuditControl, AuditFramework, AuditReport, type AuditReportProps, ReportFormat, ReportTemplate } from '../../lib';

const TYPE = 'AWS::Backup::ReportPlan';
const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const ROLE = '111122223333:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports';

const stackIn = (app = new App(), env = ENV) => new Stack(app, 'Orders', { env });
const reportIn = (stack: Stack, props: Partial<AuditReportProps> = {}, id = 'Restores') =>
  new AuditReport(stack, id, { template: ReportTemplate.RESTORE_JOBS, ...props });

describe('a report with everything left to its defaults', () => {
  let stack: Stack;
  let template: Template;
  beforeAll(() => {
    stack = stackIn();
    reportIn(stack);
    reportIn(stack, { template: ReportTemplate.COPY_JOBS }, 'Copies');
    template = Template.fromStack(stack);
  });

  test('comes as CSV, of its own account and Region', () => {
    template.hasResourceProperties(TYPE, {
      ReportPlanName: Match.stringLikeRegexp('^Orders_Restores_[A-Za-z0-9]+$'),
      ReportDeliveryChannel: { S3BucketName: { Ref: 'AuditReportsF01B2F05' }, Formats: ['CSV'] },
      ReportSetting: {
        ReportTemplate: 'RESTORE_JOB_REPORT',
        FrameworkArns: Match.absent(),
        Accounts: Match.absent(),
        OrganizationUnits: Match.absent(),
        Regions: Match.absent(),
      },
    });
  });

  test('shares one bucket with the other reports of the stack, which stays when the stack goes', () => {
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
          ],
        },
      },
    });
  });

  test('lets in the role of the service only, and only what the owner of the bucket can read', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    const allowed = Properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ROLE}`]] } },
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['AuditReportsF01B2F05', 'Arn'] }, '/*']] },
        Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      },
    ]);
  });

  test('has the policy wait for the report plans, with which AWS makes that role', () => {
    const [{ DependsOn }] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    expect([DependsOn].flat().sort()).toEqual(Object.keys(template.findResources(TYPE)).sort());
  });

  test('has a key that the role may encrypt with before it exists, and nobody else', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          Match.objectLike({ Sid: 'AdministerByIam' }),
          Match.objectLike({
            Sid: 'EncryptReports',
            Principal: '*',
            Action: ['kms:GenerateDataKey', 'kms:Encrypt'],
            Condition: {
              StringEquals: { 'kms:CallerAccount': ENV.account },
              ArnEquals: { 'aws:PrincipalArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${ROLE}`]] } },
            },
          }),
        ],
      },
    });
  });

  test('keeps its logical ids', () => {
    const ids = [TYPE, 'AWS::S3::Bucket', 'AWS::KMS::Key'].flatMap((type) => Object.keys(template.findResources(type)).sort());
    expect(ids).toEqual(['CopiesA993ADEE', 'RestoresF2F3F071', 'AuditReportsF01B2F05', 'AuditReportsKey92ACB9FC']);
  });

  test('keeps the rules of cdk-nag', () => {
    const app = stack.node.root as App;
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

test('tells of frameworks, accounts, organizational units and Regions, under a prefix', () => {
  const stack = stackIn();
  const framework = new AuditFramework(stack, 'Audit', { controls: [AuditControl.encrypted()] });
  reportIn(stack, {
    template: ReportTemplate.resourceCompliance(framework),
    formats: [ReportFormat.CSV, ReportFormat.JSON],
    accounts: ['444455556666', 'ROOT'],
    organizationalUnits: ['ou-ab12-cdefgh34'],
    regions: ['*', 'ap-northeast-3'],
    prefix: 'audit',
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties(TYPE, {
    ReportDeliveryChannel: { Formats: ['CSV', 'JSON'], S3KeyPrefix: 'audit' },
    ReportSetting: {
      ReportTemplate: 'RESOURCE_COMPLIANCE_REPORT',
      FrameworkArns: [stack.resolve(framework.frameworkArn)],
      Accounts: ['444455556666', 'ROOT'],
      OrganizationUnits: ['ou-ab12-cdefgh34'],
      Regions: ['*', 'ap-northeast-3'],
    },
  });
  expect(JSON.stringify(template.findResources('AWS::S3::BucketPolicy'))).toContain('/audit/*');
});

test.each<[string, ReportTemplate, string]>([
  ['backup jobs', ReportTemplate.BACKUP_JOBS, 'BACKUP_JOB_REPORT'],
  ['copy jobs', ReportTemplate.COPY_JOBS, 'COPY_JOB_REPORT'],
  ['scan jobs', ReportTemplate.SCAN_JOBS, 'SCAN_JOB_REPORT'],
  [
    'controls',
    ReportTemplate.controlCompliance(
      AuditFramework.fromFrameworkArn(stackIn(), 'Theirs', 'arn:aws:backup:us-east-1:111122223333:framework:A-1'),
    ),
    'CONTROL_COMPLIANCE_REPORT',
  ],
])('tells of %s', (_case, reported, name) => {
  const stack = stackIn();
  reportIn(stack, { template: reported });
  Template.fromStack(stack).hasResourceProperties(TYPE, { ReportSetting: { ReportTemplate: name } });
});

test.each<[string, Partial<AuditReportProps>, RegExp]>([
  ['compliance with no framework', { template: ReportTemplate.resourceCompliance() }, /names no framework.*ReportWithoutFramework/],
  ['no format', { formats: [] }, /NoReportFormats/],
  ['a name with a hyphen', { reportPlanName: 'our-report' }, /InvalidName/],
  ['a description of 1025 characters', { description: 'a'.repeat(1_025) }, /'description' is 1025 characters/],
  ['what is no account', { accounts: ['root'] }, /'accounts' has 'root'/],
  ['what is no organizational unit', { organizationalUnits: ['r-ab12'] }, /'organizationalUnits' has 'r-ab12'/],
  ['what is no Region', { regions: ['Tokyo'] }, /'regions' has 'Tokyo'/],
])('fails for %s', (_case, props, message) => {
  expect(() => reportIn(stackIn(), props)).toThrow(message);
});

test.each([
  [20, false],
  [21, true],
])('counts %i report plans of the app', (count, refused) => {
  const app = new App();
  const stack = stackIn(app);
  reportIn(stack);
  for (let n = 1; n < count; n++) {
    new CfnReportPlan(stack, `Plan${n}`, { reportDeliveryChannel: {}, reportSetting: {} });
  }
  const synth = expect(() => app.synth());
  refused ? synth.toThrow(/'reportPlans' has 21 entries.*TooManyReportPlans/) : synth.not.toThrow();
});

test('lets reports into a bucket of the app, and warns of one that it cannot open', () => {
  const stack = stackIn();
  reportIn(stack, { bucket: new Bucket(stack, 'Mine') });
  reportIn(stack, { bucket: Bucket.fromBucketName(stack, 'Theirs', 'theirs') }, 'Other');
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::KMS::Key', 0);
  template.resourceCountIs('AWS::S3::BucketPolicy', 1);
  Warnings.fromStack(stack).hasWarning('/Orders/Other', Match.stringLikeRegexp('cdk-recovery:reportBucketClosed'));
  Warnings.fromStack(stack).hasNoWarning('/Orders/Restores', Match.stringLikeRegexp('cdk-recovery:reportBucketClosed'));
});

test('is the same when synthesised twice, deploys anywhere, and takes what only deployment tells', () => {
  const app = new App();
  const stack = new Stack(app, 'Orders');
  const text = new CfnParameter(stack, 'Text').valueAsString;
  reportIn(stack, { reportPlanName: text, description: text, accounts: [text], regions: [text], prefix: text });
  const first = app.synth().getStackByName('Orders').template;
  expect(app.synth({ force: true }).getStackByName('Orders').template).toEqual(first);
});
