import { Template } from 'aws-cdk-lib/assertions';
import * as docdb from 'aws-cdk-lib/aws-docdb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as neptune from 'aws-cdk-lib/aws-neptune';
import * as rds from 'aws-cdk-lib/aws-rds';
import { App, CfnDeletionPolicy, CfnParameter, type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import * as fc from 'fast-check';
import type { ConcernFact, CopyFact, Term } from '../../lib/model/facts';
import { maintenanceSpan, meeting } from '../../lib/model/limits/databases';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/model/time';
import { adapterOf, targetOf } from '../../lib/services';
import type { Needs } from '../../lib/services/service';

const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const OWN: Needs = { continuous: false, copied: false, serviceRetentionDays: 14 };
const CONTINUOUS: Needs = { continuous: true, copied: false };
const RESTORE: readonly Term[] = [{ name: 'restore', ms: HOUR, basis: 'estimated' }];

let stack: Stack;
let vpc: ec2.IVpc;

beforeEach(() => {
  stack = new Stack(new App(), 'Orders', { env: ENV });
  vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
  });
});

const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });

function instance(props: Partial<rds.DatabaseInstanceProps> = {}): rds.DatabaseInstance {
  return new rds.DatabaseInstance(stack, 'Database', { vpc, engine: postgres, ...props });
}

function prepare(resource: IConstruct, needs: Needs): readonly ConcernFact[] {
  const target = targetOf(stack, resource);
  return adapterOf(target.type).prepare(target, needs)();
}

function copies(resource: IConstruct, needs?: Needs): readonly CopyFact[] {
  const target = targetOf(stack, resource);
  return adapterOf(target.type).copies(target, RESTORE, needs);
}

function describeIt(resource: IConstruct) {
  const target = targetOf(stack, resource);
  return adapterOf(target.type).describe(target);
}

function codes(concerns: readonly ConcernFact[]): string[] {
  return concerns.map(({ severity, code }) => `${severity} ${code}`);
}

function properties(type = 'AWS::RDS::DBInstance'): Record<string, unknown> {
  return Object.values(Template.fromStack(stack).findResources(type))[0].Properties ?? {};
}

const ms = (terms: readonly Term[]) => terms.reduce((sum, term) => sum + term.ms, 0);

