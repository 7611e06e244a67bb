import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  AuroraGlobalDatabase,
  AuroraSecondaryCluster,
  BackupRepository,
  BucketReplication,
  DatabaseExport,
  DatabaseReadReplica,
  Digest,
  DisasterRecovery,
  FileSystemReplication,
  JobWatch,
  PostgresBackup,
  Protection,
  RecoverableData,
  RecoveryNotifications,
  RecoveryObjective,
  RecoveryStrategy,
  RecoveryTier,
  RecoveryWatch,
  TableExport,
  TableReplication,
} from '../lib';
import { digestMessage } from '../lib/model/digest';
import { noticeOf, vaultNoticeOf } from '../lib/model/failures';
import { RestoreWorkflow } from '../lib/verification/private/restore-workflow';
import { filesBelow, ROOT } from './harness/sources';
import { EXAMPLES } from './observability/fixtures/events';

const ACCOUNT = '111122223333';
const RECOVERY_REGION = 'ap-northeast-3';
/** The only file of lib/ that makes alarms. */
const MAKER = 'lib/core/private/runbook-alarm.ts';

const sections = new Map(
  readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.split('\n')[0].toLowerCase().replace(/ /g, '-'), text]),
);
const sources = filesBelow('lib', '.ts');
const descriptions = alarmsOf(appWithEveryAlarm());
const named = new Set(descriptions.map(([, description]) => description.split('#')[1]));
const digest = digestMessage({ verdict: 'good', blind: [], bad: [], good: [], notes: [] }, { fromMs: 0, toMs: 0, region: '', runbook: '' });
const told = [
  ...[...EXAMPLES.map(([, event]) => noticeOf(event)), vaultNoticeOf({})].map(({ section }) => section),
  JSON.parse(digest.body).content.nextSteps[0].slice(1),
];

test.each(descriptions)('%s tells what is wrong and has a section', (_id, description) => {
  const [, wrong, section] = /^(.+[^.]); runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
  expect(wrong).toMatch(/^[A-Z].{20,}/);
  expect([...sections.keys()]).toContain(section);
});

test('every message has its section', () => {
  expect(told.filter((section) => !sections.has(section))).toEqual([]);
});

test.each([...sections])('%s tells how bad it is, how to look and to repair, and when not to act', (_section, text) => {
  for (const part of ['**Severity:', '**Look.**', '**Repair.**', '**Do not act**']) {
    expect(text).toContain(part);
  }
});

test('no section is without an alarm or a message', () => {
  expect([...sections.keys()].filter((section) => !named.has(section) && !told.includes(section))).toEqual([]);
});

test('every section that the library names is that of an alarm or a message here', () => {
  const written = sources.flatMap(({ text }) => [...text.matchAll(/\bsection: '(.+?)'/g)].map(([, section]) => section));
  expect(written.length).toBeGreaterThan(named.size / 2);
  expect([...new Set(written)].filter((section) => !named.has(section) && !told.includes(section))).toEqual([]);
});

