import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, type CfnAlarm, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  AuroraGlobalDatabase,
  AuroraSecondaryCluster,
  BucketReplication,
  DatabaseBackupReplication,
  DatabaseExport,
  DatabaseReadReplica,
  FileSystemReplication,
  TableExport,
  TableReplication,
} from '../../lib/replication';

const TOKYO = { region: 'ap-northeast-1', account: '111122223333' };
const OSAKA = 'ap-northeast-3';

/** What the constructs of the room show of themselves, each as far as it has it. */
interface Shown extends Construct {
  readonly alarms: Alarm[];
  readonly lagAlarm?: Alarm;
  readonly recoveryRegion?: string;
  readonly replicaArn?: string;
  readonly replicaKeyArn?: string;
}

/** What the constructs of the room take, each as far as it needs it. */
interface Given {
  readonly recoveryRegion: string;
  readonly alarmActions: IAlarmAction[];
  readonly recoveryAlarmActions: IAlarmAction[];
}

const action = (region: string): IAlarmAction => ({ bind: () => ({ alarmActionArn: `arn:aws:sns:${region}:111122223333:ops` }) });
const given: Given = { recoveryRegion: OSAKA, alarmActions: [action(TOKYO.region)], recoveryAlarmActions: [action(OSAKA)] };

const keyIn = (stack: Stack): Key => new Key(stack, 'Key', { alias: 'orders' });
const bucketIn = (stack: Stack): Bucket => new Bucket(stack, 'Bucket', { bucketName: 'orders', encryptionKey: keyIn(stack) });
const tableIn = (stack: Stack): TableV2 =>
  new TableV2(stack, 'Table', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    encryption: TableEncryptionV2.customerManagedKey(keyIn(stack)),
  });
const databaseIn = (stack: Stack): CfnDBInstance =>
  new CfnDBInstance(stack, 'Database', {
    engine: 'postgres',
    engineVersion: '17.6',
    dbInstanceClass: 'db.m7g.large',
    dbInstanceIdentifier: 'orders',
    storageEncrypted: true,
  });
const clusterIn = (stack: Stack): CfnDBCluster =>
  new CfnDBCluster(stack, 'Cluster', {
    engine: 'aurora-postgresql',
    engineVersion: '16.6',
    masterUsername: 'postgres',
    storageEncrypted: true,
  });

type Make = (stack: Stack, osaka: Stack, props: Given) => Shown;
const REPLICATIONS: [string, Make][] = [
  [
    'BucketReplication',
    (stack, _, props) => new BucketReplication(stack, 'It', { source: bucketIn(stack), maxPendingOperations: 9, ...props }),
  ],
  [
    'BucketReplication both ways',
    (stack, _, props) => new BucketReplication(stack, 'It', { source: bucketIn(stack), twoWay: true, ...props }),
  ],
  ['TableReplication', (stack, _, props) => new TableReplication(stack, 'It', { source: tableIn(stack), ...props })],
  [
    'FileSystemReplication',
    (stack, _, props) => new FileSystemReplication(stack, 'It', { source: new CfnFileSystem(stack, 'Files'), ...props }),
  ],
];
const WATCHED: [string, Make][] = [
  ...REPLICATIONS,
  [
    'DatabaseReadReplica',
    (stack, osaka, props) => new DatabaseReadReplica(osaka, 'It', { source: databaseIn(stack), vpc: new Vpc(osaka, 'Vpc'), ...props }),
  ],
  [
    'AuroraSecondaryCluster',
    (stack, osaka, props) => {
      const globalDatabase = new AuroraGlobalDatabase(stack, 'Global', { primary: clusterIn(stack) });
      return new AuroraSecondaryCluster(osaka, 'It', { globalDatabase, vpc: new Vpc(osaka, 'Vpc'), ...props });
    },
  ],
  ['TableExport', (stack, _, props) => new TableExport(stack, 'It', { source: tableIn(stack), ...props })],
  ['DatabaseExport', (stack, _, props) => new DatabaseExport(stack, 'It', { source: databaseIn(stack), ...props })],
];

function made(make: Make, props: Given = given): { readonly app: App; readonly it: Shown } {
  const app = new App();
  const [tokyo, osaka] = [TOKYO, { ...TOKYO, region: OSAKA }].map((env) => new Stack(app, env.region, { env }));
  return { app, it: make(tokyo, osaka, props) };
}

describe.each(WATCHED)('%s', (_name, make) => {
  test('shows all its alarms, wherever they are, and their lag among them', () => {
    const { app, it } = made(make);
    const all = app.node.findAll().filter((node): node is Alarm => node instanceof Alarm);
    expect(it.alarms.map(({ node }) => node.path).sort()).toEqual(all.map(({ node }) => node.path).sort());
    expect(it.alarms).toContain(it.lagAlarm ?? it.alarms[0]);
  });

  test('has the alarms of each Region act there', () => {
    for (const alarm of made(make).it.alarms) {
      const { alarmActions } = alarm.node.defaultChild as CfnAlarm;
      expect(Stack.of(alarm).resolve(alarmActions)).toEqual([`arn:aws:sns:${Stack.of(alarm).region}:111122223333:ops`]);
    }
  });

  test('fails for alarm actions of another Region than that of the alarm', () => {
    const elsewhere = [action('us-east-1')];
    expect(() => made(make, { ...given, alarmActions: elsewhere, recoveryAlarmActions: elsewhere })).toThrow(
      /the alarm is in .*, but its action .* is in us-east-1.*AlarmActionElsewhere/,
    );
  });
});

describe.each<[string, Make]>([
  ...REPLICATIONS,
  [
    'DatabaseBackupReplication',
    (stack, _, { recoveryRegion }) =>
      new DatabaseBackupReplication(stack, 'It', { source: databaseIn(stack), recoveryRegion }) as unknown as Shown,
  ],
])('%s', (_name, make) => {
  test('shows the Region of its copy, and what names the key there without asking', () => {
    const { app, it } = made(make);
    expect(it.recoveryRegion).toBe(OSAKA);
    expect(JSON.stringify(Stack.of(it).resolve(it.replicaKeyArn))).toContain(`:kms:${OSAKA}:111122223333:alias/recovery/`);
    expect(() => app.synth()).not.toThrow();
  });
});

test.each<[string, Make]>(WATCHED.filter(([name]) => /^BucketReplication|Export/.test(name)))(
  '%s lets EventBridge Scheduler start its machines for schedules of this account alone',
  (_name, make) => {
    const { app } = made(make);
    const stacks = app.node.children.filter((child) => Stack.isStack(child));
    const trusts = stacks.flatMap((stack) =>
      Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'))
        .map(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement[0])
        .filter(({ Principal }) => Principal.Service === 'scheduler.amazonaws.com')
        .map(({ Condition }) => ({ Condition, region: stack.region })),
    );
    expect(trusts.length).toBeGreaterThan(0);
    for (const { Condition, region } of trusts) {
      expect(Condition.StringEquals).toEqual({
        'aws:SourceAccount': '111122223333',
        'aws:SourceArn': {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:scheduler:${region}:111122223333:schedule-group/default`]],
        },
      });
    }
  },
);