describe('an RDS instance', () => {
  test('is described with engine, key and standby', () => {
    const key = new kms.Key(stack, 'Key');
    expect(describeIt(instance({ storageEncryptionKey: key, multiAz: true }))).toEqual({
      kind: 'resource',
      id: 'Orders/Database',
      name: 'Orders/Database',
      type: 'RDS',
      label: 'RDS PostgreSQL',
      place: ENV,
      key: { kind: 'customer', id: 'Orders/Key', region: 'ap-northeast-1', account: '111122223333' },
      zones: { kind: 'standby', words: 'Multi-AZ standby', failoverMs: 120 * SECOND },
    });
  });

  test.each<[string, rds.CfnDBInstanceProps, object]>([
    ['no key at all', {}, { key: { kind: 'none' }, zones: { kind: 'single' } }],
    ['the key of the service', { storageEncrypted: true }, { key: { kind: 'service-managed' } }],
    ['the alias of the service', { storageEncrypted: true, kmsKeyId: 'alias/aws/rds' }, { key: { kind: 'service-managed' } }],
    ['a key by its ARN', { storageEncrypted: true, kmsKeyId: 'arn:aws:kms:x' }, { key: { kind: 'customer', id: 'arn:aws:kms:x' } }],
  ])('tells %s', (_, props, expected) => {
    expect(describeIt(new rds.CfnDBInstance(stack, 'Database', props))).toMatchObject(expected);
  });

  test('leaves unknown what only deploy time knows', () => {
    const multiAz = new CfnParameter(stack, 'MultiAz').value as unknown as boolean;
    const storageEncrypted = new CfnParameter(stack, 'Encrypted').value as unknown as boolean;
    const kmsKeyId = new CfnParameter(stack, 'Key').valueAsString;
    const database = new rds.CfnDBInstance(stack, 'Database', { multiAz, storageEncrypted });
    expect(describeIt(database)).toMatchObject({ key: { kind: 'unknown' }, zones: { kind: 'unknown' } });
    database.kmsKeyId = kmsKeyId;
    expect(describeIt(database).key.kind).toBe('customer');
  });

  test('has no name for a key that is put together at deploy time', () => {
    const kmsKeyId = `arn:aws:kms:${stack.partition}:key/${new CfnParameter(stack, 'Key').valueAsString}`;
    expect(describeIt(new rds.CfnDBInstance(stack, 'Database', { kmsKeyId })).key).toEqual({ kind: 'customer', id: undefined });
  });

  test('gets retention, deletion protection and a final snapshot where its own backups are relied on', () => {
    expect(prepare(new rds.CfnDBInstance(stack, 'Database', { engine: 'postgres' }), OWN)).toEqual([]);
    expect(Object.values(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'))).toEqual([
      {
        Type: 'AWS::RDS::DBInstance',
        DeletionPolicy: 'Snapshot',
        UpdateReplacePolicy: 'Snapshot',
        Properties: {
          Engine: 'postgres',
          BackupRetentionPeriod: 14,
          DeletionProtection: true,
          CopyTagsToSnapshot: true,
          DeleteAutomatedBackups: false,
        },
      },
    ]);
  });

  test('keeps the retention of AWS Backup out of the template where a continuous backup owns it', () => {
    expect(prepare(instance(), CONTINUOUS)).toEqual([]);
    expect(properties()).not.toHaveProperty('BackupRetentionPeriod');
    expect(properties()).toMatchObject({ DeletionProtection: true, CopyTagsToSnapshot: true, DeleteAutomatedBackups: false });
  });

  test('never loses a value of the user', () => {
    const database = instance({
      backupRetention: Duration.days(20),
      deletionProtection: false,
      deleteAutomatedBackups: true,
      copyTagsToSnapshot: false,
    });
    expect(codes(prepare(database, OWN))).toEqual(['warning DeletionUnprotected', 'warning BackupsDeletedWithDatabase']);
    expect(properties()).toMatchObject({
      BackupRetentionPeriod: 20,
      DeletionProtection: false,
      DeleteAutomatedBackups: true,
      CopyTagsToSnapshot: false,
    });
  });

  test('sees overrides of the user like properties', () => {
    const database = instance();
    const cfn = database.node.defaultChild as CfnResource;
    cfn.addPropertyOverride('BackupRetentionPeriod', 3);
    cfn.addPropertyOverride('AutomaticBackupReplicationRegion', 'ap-northeast-3');
    expect(codes(prepare(database, OWN))).toEqual(['warning AutomatedBackupsShort']);
    expect(copies(database).map(({ id, keptMs }) => [id, keptMs])).toEqual([
      ['automated-backups', 3 * DAY],
      ['replicated-automated-backups', 3 * DAY],
    ]);
    expect(properties()).toMatchObject({ BackupRetentionPeriod: 3 });
  });

  test.each<[string, Partial<rds.DatabaseInstanceProps>, Needs, string[]]>([
    ['no automated backups of its own', { backupRetention: Duration.days(0) }, OWN, ['warning AutomatedBackupsOff']],
    [
      'no automated backups that a continuous backup turns on',
      { backupRetention: Duration.days(0) },
      CONTINUOUS,
      ['warning AutomatedBackupsOff'],
    ],
    ['no automated backups that nobody relies on', { backupRetention: Duration.days(0) }, { continuous: false, copied: true }, []],
    ['a shorter retention', { backupRetention: Duration.days(13) }, OWN, ['warning AutomatedBackupsShort']],
    ['just the retention', { backupRetention: Duration.days(14) }, OWN, []],
    ['a retention that AWS Backup owns', { backupRetention: Duration.days(7) }, CONTINUOUS, ['warning BackupOwnedTwice']],
    ['a backup window that AWS Backup owns', { preferredBackupWindow: '03:00-04:00' }, CONTINUOUS, ['warning BackupOwnedTwice']],
    ['a backup window of its own', { preferredBackupWindow: '03:00-04:00' }, OWN, []],
    ['deletion with the stack', { removalPolicy: RemovalPolicy.DESTROY }, OWN, ['warning DeletedWithStack']],
  ])('tells of %s', (_, props, needs, expected) => {
    expect(codes(prepare(instance(props), needs))).toEqual(expected);
  });

  test('says which property, which value and what to do', () => {
    const [concern] = prepare(instance({ backupRetention: Duration.days(7), preferredBackupWindow: '03:00-04:00' }), CONTINUOUS);
    expect(concern).toEqual({
      kind: 'concern',
      severity: 'warning',
      code: 'BackupOwnedTwice',
      by: 'Orders/Database',
      resource: 'Orders/Database',
      message:
        "'backupRetention' is 7 days and 'preferredBackupWindow' is 03:00-04:00, but a continuous backup makes AWS Backup the owner of both, " +
        'so that the template may drift or fail to update: leave them out',
    });
  });

  test('can be deleted with its stack where the user said so, even afterwards', () => {
    const database = instance();
    prepare(database, OWN);
    database.applyRemovalPolicy(RemovalPolicy.DESTROY);
    expect(codes(prepare(database, OWN))).toEqual(['warning DeletedWithStack']);
    expect(properties()).not.toHaveProperty('DeletionProtection');
  });

  test('gets no final snapshot that its kind cannot have: a replica', () => {
    const replica = new rds.CfnDBInstance(stack, 'Replica', { sourceDbInstanceIdentifier: 'orders' });
    prepare(replica, OWN);
    expect(replica.cfnOptions.deletionPolicy).toBeUndefined();
  });

  test('belongs to AWS Backup as soon as one of two plans backs it up continuously, in either order', () => {
    for (const order of [
      [OWN, CONTINUOUS],
      [CONTINUOUS, OWN],
    ]) {
      const database = new rds.CfnDBInstance(stack, `Database${order[0].continuous}`, {});
      expect(order.flatMap((needs) => prepare(database, needs))).toEqual([]);
      expect([database.backupRetentionPeriod, copies(database, OWN)]).toEqual([undefined, []]);
    }
  });

  test('keeps the longest retention that a plan relies on, and never more than 35 days', () => {
    const database = new rds.CfnDBInstance(stack, 'Database', {});
    prepare(database, { ...OWN, serviceRetentionDays: 90 });
    prepare(database, OWN);
    expect(database.backupRetentionPeriod).toBe(35);
  });

  test('leaves a retention to deploy time', () => {
    const backupRetentionPeriod = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    const database = new rds.CfnDBInstance(stack, 'Database', { backupRetentionPeriod });
    expect(prepare(database, OWN)).toEqual([]);
    expect(copies(database)).toMatchObject([{ id: 'automated-backups', keptMs: undefined }]);
  });

  test('has its automated backups as a continuous copy, unless AWS Backup owns them', () => {
    const database = instance({ backupRetention: Duration.days(1) });
    expect(copies(database)).toEqual([
      {
        kind: 'copy',
        resource: 'Orders/Database',
        id: 'automated-backups',
        by: 'Orders/Database',
        mechanism: 'point-in-time recovery of the service',
        form: 'continuous',
        beside: true,
        place: ENV,
        medium: 'service',
        staleness: [{ name: 'newest restorable second', ms: 5 * MINUTE, basis: 'documented' }],
        restore: RESTORE,
        keptMs: DAY,
        shortestKeptMs: DAY,
        immutable: 'no',
        key: { kind: 'none' },
      },
    ]);
    expect(copies(database, CONTINUOUS)).toEqual([]);
  });

  test.each([
    [undefined, [DAY]],
    [0, []],
    [35, [35 * DAY]],
  ])('counts automated backups of %p days', (backupRetentionPeriod, kept) => {
    expect(copies(new rds.CfnDBInstance(stack, 'Database', { backupRetentionPeriod })).map(({ keptMs }) => keptMs)).toEqual(kept);
  });

  test('has replicated automated backups as a copy in their Region, whoever owns them', () => {
    const database = new rds.CfnDBInstance(stack, 'Database', {
      storageEncrypted: true,
      automaticBackupReplicationRegion: 'ap-northeast-3',
      automaticBackupReplicationKmsKeyId: 'arn:aws:kms:ap-northeast-3:111122223333:key/1',
      automaticBackupReplicationRetentionPeriod: 9,
    });
    const [copy, ...others] = copies(database, CONTINUOUS);
    expect(others).toEqual([]);
    expect(copy).toMatchObject({
      id: 'replicated-automated-backups',
      mechanism: 'automated backups replicated to ap-northeast-3',
      form: 'continuous',
      place: { region: 'ap-northeast-3', account: '111122223333' },
      keptMs: 9 * DAY,
      key: { kind: 'customer', id: 'arn:aws:kms:ap-northeast-3:111122223333:key/1' },
      impossible: undefined,
    });
    expect([ms(copy.staleness), copy.staleness.map(({ basis }) => basis)]).toEqual([15 * MINUTE, ['documented', 'estimated']]);
  });

  test.each<[string, string, string | undefined]>([
    ['ap-northeast-1', 'ap-northeast-3', undefined],
    ['ap-northeast-3', 'ap-northeast-1', undefined],
    ['ap-northeast-3', 'us-east-1', 'RDS replicates automated backups of ap-northeast-3 to ap-northeast-1 only'],
    ['eu-west-1', 'eu-central-1', undefined],
  ])('knows whether automated backups of %s reach %s', (region, automaticBackupReplicationRegion, impossible) => {
    stack = new Stack(new App(), 'Elsewhere', { env: { ...ENV, region } });
    expect(copies(new rds.CfnDBInstance(stack, 'Database', { automaticBackupReplicationRegion }))[1].impossible).toBe(impossible);
  });

  test('that is imported is left alone, with one warning of what to set where', () => {
    const database = rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Old', {
      instanceIdentifier: 'orders',
      instanceEndpointAddress: 'orders.example',
      port: 5432,
      securityGroups: [],
    });
    expect(copies(database)).toEqual([]);
    const [concern, ...others] = prepare(database, OWN);
    expect(others).toEqual([]);
    expect(concern).toMatchObject({
      severity: 'warning',
      code: 'ResourceOutOfReach',
      message:
        "the RDS 'Orders/Old' is not defined in this app, so its properties cannot be set: keep automated backups 14 days, turn on deletion protection, copy tags to snapshots where it is defined",
    });
    expect(prepare(database, CONTINUOUS)[0].message).not.toContain('automated backups');
    expect(describeIt(database)).toMatchObject({ zones: { kind: 'unknown' }, key: { kind: 'unknown' } });
  });
});

