import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { App, CfnParameter, type CfnResource, Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryCoverage } from '../../lib/core/recovery-coverage';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import type { ResourceAssessment } from '../../lib/model/assessment';
import { DAY, MINUTE } from '../../lib/model/time';
import { Protection } from '../../lib/protection/protection';
import { DatabaseBackupReplication, type DatabaseBackupReplicationProps } from '../../lib/replication/database-backup-replication';
import { adapterOf, targetOf } from '../../lib/services';

const TOKYO = { region: 'ap-northeast-1', account: '111122223333' };
const OSAKA = 'ap-northeast-3';
const ALIAS = {
  'Fn::Join': [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, `:kms:${OSAKA}:111122223333:alias/recovery/Orders-recovery-${OSAKA}-from-ap-northeast-1`],
  ],
};
const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });

let app: App;
let stack: Stack;

beforeEach(() => {
  stack = orders();
});

function orders(props: StackProps = { env: TOKYO }): Stack {
  app = new App();
  return new Stack(app, 'Orders', props);
}

function l1(props: rds.CfnDBInstanceProps = {}): rds.CfnDBInstance {
  return new rds.CfnDBInstance(stack, 'Database', { engine: 'postgres', storageEncrypted: true, ...props });
}

function replicate(source: IConstruct, props: Partial<DatabaseBackupReplicationProps> = {}): DatabaseBackupReplication {
  return new DatabaseBackupReplication(stack, 'Copies', { source: source as rds.IDBInstanceRef, recoveryRegion: OSAKA, ...props });
}

/** The three properties as the template holds them. */
function settings(of: Stack = stack): unknown[] {
  const [{ Properties }] = Object.values(Template.fromStack(of).findResources('AWS::RDS::DBInstance'));
  const { AutomaticBackupReplicationRegion: region, AutomaticBackupReplicationKmsKeyId: key } = Properties;
  return [region, key, Properties.AutomaticBackupReplicationRetentionPeriod];
}

function assessed(): ResourceAssessment {
  return RecoveryRecord.of(stack).assess().resources[0];
}

describe('an encrypted instance', () => {
  test('sends its automated backups to the recovery Region, under a key there that nothing refers to', () => {
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const database = new rds.DatabaseInstance(stack, 'Database', { vpc, engine: postgres, storageEncrypted: true });
    const copies = replicate(database, { retention: Duration.days(14) });
    expect([copies.recoveryRegion, settings()]).toEqual([OSAKA, [OSAKA, ALIAS, 14]]);
    const recovery = Template.fromStack(app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack);
    recovery.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    recovery.hasResourceProperties('AWS::KMS::Alias', { AliasName: `alias/recovery/Orders-recovery-${OSAKA}-from-ap-northeast-1` });
    const sids = Object.values(recovery.findResources('AWS::KMS::Key'))[0].Properties.KeyPolicy.Statement.map(
      ({ Sid }: { Sid: string }) => Sid,
    );
    expect(sids).toEqual(['AdministerByIam', 'UseThroughRds', 'GrantThroughRds']);
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/GetStackOutput|ImportValue|ExportsReader/);
  });

  test('keeps them as long as its own by default, and a week where the template does not say', () => {
    replicate(l1({ backupRetentionPeriod: 30 }));
    expect(settings()[2]).toBe(30);
    stack = orders();
    replicate(l1());
    expect(settings()[2]).toBe(7);
  });

  test('takes a key of the recovery Region by its ARN, and makes none', () => {
    const arn = `arn:aws:kms:${OSAKA}:111122223333:key/1`;
    replicate(l1(), { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', arn) });
    expect([settings(), app.node.tryFindChild(`Orders-recovery-${OSAKA}`)]).toEqual([[OSAKA, arn, 7], undefined]);
  });

  test('keeps the key that its properties name', () => {
    const arn = `arn:aws:kms:${OSAKA}:111122223333:key/1`;
    replicate(l1({ automaticBackupReplicationKmsKeyId: arn, automaticBackupReplicationRetentionPeriod: 21 }));
    expect([settings(), app.node.tryFindChild(`Orders-recovery-${OSAKA}`)]).toEqual([[OSAKA, arn, 21], undefined]);
  });

  test('gets the key also where only deployment tells whether it is encrypted', () => {
    replicate(l1({ storageEncrypted: Lazy.any({ produce: () => true }) }));
    expect(settings()[1]).toEqual(ALIAS);
  });

  test('in a stack for any account keeps what is only known at deploy time out of the names', () => {
    stack = orders({ env: { region: TOKYO.region } });
    replicate(l1());
    expect(settings()[1]).toEqual({
      'Fn::Join': [
        '',
        [
          expect.stringContaining('arn:'),
          expect.anything(),
          `:kms:${OSAKA}:`,
          { Ref: 'AWS::AccountId' },
          `:alias/recovery/Orders-recovery-${OSAKA}-from-ap-northeast-1`,
        ],
      ],
    });
  });
});

describe('an instance that is made from another one', () => {
  test.each(['sourceDbInstanceIdentifier', 'dbSnapshotIdentifier', 'sourceDbInstanceAutomatedBackupsArn'])(
    'is as encrypted as that, so that its backups need a key: by %s',
    (origin) => {
      replicate(new rds.CfnDBInstance(stack, 'Database', { engine: 'postgres', [origin]: 'original' }));
      expect(settings()).toEqual([OSAKA, ALIAS, 7]);
    },
  );
});

describe('an instance without encryption', () => {
  test('needs no key and no stack in the recovery Region', () => {
    replicate(l1({ storageEncrypted: false }));
    expect([settings(), app.node.tryFindChild(`Orders-recovery-${OSAKA}`)]).toEqual([[OSAKA, undefined, 7], undefined]);
  });
});

describe('the report', () => {
  test('counts the copy in the recovery Region, minutes behind and under a key of its own', () => {
    const database = l1({ backupRetentionPeriod: 14, kmsKeyId: 'arn:aws:kms:ap-northeast-1:111122223333:key/1' });
    replicate(database);
    const { copies, disruptions } = assessed();
    expect([copies.offSite, copies.copies]).toEqual([1, 3]);
    const loss = disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect(loss).toMatchObject({
      mechanism: `automated backups replicated to ${OSAKA}`,
      rpo: { ms: 15 * MINUTE },
      keptMs: 14 * DAY,
    });
  });

  test('counts it once beside a plan, which may own the backups', () => {
    const database = l1();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT });
    protection.protect(database);
    replicate(database, { retention: Duration.days(14) });
    app.synth();
    const [{ copies }] = RecoveryRecord.of(stack).assess().resources;
    expect(copies.places.filter(({ copy }) => copy === 'replicated-automated-backups').length).toBe(1);
    expect(database.backupRetentionPeriod).toBeUndefined();
  });

  test('knows the key of a stack for any account', () => {
    stack = orders({ env: { region: TOKYO.region } });
    const database = l1();
    replicate(database);
    const target = targetOf(stack, database);
    const [, copy] = adapterOf(target.type).copies(target, []);
    expect([copy.id, copy.key]).toEqual([
      'replicated-automated-backups',
      { kind: 'customer', id: `Orders-recovery-${OSAKA}/LiveCopiesKey` },
    ]);
    const loss = assessed().disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect(loss?.mechanism).toBe(`automated backups replicated to ${OSAKA}`);
  });
});

