import { BackupClient, DescribeFrameworkCommand, DescribeReportPlanCommand } from '@aws-sdk/client-backup';
import { CloudWatchClient, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  AuditControl,
  AuditedResourceType,
  AuditFramework,
  AuditReport,
  AuditScope,
  Protection,
  RecoveryDashboard,
  RecoveryTier,
  ReportFormat,
  ReportTemplate,
} from '../../lib';
import { ACCOUNT, describeWithEmulator } from '../emulator/harness';
import { StackClient, type StackOutcome } from '../emulator/stack-client';

jest.setTimeout(120_000);

const REGION = 'ap-northeast-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deleter`;

function synthesised(controls: AuditControl[]) {
  const app = new App();
  const stack = new Stack(app, 'Audited', { env: { account: ACCOUNT, region: REGION } });
  const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(table);
  const framework = new AuditFramework(stack, 'Audit', { frameworkName: 'on_record' });
  new AuditFramework(stack, 'Every', { controls, frameworkName: 'every_control' });
  const reported = ReportTemplate.resourceCompliance(framework);
  new AuditReport(stack, 'Compliance', {
    template: reported,
    formats: [ReportFormat.CSV, ReportFormat.JSON],
    reportPlanName: 'compliance',
  });
  new RecoveryDashboard(stack, 'Dashboard', { dashboardName: 'recovery' });
  return app.synth().getStackByName('Audited').template.Resources;
}

const EVERY = [
  AuditControl.inBackupPlan(AuditScope.types(AuditedResourceType.DYNAMODB)),
  AuditControl.planRuns(Duration.days(1), Duration.days(35), AuditScope.tag('team', 'orders')),
  AuditControl.manualDeletionDenied([ROLE], AuditScope.resources('AWS::Backup::BackupVault', 'Audited-recovery')),
  AuditControl.encrypted(),
  AuditControl.keptFor(Duration.days(7)),
  AuditControl.copiedToRegions(['ap-northeast-3']),
  AuditControl.copiedToAccounts(['444455556666']),
  AuditControl.inLockedVault({ minRetention: Duration.days(7), maxRetention: Duration.days(90) }),
  AuditControl.recoveryPointWithin(Duration.hours(25)),
  AuditControl.restoredWithin(Duration.hours(4)),
  AuditControl.inAirGappedVault(Duration.days(7)),
];

describeWithEmulator('an audited application', (emulator) => {
  const backup = () => new BackupClient(emulator().client(REGION));
  let outcome: StackOutcome;

  beforeAll(async () => {
    outcome = await new StackClient(emulator(), REGION).create('Audited', synthesised(EVERY));
  });

  test('is deployed, with the policy of the bucket after the report plan', () => {
    expect([outcome.status, outcome.failures]).toEqual(['CREATE_COMPLETE', []]);
    const position = (start: string) => outcome.events.findIndex((event) => event.startsWith(start) && event.endsWith('CREATE_COMPLETE'));
    expect(position('AuditReportsPolicy')).toBeGreaterThan(position('Compliance'));
  });

  test('has every control, with values that are text', async () => {
    const { FrameworkControls } = await backup().send(new DescribeFrameworkCommand({ FrameworkName: 'every_control' }));
    expect(FrameworkControls?.map(({ ControlName }) => ControlName)).toEqual(EVERY.map(({ controlName }) => controlName));
    expect(FrameworkControls?.[2]).toMatchObject({
      ControlInputParameters: [{ ParameterName: 'principalArnList', ParameterValue: ROLE }],
      ControlScope: { ComplianceResourceIds: ['Audited-recovery'], ComplianceResourceTypes: ['AWS::Backup::BackupVault'] },
    });
    expect(FrameworkControls?.[1].ControlScope?.Tags).toEqual({ team: 'orders' });
  });

  test('has a framework of what is on record, and reports on it', async () => {
    const framework = await backup().send(new DescribeFrameworkCommand({ FrameworkName: 'on_record' }));
    expect(framework.FrameworkControls).toHaveLength(5);
    const { ReportPlan } = await backup().send(new DescribeReportPlanCommand({ ReportPlanName: 'compliance' }));
    expect(ReportPlan).toMatchObject({
      ReportDeliveryChannel: { Formats: ['CSV', 'JSON'] },
      ReportSetting: { ReportTemplate: 'RESOURCE_COMPLIANCE_REPORT', FrameworkArns: [framework.FrameworkArn] },
    });
  });

  test('has a dashboard whose body is JSON', async () => {
    const { DashboardBody } = await new CloudWatchClient(emulator().client(REGION)).send(
      new GetDashboardCommand({ DashboardName: 'recovery' }),
    );
    expect(JSON.parse(DashboardBody ?? '').widgets.length).toBeGreaterThan(3);
  });

  test('changes its controls in place', async () => {
    const updated = await new StackClient(emulator(), REGION).update('Audited', synthesised(EVERY.slice(1)));
    expect([updated.status, updated.failures]).toEqual(['UPDATE_COMPLETE', []]);
    const { FrameworkControls } = await backup().send(new DescribeFrameworkCommand({ FrameworkName: 'every_control' }));
    expect(FrameworkControls).toHaveLength(10);
  });
});