describe('automated backups that RDS refuses', () => {
  test.each<[string, Partial<rds.CfnDBInstanceProps>, string[]]>([
    ['35 days', { backupRetentionPeriod: 35 }, []],
    ['36 days', { backupRetentionPeriod: 36 }, ['error AutomatedRetentionOutOfRange']],
    ['half an hour', { preferredBackupWindow: '03:00-03:30' }, []],
    ['a minute less', { preferredBackupWindow: '03:00-03:29' }, ['error InvalidBackupWindow']],
    [
      'a window in that of maintenance',
      { preferredBackupWindow: '03:00-03:30', preferredMaintenanceWindow: 'sun:03:29-sun:04:00' },
      ['error BackupWindowInMaintenance'],
    ],
  ])('of an instance: %s', (_, props, expected) => {
    expect(codes(prepare(new rds.CfnDBInstance(stack, 'Database', props), OWN))).toEqual(expected);
  });

  test.each<[string, Partial<rds.CfnDBClusterProps>, string[]]>([
    ['35 days', { backupRetentionPeriod: 35 }, []],
    ['36 days', { backupRetentionPeriod: 36 }, ['error AutomatedRetentionOutOfRange']],
    ['half an hour', { preferredBackupWindow: '03:00-03:30' }, []],
    ['a minute less', { preferredBackupWindow: '03:00-03:29' }, ['error InvalidBackupWindow']],
  ])('of a cluster: %s', (_, props, expected) => {
    const cluster = new rds.CfnDBCluster(stack, 'Cluster', { engine: 'aurora-mysql', masterUsername: 'admin', ...props });
    expect(codes(prepare(cluster, OWN))).toEqual(expected);
  });

  test('of a cluster: none at all', () => {
    const cluster = new rds.CfnDBCluster(stack, 'Cluster', { engine: 'aurora-mysql', backupRetentionPeriod: 0 });
    expect(codes(prepare(cluster, OWN))).toContain('error AutomatedRetentionOutOfRange');
  });

  test('are left to deploy time where only that knows them', () => {
    const backupRetentionPeriod = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    const preferredBackupWindow = new CfnParameter(stack, 'Window').valueAsString;
    expect(prepare(new rds.CfnDBInstance(stack, 'Database', { backupRetentionPeriod, preferredBackupWindow }), OWN)).toEqual([]);
  });

  test('of an instance of a cluster: they belong to the cluster, wherever the instance stands', () => {
    const cluster = new rds.CfnDBCluster(stack, 'Cluster', { engine: 'aurora-postgresql', masterUsername: 'admin' });
    const member = new rds.CfnDBInstance(stack, 'Member', { dbClusterIdentifier: cluster.ref, engine: 'aurora-postgresql' });
    new rds.CfnDBInstance(stack, 'Other', { dbClusterIdentifier: 'another', engine: 'aurora-postgresql', backupRetentionPeriod: 7 });
    expect(prepare(cluster, OWN)).toEqual([]);
    member.backupRetentionPeriod = 7;
    expect(prepare(cluster, OWN)).toEqual([
      {
        kind: 'concern',
        severity: 'error',
        code: 'RetentionOnMember',
        by: 'Orders/Member',
        resource: 'Orders/Cluster',
        message:
          "'backupRetentionPeriod' is set on an instance of the cluster 'Orders/Cluster', but RDS takes it on the cluster only: set it there",
      },
    ]);
  });

  test('of an instance of a cluster of the L2', () => {
    const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
      vpc,
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_6 }),
      writer: rds.ClusterInstance.serverlessV2('writer'),
    });
    const writer = cluster.node.findChild('writer').node.defaultChild as rds.CfnDBInstance;
    expect(prepare(cluster, OWN)).toEqual([]);
    writer.backupRetentionPeriod = 7;
    expect(codes(prepare(cluster, OWN))).toEqual(['error RetentionOnMember']);
  });
});

