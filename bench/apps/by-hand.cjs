const { Duration } = require('aws-cdk-lib/core');
const { BackupPlan, BackupPlanRule, BackupResource, BackupVault } = require('aws-cdk-lib/aws-backup');
const { Schedule } = require('aws-cdk-lib/aws-events');
const { ManagedPolicy, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const { Key } = require('aws-cdk-lib/aws-kms');
const { application, finish, resources } = require('./resources.cjs');

/** AWS Backup takes at most this many ARNs in one selection. */
const ARNS_PER_SELECTION = 500;

const { app, stack, size } = application();
const triples = resources(stack, size, {
  database: { backupRetention: Duration.days(35), copyTagsToSnapshot: true, deletionProtection: true },
  bucket: { versioned: true },
  table: { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true }, deletionProtection: true },
});
for (const { bucket } of triples) {
  // `eventBridgeEnabled` of the L2 adds a function and a custom resource for each bucket: this is what a careful author writes.
  bucket.node.defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}

const backupVault = new BackupVault(stack, 'Vault', { encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }) });
const rule = (ruleName, schedule, days, enableContinuousBackup = false) =>
  new BackupPlanRule({
    ruleName,
    scheduleExpression: Schedule.cron(schedule),
    deleteAfter: Duration.days(days),
    startWindow: Duration.hours(1),
    completionWindow: Duration.hours(8),
    enableContinuousBackup,
  });
const plan = new BackupPlan(stack, 'Plan', {
  backupVault,
  backupPlanRules: [
    rule('Hourly', { minute: '0' }, 35, true),
    rule('Daily', { hour: '3', minute: '30' }, 30),
    rule('Weekly', { weekDay: 'SUN', hour: '4', minute: '0' }, 90),
    rule('Monthly', { day: '1', hour: '5', minute: '0' }, 2557),
  ],
});
const role = new Role(stack, 'Role', {
  assumedBy: new ServicePrincipal('backup.amazonaws.com'),
  managedPolicies: ['service-role/AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup'].map((name) =>
    ManagedPolicy.fromAwsManagedPolicyName(name),
  ),
});
const protectedResources = triples.flatMap(({ database, bucket, table }) => [
  BackupResource.fromRdsDatabaseInstance(database),
  BackupResource.fromArn(bucket.bucketArn),
  BackupResource.fromArn(table.tableArn),
]);
for (let start = 0; start < protectedResources.length; start += ARNS_PER_SELECTION) {
  plan.addSelection(`Selection${start}`, {
    role,
    disableDefaultBackupPolicy: true,
    resources: protectedResources.slice(start, start + ARNS_PER_SELECTION),
  });
}
finish(app);
