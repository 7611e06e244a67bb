import { Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import {
  AuroraGlobalDatabase,
  AuroraSecondaryCluster,
  type DisasterRecovery,
  RecoverableCompute,
  RecoverableData,
  RecoveryStrategy,
  RestoredType,
} from '../../lib';
import { ACCOUNT, configOf, OSAKA, recoveryIn, recoveryStackOf, statementsOf, TOKYO } from './sites';

let app: App;
let recovery: DisasterRecovery;
let tokyo: Stack;
let osaka: Stack;

beforeEach(() => {
  app = new App();
  start(RecoveryStrategy.pilotLight());
});

function start(strategy: RecoveryStrategy): void {
  app = new App();
  recovery = recoveryIn(app, { strategy });
  tokyo = new Stack(app, 'Tokyo', { env: recovery.primary.env });
  osaka = new Stack(app, 'Osaka', { env: recovery.recovery.env });
}

function vpcIn(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
  });
}

function both(here: RecoverableData, there: RecoverableData): void {
  recovery.primary.addData('item', here);
  recovery.recovery.addData('item', there);
}

function actionsOn(pattern: RegExp, site = recovery.recovery): readonly string[] {
  return statementsOf(site)
    .filter(({ Resource }) => pattern.test(JSON.stringify(Resource)))
    .flatMap(({ Action }) => Action);
}