describe('a backup window of the service', () => {
  const at = (...backupMinutes: number[]): Needs => ({ ...OWN, backupMinutes });
  test.each<[string, Needs, boolean]>([
    ['begins with the run', at(180), true],
    ['begins a minute after the run', at(179), false],
    ['ends with the run', at(210), false],
    ['ends a minute after the run', at(209), true],
    ['meets runs of a plan that owns the window', { ...at(180), continuous: true }, false],
    ['meets nothing that is known', OWN, false],
  ])('that %s', (_, needs, warned) => {
    const found = codes(prepare(new rds.CfnDBInstance(stack, 'Database', { preferredBackupWindow: '03:00-03:30' }), needs));
    expect(found.includes('warning BackupWindowMeetsPlan')).toBe(warned);
  });

  test('is shown with the runs that meet it', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => hour * 60);
    const [concern] = prepare(new rds.CfnDBInstance(stack, 'Database', { preferredBackupWindow: '03:00-03:30' }), at(...hours));
    expect(concern.message).toBe(
      "'preferredBackupWindow' is '03:00-03:30', but the plan starts 1 of 24 backups a day in it (first at 03:00 UTC), " +
        'which may wait or expire, for a database makes one backup at a time: move the window or the schedule',
    );
  });
});

describe('a maintenance window', () => {
  const at = (...backupMinutes: number[]): Needs => ({ ...OWN, backupMinutes });
  const hours = Array.from({ length: 24 }, (_, hour) => hour * 60);

  test.each<[string, string, Needs, boolean]>([
    ['begins an hour after the run', 'sun:06:00-sun:06:30', at(300), true],
    ['begins a minute later than that', 'sun:06:01-sun:06:31', at(300), false],
    ['ends after the run', 'sun:04:30-sun:05:01', at(300), true],
    ['ends with the run', 'sun:04:30-sun:05:00', at(300), false],
    ['passes midnight', 'sat:23:30-sun:00:30', at(15), true],
    ['passes midnight before the run', 'sat:23:30-sun:00:10', at(15), false],
    ['begins just after midnight', 'sun:00:15-sun:00:45', at(23 * 60 + 30), true],
    ['meets one of hourly runs', 'sun:06:00-sun:06:30', at(...hours), true],
    ['meets one of hourly runs that a continuous backup bridges', 'sun:06:00-sun:06:30', { ...CONTINUOUS, backupMinutes: hours }, false],
    ['meets every run beside a continuous backup', 'sun:06:00-sun:06:30', { ...CONTINUOUS, backupMinutes: [300] }, true],
    ['meets nothing that is known', 'sun:06:00-sun:06:30', OWN, false],
    ['is of a form we do not read', 'sundays', at(300), false],
  ])('that %s', (_, preferredMaintenanceWindow, needs, warned) => {
    const found = codes(prepare(new rds.CfnDBInstance(stack, 'Database', { preferredMaintenanceWindow }), needs));
    expect(found).toEqual(warned ? ['warning MaintenanceMeetsBackup'] : []);
  });

  test('is shown with the runs it holds up', () => {
    const [concern] = prepare(instance({ preferredMaintenanceWindow: 'sun:06:00-sun:06:30' }), at(...hours));
    expect(concern.message).toBe(
      "'preferredMaintenanceWindow' is 'sun:06:00-sun:06:30', and no backup starts in it or 1 h before: on that day 2 of 24 runs of the plan " +
        '(first at 05:00 UTC) wait or expire: move the maintenance window or the schedule',
    );
  });

  test('property: a run is held up exactly in the minutes of the window and the quiet time before it', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(minute, fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 240 }), minute, (start, minutes, quiet, run) => {
        const blocked = new Set(Array.from({ length: quiet + minutes }, (_, index) => (start - quiet + index + 2880) % 1440));
        expect(meeting({ start, minutes }, quiet, [run])).toEqual(blocked.has(run) ? [run] : []);
      }),
    );
  });

  test('property: its start and length are read back from its text', () => {
    const text = (value: number) => `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 30, max: 1439 }), (start, minutes) => {
        expect(maintenanceSpan(`mon:${text(start)}-tue:${text((start + minutes) % 1440)}`)).toEqual({ start, minutes });
      }),
    );
  });
});

describe('a cluster', () => {
  const aurora = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_4 });
  const cluster = (props: Partial<rds.DatabaseClusterProps> = {}) =>
    new rds.DatabaseCluster(stack, 'Cluster', { vpc, engine: aurora, writer: rds.ClusterInstance.serverlessV2('writer'), ...props });

  test('of Aurora is prepared as a whole: its instances stay as they are', () => {
    expect(codes(prepare(cluster(), { ...OWN, copied: true, backupMinutes: [300] }))).toEqual(['warning CopiesUnencrypted']);
    expect(properties('AWS::RDS::DBCluster')).toMatchObject({
      BackupRetentionPeriod: 14,
      DeletionProtection: true,
      CopyTagsToSnapshot: true,
      DeleteAutomatedBackups: false,
    });
    expect(Object.keys(properties())).not.toContain('BackupRetentionPeriod');
    expect(Object.keys(properties())).not.toContain('DeletionProtection');
  });

  test('of Aurora has no quiet time, can be continuous, and spreads its storage', () => {
    const it = cluster({ preferredMaintenanceWindow: 'sun:05:00-sun:06:00', storageEncrypted: true });
    expect(prepare(it, { ...CONTINUOUS, copied: true, backupMinutes: [300] })).toEqual([]);
    expect(copies(it, CONTINUOUS)).toEqual([]);
    expect(describeIt(it)).toMatchObject({
      type: 'Aurora',
      label: 'Aurora PostgreSQL',
      zones: { kind: 'spread' },
      key: { kind: 'service-managed' },
    });
  });

  test('of RDS in several zones keeps its own backups, for AWS Backup cannot own them', () => {
    const it = new rds.CfnDBCluster(stack, 'Cluster', {
      engine: 'mysql',
      preferredMaintenanceWindow: 'sun:05:00-sun:06:00',
      storageEncrypted: true,
    });
    expect(codes(prepare(it, { ...CONTINUOUS, serviceRetentionDays: 7, backupMinutes: [300] }))).toEqual([
      'warning MaintenanceMeetsBackup',
    ]);
    expect(copies(it, CONTINUOUS)).toMatchObject([{ id: 'automated-backups', keptMs: 7 * DAY }]);
    expect(describeIt(it).zones).toEqual({ kind: 'standby', words: 'Multi-AZ cluster', failoverMs: 35 * SECOND });
  });

  test('that replicates another one has its source as a replica', () => {
    const replicationSourceIdentifier = 'arn:aws:rds:us-east-1:444455556666:cluster:orders';
    const it = new rds.CfnDBCluster(stack, 'Cluster', { engine: 'aurora-mysql', replicationSourceIdentifier });
    expect(copies(it)[1]).toMatchObject({
      id: 'replication-source',
      form: 'replica',
      place: { region: 'us-east-1', account: '444455556666' },
    });
    it.replicationSourceIdentifier = new CfnParameter(stack, 'Source').valueAsString;
    expect(copies(it)[1].place).toEqual({ region: undefined, account: '111122223333' });
  });

  test.each<[string, () => IConstruct, string]>([
    ['DocumentDB', () => new docdb.CfnDBCluster(stack, 'Cluster', {}), 'AWS::DocDB::DBCluster'],
    ['Neptune', () => new neptune.CfnDBCluster(stack, 'Cluster', {}), 'AWS::Neptune::DBCluster'],
  ])('of %s keeps its own backups under any plan', (_, make, type) => {
    const it = make();
    const needs = { ...CONTINUOUS, copied: true, serviceRetentionDays: 10 };
    expect(codes(prepare(it, needs))).toEqual(['warning CopiesUnencrypted']);
    expect(copies(it, needs)).toMatchObject([{ id: 'automated-backups', form: 'continuous', keptMs: 10 * DAY }]);
    expect(describeIt(it).zones.kind).toBe('spread');
    expect(copies(it)[0].staleness).toEqual([{ name: 'newest restorable second', ms: 5 * MINUTE, basis: 'estimated' }]);
    const [resource] = Object.values(Template.fromStack(stack).findResources(type));
    expect(resource).toMatchObject({
      DeletionPolicy: CfnDeletionPolicy.SNAPSHOT,
      Properties: { BackupRetentionPeriod: 10, DeletionProtection: true, CopyTagsToSnapshot: true },
    });
    expect(resource.Properties).not.toHaveProperty('DeleteAutomatedBackups');
  });
});