test('synthesises to the same bytes a second time', () => {
  const bytes = [1, 2].map(() => {
    stack = orders();
    replicate(l1());
    return app.synth().stacks.map(({ template }) => JSON.stringify(template));
  });
  expect(bytes[1]).toEqual(bytes[0]);
});

test('says nothing twice: a second one that asks for the same changes nothing', () => {
  const database = l1();
  replicate(database, { retention: Duration.days(9) });
  new DatabaseBackupReplication(stack, 'Again', { source: database, recoveryRegion: OSAKA });
  expect(settings()).toEqual([OSAKA, ALIAS, 9]);
});

describe('fails for', () => {
  test.each<[string, () => IConstruct, Partial<DatabaseBackupReplicationProps>, RegExp]>([
    [
      'an Aurora cluster',
      () => new rds.CfnDBCluster(stack, 'Cluster', { engine: 'aurora-postgresql', masterUsername: 'admin' }),
      {},
      /'source' is 'Orders\/Cluster' \(Aurora\), but RDS replicates automated backups of database instances only: make it the primary of an AuroraGlobalDatabase.* \(BackupReplicationUnsupported at 'Orders\/Copies'\)/,
    ],
    [
      'a Multi-AZ cluster',
      () => new rds.CfnDBCluster(stack, 'Cluster', { engine: 'postgres', masterUsername: 'admin' }),
      {},
      /\(RDS Multi-AZ cluster\).*copy its recovery points.*BackupReplicationUnsupported/,
    ],
    [
      'an instance of a cluster',
      () => new rds.CfnDBInstance(stack, 'Member', { engine: 'aurora-mysql', dbClusterIdentifier: 'orders' }),
      {},
      /MemberOfCluster/,
    ],
    [
      'what is no database',
      () => new dynamodb.CfnTable(stack, 'Table', { keySchema: [] }),
      {},
      /'source' is 'Orders\/Table' \(DynamoDB table\).*BackupReplicationUnsupported/,
    ],
    [
      'an imported instance',
      () =>
        rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Old', {
          instanceIdentifier: 'orders',
          instanceEndpointAddress: 'orders.example',
          port: 5432,
          securityGroups: [],
        }),
      {},
      /is not defined in this app.*set 'AutomaticBackupReplicationRegion' to ap-northeast-3 where it is defined \(SourceOutOfReach/,
    ],
    [
      'its own Region',
      () => l1(),
      { recoveryRegion: TOKYO.region },
      /'recoveryRegion' is ap-northeast-1, the Region of the data.*RecoveryRegionIsOwn/,
    ],
    ['a Region that is none', () => l1(), { recoveryRegion: 'Osaka' }, /InvalidEnvironment/],
    ['a Region that only deployment knows', () => l1(), { recoveryRegion: Lazy.string({ produce: () => OSAKA }) }, /RegionUnknown/],
    ['a Region that RDS does not replicate to', () => l1(), { recoveryRegion: 'eu-west-1' }, /BackupReplicationRegion/],
    [
      'an instance without automated backups',
      () => l1({ backupRetentionPeriod: 0 }),
      {},
      /'backupRetention' is 0 days.*BackupReplicationWithoutBackups/,
    ],
    [
      'no day',
      () => l1(),
      { retention: Duration.days(0) },
      /'retention' is 0 days, but RDS keeps replicated backups 1 to 35 whole days.*BackupReplicationRetention/,
    ],
    ['36 days', () => l1(), { retention: Duration.days(36) }, /'retention' is 36 days.*BackupReplicationRetention/],
    ['half a day', () => l1(), { retention: Duration.hours(36) }, /'retention' must be whole days.*DurationNotWhole/],
    [
      'a key of another Region',
      () => l1(),
      { encryptionKey: kms.Key.fromKeyArn(new Stack(), 'Key', 'arn:aws:kms:us-east-1:111122223333:key/1') },
      /'encryptionKey' is in us-east-1, but the copy in ap-northeast-3: take a key of ap-northeast-3 \(KeyElsewhere/,
    ],
    [
      'a key that ties the stack to another Region',
      () => l1(),
      { encryptionKey: new kms.Key(new Stack(undefined, 'Osaka', { env: { ...TOKYO, region: OSAKA } }), 'Key') },
      /'encryptionKey' is 'Osaka\/Key', whose ARN is only known once its stack is deployed.*ReferenceAcrossRegions/,
    ],
    [
      'an instance that is replicated elsewhere already',
      () => l1({ automaticBackupReplicationRegion: 'us-west-2' }),
      {},
      /'automaticBackupReplicationRegion' of 'Orders\/Database' is us-west-2 already, but ap-northeast-3 is asked for here.*ReplicationAlreadySet/,
    ],
    [
      'an instance whose property is overridden otherwise',
      () => {
        const database = l1();
        (database as CfnResource).addPropertyOverride('AutomaticBackupReplicationRetentionPeriod', 3);
        return database;
      },
      { retention: Duration.days(9) },
      /'automaticBackupReplicationRetentionPeriod' of 'Orders\/Database' is 3 already, but 9 is asked for here/,
    ],
  ])('%s', (_, source, props, message) => {
    expect(() => replicate(source(), props)).toThrow(message);
  });

  test('N. Virginia to Osaka', () => {
    stack = orders({ env: { ...TOKYO, region: 'us-east-1' } });
    expect(() => replicate(l1())).toThrow(
      /does not replicate automated backups of us-east-1 to ap-northeast-3, but to .*: choose one of them \(BackupReplicationRegion/,
    );
  });

  test('Osaka to anywhere but Tokyo', () => {
    stack = orders({ env: { ...TOKYO, region: OSAKA } });
    expect(() => replicate(l1(), { recoveryRegion: 'us-east-1' })).toThrow(/of ap-northeast-3 to ap-northeast-1 only/);
  });
});

test('leaves nothing at the instance when it is taken away, and makes room for another one', () => {
  const database = l1({ automaticBackupReplicationRetentionPeriod: 5 });
  const first = replicate(database);
  stack.node.tryRemoveChild(first.node.id);
  const again = new DatabaseBackupReplication(stack, 'Again', { source: database, recoveryRegion: 'us-west-2' });
  stack.node.tryRemoveChild(again.node.id);
  expect(settings()).toEqual([undefined, undefined, 5]);
});

test('stays as long as one of two equal replications does', () => {
  const database = l1();
  const first = replicate(database);
  new DatabaseBackupReplication(stack, 'Again', { source: database, recoveryRegion: OSAKA });
  stack.node.tryRemoveChild(first.node.id);
  expect(settings()).toEqual([OSAKA, ALIAS, 7]);
});

test.each([1, 35])('keeps replicated backups %i days', (days) => {
  replicate(l1(), { retention: Duration.days(days) });
  expect(settings()[2]).toBe(days);
});

test('leaves a retention that only deployment knows to the template', () => {
  replicate(l1(), { retention: Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber) });
  expect(settings()[2]).toEqual({ Ref: 'Days' });
});

test('replicates from Osaka to Tokyo', () => {
  stack = orders({ env: { ...TOKYO, region: OSAKA } });
  replicate(l1(), { recoveryRegion: TOKYO.region });
  expect(settings()[0]).toBe(TOKYO.region);
});

test('warns once, at the instance, of Regions that are in no list', () => {
  stack = orders({ env: { ...TOKYO, region: 'eu-west-1' } });
  replicate(l1(), { recoveryRegion: 'ap-east-2' });
  RecoveryCoverage.of(app).ignoreUnprotected();
  const { messages } = app.synth().getStackByName('Orders');
  const told = messages.map(({ id, level, entry }) => [id, level, String(entry.data).includes('backupReplicationRegion')]);
  expect(told.filter(([, , isIt]) => isIt)).toEqual([['/Orders/Database', 'warning', true]]);
});