test('no alarm is made without a section', () => {
  const makers = sources.filter(({ text }) => /\bnew (\w+\.)?\w*Alarm\(|\.createAlarm\(/.test(text)).map(({ path }) => path);
  expect(makers).toEqual([MAKER]);
});

function appWithEveryAlarm(): App {
  const app = new App();
  const stackIn = (region: string) => new Stack(app, region, { env: { account: ACCOUNT, region } });
  const [home, recovery] = [stackIn('ap-northeast-1'), stackIn(RECOVERY_REGION)];
  const encryptionKey = new Key(home, 'Key', { alias: 'orders' });
  const documents = new Bucket(home, 'Documents', { bucketName: 'documents', encryptionKey });
  const table = new TableV2(home, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const database = new CfnDBInstance(home, 'Database', {
    engine: 'postgres',
    engineVersion: '17.6',
    dbInstanceClass: 'db.m7g.large',
    dbInstanceIdentifier: 'orders',
    storageEncrypted: true,
  });
  const cluster = new CfnDBCluster(home, 'Cluster', {
    engine: 'aurora-postgresql',
    engineVersion: '16.6',
    masterUsername: 'postgres',
    storageEncrypted: true,
  });
  const vpc = new Vpc(recovery, 'Vpc');

  // nothing but its recovery points is in the other Region
  const plain = new TableV2(home, 'Plain', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const protection = new Protection(home, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: RECOVERY_REGION });
  protection.protect(table);
  protection.protect(plain);
  new BucketReplication(home, 'Documents2', {
    source: documents,
    recoveryRegion: RECOVERY_REGION,
    twoWay: true,
    maxPendingOperations: 9,
  });
  new TableReplication(home, 'Table2', { source: table, recoveryRegion: RECOVERY_REGION });
  new FileSystemReplication(home, 'Files2', { source: new CfnFileSystem(home, 'Files'), recoveryRegion: RECOVERY_REGION });
  new DatabaseReadReplica(recovery, 'Database2', { source: database, vpc });
  const globalDatabase = new AuroraGlobalDatabase(home, 'Global', { primary: cluster });
  new AuroraSecondaryCluster(recovery, 'Cluster2', { globalDatabase, vpc });
  new TableExport(home, 'Files of the table', { source: table });
  new PostgresBackup(home, 'Dumps', {
    repository: new BackupRepository(home, 'Repository'),
    server: { host: 'db', database: 'orders', vpc: new Vpc(home, 'Vpc'), credentials: Secret.fromSecretNameV2(home, 'Reader', 'reader') },
    tier: RecoveryTier.STANDARD,
  });
  new DatabaseExport(home, 'Files of the database', { source: database, every: Duration.days(7) });

  const notifications = new RecoveryNotifications(home, 'Notifications', {
    webhooks: [{ secretName: 'recovery/webhook' }],
    digest: Digest.weekly(),
  });
  new RecoveryWatch(home, 'Watch', { alarmActions: notifications.alarmActions, allowedMisses: 3 });
  new JobWatch(home, 'Jobs', { notifications });
  const objective = RecoveryObjective.of({ rpo: Duration.hours(1), rto: Duration.hours(4) });
  const disaster = {
    strategy: RecoveryStrategy.pilotLight(),
    primaryRegion: home.region,
    recoveryRegion: RECOVERY_REGION,
    account: ACCOUNT,
  };
  const disasterRecovery = new DisasterRecovery(app, 'Orders', { ...disaster, objective });
  const { sites } = disasterRecovery;
  disasterRecovery.drill();
  disasterRecovery.watch({ addresses: { [home.region]: 'https://example.com' }, control: 'https://example.org' });
  sites.forEach((site, index) => {
    const stack = [home, recovery][index];
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    site.routeTraffic({ zone, target: RecordTarget.fromIpAddresses('192.0.2.1') });
    site.addData('table', RecoverableData.table(Table.fromTableName(stack, 'Imported', 'orders')));
  });
  new RestoreWorkflow(home, 'Tests', {
    config: { verification: 'Tests', evidence: { bucket: documents.bucketName, prefix: 'tests/' }, resources: [] },
    planArns: ['arn:aws:backup:ap-northeast-1:111122223333:restore-testing-plan:weekly-1'],
    checkerArns: [],
    evidence: { bucket: documents, key: encryptionKey },
    route: { actions: {}, whenOver: false },
  });
  return app;
}

function alarmsOf(app: App): [id: string, description: string][] {
  return app.node
    .findAll()
    .filter((node) => Stack.isStack(node))
    .flatMap((stack) =>
      Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]): [string, string] => [
        `${stack.region}: ${id}`,
        inWords(Properties.AlarmDescription),
      ]),
    );
}

/** A description as somebody reads it, but for names that CloudFormation makes up. */
function inWords(description: unknown): string {
  const parts = (description as { 'Fn::Join'?: [string, unknown[]] })?.['Fn::Join']?.[1] ?? [description];
  return parts.map((part) => (typeof part === 'string' ? part : '...')).join('');
}