test('an imported instance says its network and groups, and a replica of it is made as it was', () => {
  const imported = (stack: Stack) =>
    rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
      instanceIdentifier: 'orders',
      instanceEndpointAddress: 'orders.rds.amazonaws.com',
      port: 5432,
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
    });
  const data = (stack: Stack) =>
    RecoverableData.databaseInstance(imported(stack), {
      vpc: vpcIn(stack),
      subnetGroupName: 'data',
      parameterGroupName: 'tuned',
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${stack.region}:${ACCOUNT}:key/1`),
    });
  both(data(tokyo), data(osaka));
  expect(configOf(recovery.recovery).data).toEqual([
    {
      kind: 'rds-replica',
      name: 'item',
      order: 0,
      instance: 'orders',
      instanceArn: expect.stringMatching(/:rds:ap-northeast-3:111122223333:db:orders$/),
      securityGroups: ['sg-1'],
      fenceSecurityGroup: expect.stringContaining('ImportValue'),
      rebuild: { subnetGroup: 'data', parameterGroup: 'tuned', keyArn: `arn:aws:kms:${OSAKA}:${ACCOUNT}:key/1` },
    },
  ]);
  expect(actionsOn(/^"arn:aws:kms:ap-northeast-3/)).toContain('kms:CreateGrant');
});

test('an import without a network cannot be fenced, and one without groups would not get them back', () => {
  const instance = (id: string, securityGroups: ec2.ISecurityGroup[]) =>
    rds.DatabaseInstance.fromDatabaseInstanceAttributes(tokyo, id, {
      instanceIdentifier: 'orders',
      instanceEndpointAddress: 'x',
      port: 5432,
      securityGroups,
    });
  const group = ec2.SecurityGroup.fromSecurityGroupId(tokyo, 'Group', 'sg-1');
  expect(() => recovery.primary.addData('item', RecoverableData.databaseInstance(instance('A', [group])))).toThrow(
    /give 'vpc' \(NetworkUnknown/,
  );
  const options = { vpc: vpcIn(tokyo) };
  expect(() => recovery.primary.addData('item', RecoverableData.databaseInstance(instance('B', []), options))).toThrow(
    /give 'securityGroups' \(SecurityGroupsUnknown/,
  );
});

test('an L1 says its groups in its template, and its settings', () => {
  const l1 = (stack: Stack) =>
    new rds.CfnDBInstance(stack, 'Database', {
      engine: 'postgres',
      dbInstanceIdentifier: 'orders',
      dbInstanceClass: 'db.m7g.large',
      vpcSecurityGroups: ['sg-7'],
      dbSubnetGroupName: 'data',
      multiAz: true,
    });
  both(
    RecoverableData.databaseInstance(l1(tokyo), { vpc: vpcIn(tokyo) }),
    RecoverableData.databaseInstance(l1(osaka), { vpc: vpcIn(osaka) }),
  );
  expect(configOf(recovery.primary).data).toMatchObject([{ securityGroups: ['sg-7'], rebuild: { subnetGroup: 'data', multiAz: true } }]);
});

describe('a global database', () => {
  const engine = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_6 });

  function clusters(readers: rds.IClusterInstance[], options: { instanceType?: ec2.InstanceType } = {}): void {
    const cluster = new rds.DatabaseCluster(tokyo, 'Cluster', {
      engine,
      vpc: vpcIn(tokyo),
      writer: rds.ClusterInstance.serverlessV2('writer'),
      storageEncrypted: true,
    });
    const global = new AuroraGlobalDatabase(tokyo, 'Global', { primary: cluster, globalClusterIdentifier: 'orders' });
    const secondary = new AuroraSecondaryCluster(osaka, 'Cluster', { globalDatabase: global, vpc: vpcIn(osaka), readers });
    both(RecoverableData.auroraGlobal(global, cluster), RecoverableData.auroraGlobal(global, secondary.cluster as never, options));
  }

  test('is known by its name and the clusters of each site, and the agent may make its own cluster the primary', () => {
    clusters([rds.ClusterInstance.serverlessV2('reader')]);
    const [config] = configOf(recovery.recovery).data;
    expect(config).toMatchObject({ kind: 'aurora-global', globalCluster: 'orders', cluster: expect.stringContaining('ImportValue') });
    expect(config).not.toHaveProperty('instance');
    expect(actionsOn(/:global-cluster:orders/)).toEqual(
      expect.arrayContaining(['rds:DescribeGlobalClusters', 'rds:FailoverGlobalCluster', 'rds:SwitchoverGlobalCluster']),
    );
    expect(actionsOn(/./)).not.toContain('rds:CreateDBInstance');
  });

  test('without an instance fails, unless it is said what it is given', () => {
    clusters([]);
    expect(() => app.synth()).toThrow(/a cluster without any instance.*\(ClusterWithoutInstance/);
    start(RecoveryStrategy.pilotLight());
    clusters([], { instanceType: new ec2.InstanceType('r8g.large') });
    expect(configOf(recovery.recovery).data[0]).toMatchObject({
      instance: { identifier: 'orders-item', instanceClass: 'db.r8g.large', engine: 'aurora-postgresql' },
    });
    expect(actionsOn(/:db:orders-item/)).toContain('rds:CreateDBInstance');
  });
});

test('a global table is known by its name at both sites', () => {
  const table = new dynamodb.TableV2(tokyo, 'Table', {
    tableName: 'orders',
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
  });
  both(RecoverableData.table(table), RecoverableData.table(dynamodb.Table.fromTableName(osaka, 'Table', 'orders')));
  expect(configOf(recovery.recovery).data).toEqual([{ kind: 'dynamodb-global', name: 'item', order: 0, table: 'orders' }]);
  expect(configOf(recovery.primary).data).toMatchObject([{ kind: 'dynamodb-global' }]);
  expect(actionsOn(/table\/orders/)).toContain('dynamodb:DescribeTable');
});

test('a bucket says whether objects come back', () => {
  const bucket = (stack: Stack) =>
    s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: `orders-${stack.region}`, region: stack.region });
  both(RecoverableData.bucket(bucket(tokyo)), RecoverableData.bucket(bucket(osaka), { twoWay: true }));
  expect(configOf(recovery.primary).data).toMatchObject([{ kind: 'bucket', bucket: 'orders-ap-northeast-1', twoWay: false }]);
  expect(configOf(recovery.recovery).data).toMatchObject([{ kind: 'bucket', bucket: 'orders-ap-northeast-3', twoWay: true }]);
});

test('a file system is known by its id', () => {
  const files = (stack: Stack) => new efs.CfnFileSystem(stack, 'Files', {});
  both(RecoverableData.fileSystem(files(tokyo)), RecoverableData.fileSystem(files(osaka)));
  expect(configOf(recovery.recovery).data).toMatchObject([{ kind: 'efs', fileSystem: expect.stringContaining('ImportValue') }]);
  expect(actionsOn(/elasticfilesystem:ap-northeast-1|elasticfilesystem/)).toContain('elasticfilesystem:DeleteReplicationConfiguration');
});

describe('recovery points', () => {
  const sourceArn = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`;
  const vaultIn = (stack: Stack, region = stack.region) =>
    backup.BackupVault.fromBackupVaultArn(
      stack,
      `Vault${stack.node.children.length}`,
      `arn:aws:backup:${region}:${ACCOUNT}:backup-vault:orders-recovery`,
    );

  function points(options = {}): RecoverableData {
    return RecoverableData.recoveryPoints({ vault: vaultIn(osaka), type: RestoredType.RDS, sourceArn, ...options });
  }

  beforeEach(() => start(RecoveryStrategy.backupAndRestore()));

  test('are restored at the site that has nothing else, by a role that AWS Backup alone may use', () => {
    const l1 = new rds.CfnDBInstance(tokyo, 'Database', {
      engine: 'postgres',
      dbInstanceIdentifier: 'orders',
      vpcSecurityGroups: ['sg-7'],
    });
    both(
      RecoverableData.databaseInstance(l1, { vpc: vpcIn(tokyo) }),
      points({ metadata: { DBSubnetGroupName: 'data' }, identifier: 'orders' }),
    );
    expect(configOf(recovery.recovery).data).toEqual([
      {
        kind: 'recovery-points',
        name: 'item',
        order: 0,
        vault: 'orders-recovery',
        resourceType: 'RDS',
        sourceArn,
        roleArn: expect.stringContaining('RecoveryRestoreRole'),
        identifier: 'orders',
        metadata: { DBSubnetGroupName: 'data' },
        parameterPath: '/Orders/recovery/item',
      },
    ]);
    const pass = statementsOf(recovery.recovery).find(({ Action }) => Action === 'iam:PassRole');
    expect(pass).toMatchObject({
      Condition: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } },
      Resource: { 'Fn::GetAtt': [expect.stringContaining('RecoveryRestoreRole'), 'Arn'] },
    });
    expect(actionsOn(/parameter\/Orders\/recovery\/item\/\*/)).toEqual(['ssm:PutParameter']);
    Template.fromStack(recoveryStackOf(recovery.primary)).resourcePropertiesCountIs(
      'AWS::IAM::Role',
      { Description: 'AWS Backup restores recovery points with it' },
      0,
    );
  });

  test('fail in a vault of another Region, and of a source that only deployment names', () => {
    expect(() => recovery.recovery.addData('item', points({ vault: vaultIn(osaka, TOKYO) }))).toThrow(
      /in ap-northeast-1, but the site.*\(SiteElsewhere/,
    );
    const unnamed = new rds.CfnDBInstance(tokyo, 'Database', {});
    expect(() => recovery.recovery.addData('item', points({ sourceArn: unnamed.attrDbInstanceArn }))).toThrow(/\(SourceNameUnknown/);
    expect(() => recovery.recovery.addData('item', points({ sourceArn: 'orders' }))).toThrow(/is 'orders'.*\(SourceNameUnknown/);
  });

  const files = (options = {}) => points({ type: RestoredType.EFS, sourceArn: undefined, ...options });

  test('of a file system are found by the ARN that the agent of home tells, which no code can know', () => {
    both(RecoverableData.fileSystem(new efs.CfnFileSystem(tokyo, 'Files')), files());
    const [item] = configOf(recovery.recovery).data;
    expect(item).toMatchObject({ kind: 'recovery-points', resourceType: 'EFS', learnsSource: true });
    expect(item).not.toHaveProperty('sourceArn');
  });

  test('fail without an ARN where it follows from a name, or where nobody could tell it', () => {
    expect(() => recovery.recovery.addData('item', points({ sourceArn: undefined }))).toThrow(
      /is not given.*plain text \(SourceNameUnknown/,
    );
    const { fileSystemId } = new efs.CfnFileSystem(tokyo, 'Files').fileSystemRef;
    expect(() => recovery.recovery.addData('item', files({ sourceArn: fileSystemId }))).toThrow(/leave it out.*\(SourceNameUnknown/);
    const sourceArn = `arn:aws:elasticfilesystem:${OSAKA}:${ACCOUNT}:file-system/fs-1`;
    const own = { vault: vaultIn(tokyo), type: RestoredType.EFS, sourceArn };
    both(RecoverableData.recoveryPoints(own), files());
    expect(() => app.synth()).toThrow(/the site of ap-northeast-1 could not tell it.*\(SourceNameUnknown/);
  });

  test('fail where the other site has something else', () => {
    both(RecoverableData.bucket(s3.Bucket.fromBucketAttributes(tokyo, 'Bucket', { bucketName: 'orders', region: TOKYO })), points());
    expect(() => app.synth()).toThrow(/is bucket of S3 at the site of ap-northeast-1, but recovery-points of RDS.*\(SitesDiffer/);
  });
});

describe('compute', () => {
  test('of an Auto Scaling group keeps the greater of its own maximum and what is wanted', () => {
    const group = (stack: Stack, maxCapacity: number) =>
      new autoscaling.AutoScalingGroup(stack, 'Group', {
        vpc: vpcIn(stack),
        instanceType: new ec2.InstanceType('m7g.large'),
        machineImage: ec2.MachineImage.genericLinux({ [stack.region]: 'ami-1' }),
        maxCapacity,
      });
    recovery.primary.addCompute('web', RecoverableCompute.autoScalingGroup(group(tokyo, 12), { count: 8 }));
    recovery.recovery.addCompute('web', RecoverableCompute.autoScalingGroup(group(osaka, 2), { count: 8 }));
    expect(configOf(recovery.primary).compute).toMatchObject([{ kind: 'asg', full: 8, standby: 0, max: 12 }]);
    expect(configOf(recovery.recovery).compute).toMatchObject([{ kind: 'asg', full: 8, standby: 0, max: 8 }]);
    expect(actionsOn(/autoScalingGroup/)).toEqual(['autoscaling:UpdateAutoScalingGroup']);
  });

  test('of a function is the concurrency of an alias', () => {
    for (const [site, stack] of [[recovery.primary, tokyo] as const, [recovery.recovery, osaka] as const]) {
      const handler = new lambda.Function(stack, 'Handler', {
        functionName: 'api',
        runtime: lambda.Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline('x'),
      });
      const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: handler.currentVersion });
      site.addCompute('api', RecoverableCompute.functionAlias(alias, { provisioned: 4 }));
    }
    expect(configOf(recovery.recovery).compute).toMatchObject([
      { kind: 'lambda', functionName: expect.stringContaining('Handler'), alias: 'live', full: 4, standby: 0 },
    ]);
    expect(actionsOn(/:live/)).toContain('lambda:PutProvisionedConcurrencyConfig');
  });
});
