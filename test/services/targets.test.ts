import * as docdb from 'aws-cdk-lib/aws-docdb';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as fsx from 'aws-cdk-lib/aws-fsx';
import * as neptune from 'aws-cdk-lib/aws-neptune';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as redshift from 'aws-cdk-lib/aws-redshift';
import * as redshiftserverless from 'aws-cdk-lib/aws-redshiftserverless';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as timestream from 'aws-cdk-lib/aws-timestream';
import { App, CfnResource, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { RESOURCE_TYPES } from '../../lib/model/services';
import { adapterOf, placeOf, targetOf } from '../../lib/services';
import type { Target } from '../../lib/services/service';

const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const HERE = 'arn:<AWS::Partition>:';

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

/** The ARN with references spelled out: `<Logical.Attribute>` or `<Logical>`. */
function arnText(target: Target): string {
  const render = (value: unknown): string => {
    if (typeof value === 'string') {
      return value;
    }
    const [[name, argument]] = Object.entries(value as Record<string, unknown>);
    switch (name) {
      case 'Fn::Join':
        return (argument as [string, unknown[]])[1].map(render).join('');
      case 'Fn::GetAtt':
        return `<${(argument as string[]).join('.')}>`;
      default:
        return `<${argument}>`;
    }
  };
  return render(Stack.of(target.construct).resolve(target.arn));
}

const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 });
const aurora = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_4 });
const group = () => ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
const key = { name: 'id', type: dynamodb.AttributeType.STRING };

describe('constructs of this app', () => {
  test.each<[string, () => IConstruct, string, RegExp]>([
    ['an RDS instance', () => new rds.DatabaseInstance(stack, 'It', { vpc, engine: postgres }), 'RDS', /^<It\w+\.DBInstanceArn>$/],
    ['an L1 RDS instance', () => new rds.CfnDBInstance(stack, 'It', { engine: 'mysql' }), 'RDS', /^<It\.DBInstanceArn>$/],
    [
      'a read replica',
      () => {
        const sourceDatabaseInstance = new rds.DatabaseInstance(stack, 'Source', { vpc, engine: postgres });
        return new rds.DatabaseInstanceReadReplica(stack, 'It', {
          vpc,
          sourceDatabaseInstance,
          instanceType: new ec2.InstanceType('t3.small'),
        });
      },
      'RDS',
      /^<It\w+\.DBInstanceArn>$/,
    ],
    [
      'an Aurora cluster',
      () => new rds.DatabaseCluster(stack, 'It', { vpc, engine: aurora, writer: rds.ClusterInstance.serverlessV2('writer') }),
      'Aurora',
      /^<It\w+\.DBClusterArn>$/,
    ],
    ['an L1 Aurora cluster', () => new rds.CfnDBCluster(stack, 'It', { engine: 'aurora-mysql' }), 'Aurora', /^<It\.DBClusterArn>$/],
    ['a Multi-AZ cluster', () => new rds.CfnDBCluster(stack, 'It', { engine: 'postgres' }), 'RDSCluster', /^<It\.DBClusterArn>$/],
    [
      'a serverless cluster',
      () =>
        new rds.ServerlessCluster(stack, 'It', {
          vpc,
          engine: rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_07_1 }),
        }),
      'Aurora',
      /^<It\w+\.DBClusterArn>$/,
    ],
    ['a table', () => new dynamodb.Table(stack, 'It', { partitionKey: key }), 'DynamoDB', /^<It\w+\.Arn>$/],
    ['a table of version 2', () => new dynamodb.TableV2(stack, 'It', { partitionKey: key }), 'DynamoDB', /^<It\w+\.Arn>$/],
    ['a bucket', () => new s3.Bucket(stack, 'It'), 'S3', /^<It\w+\.Arn>$/],
    ['an L1 bucket', () => new s3.CfnBucket(stack, 'It'), 'S3', /^<It\.Arn>$/],
    [
      'a volume',
      () => new ec2.Volume(stack, 'It', { availabilityZone: 'ap-northeast-1a', snapshotId: 'snap-05abe246af' }),
      'EBS',
      /^arn:<AWS::Partition>:ec2:ap-northeast-1:111122223333:volume\/<It\w+>$/,
    ],
    [
      'an L1 volume',
      () => new ec2.CfnVolume(stack, 'It', { availabilityZone: 'ap-northeast-1a', size: 8 }),
      'EBS',
      /^arn:<AWS::Partition>:ec2:ap-northeast-1:111122223333:volume\/<It>$/,
    ],
    [
      'an instance',
      () =>
        new ec2.Instance(stack, 'It', {
          vpc,
          instanceType: new ec2.InstanceType('t3.small'),
          machineImage: ec2.MachineImage.genericLinux({ 'ap-northeast-1': 'ami-1' }),
        }),
      'EC2',
      /^arn:<AWS::Partition>:ec2:ap-northeast-1:111122223333:instance\/<It\w+>$/,
    ],
    ['an EFS file system', () => new efs.FileSystem(stack, 'It', { vpc }), 'EFS', /^<It\w+\.Arn>$/],
    ['an L1 EFS file system', () => new efs.CfnFileSystem(stack, 'It'), 'EFS', /^<It\.Arn>$/],
    [
      'a Lustre file system',
      () =>
        new fsx.LustreFileSystem(stack, 'It', {
          vpc,
          vpcSubnet: vpc.privateSubnets[0],
          storageCapacityGiB: 1200,
          lustreConfiguration: { deploymentType: fsx.LustreDeploymentType.PERSISTENT_2, perUnitStorageThroughput: 125 },
        }),
      'FSxLustre',
      /^<It\w+\.ResourceARN>$/,
    ],
    [
      'an L1 Windows file system',
      () => new fsx.CfnFileSystem(stack, 'It', { fileSystemType: 'WINDOWS', subnetIds: [] }),
      'FSxWindows',
      /^<It\.ResourceARN>$/,
    ],
    [
      'an L1 OpenZFS file system',
      () => new fsx.CfnFileSystem(stack, 'It', { fileSystemType: 'OPENZFS', subnetIds: [] }),
      'FSxOpenZFS',
      /^<It\.ResourceARN>$/,
    ],
    ['an ONTAP volume', () => new fsx.CfnVolume(stack, 'It', { name: 'data', volumeType: 'ONTAP' }), 'FSxONTAP', /^<It\.ResourceARN>$/],
    [
      'a DocumentDB cluster',
      () => new docdb.DatabaseCluster(stack, 'It', { vpc, masterUser: { username: 'me' }, instanceType: new ec2.InstanceType('r5.large') }),
      'DocumentDB',
      /^arn:<AWS::Partition>:rds:ap-northeast-1:111122223333:cluster:<It\w+>$/,
    ],
    [
      'an L1 DocumentDB cluster',
      () => new docdb.CfnDBCluster(stack, 'It', {}),
      'DocumentDB',
      /^arn:<AWS::Partition>:rds:ap-northeast-1:111122223333:cluster:<It>$/,
    ],
    [
      'a Neptune cluster',
      () => new neptune.CfnDBCluster(stack, 'It', {}),
      'Neptune',
      /^arn:<AWS::Partition>:rds:ap-northeast-1:111122223333:cluster:<It>$/,
    ],
    [
      'a type without an adapter of its own',
      () => new timestream.CfnTable(stack, 'It', { databaseName: 'metrics' }),
      'Timestream',
      /^<It\.Arn>$/,
    ],
    [
      'a Redshift cluster, which has no attribute for its ARN',
      () =>
        new redshift.CfnCluster(stack, 'It', { clusterType: 'single-node', dbName: 'dwh', masterUsername: 'me', nodeType: 'ra3.large' }),
      'Redshift',
      /^arn:<AWS::Partition>:redshift:ap-northeast-1:111122223333:cluster:<It>$/,
    ],
    [
      'a Redshift Serverless namespace',
      () => new redshiftserverless.CfnNamespace(stack, 'It', { namespaceName: 'dwh' }),
      'RedshiftServerless',
      /^<It\.Namespace\.NamespaceArn>$/,
    ],
  ])('takes %s by its own ARN', (_, make, type, arn) => {
    const target = targetOf(stack, make());
    expect([target.type, target.id, target.cfn?.stack]).toEqual([type, 'Orders/It', stack]);
    expect(arnText(target)).toMatch(arn);
  });

  test('calls the L1 inside a construct as the construct itself', () => {
    const bucket = new s3.Bucket(stack, 'It');
    expect(targetOf(stack, bucket.node.defaultChild as CfnResource).id).toBe('Orders/It');
  });

  test('calls a resource as coverage calls it, whatever wraps it', () => {
    const cfn = new s3.CfnBucket(stack, 'It');
    const wrapped = s3.Bucket.fromCfnBucket(cfn);
    expect(targetOf(stack, wrapped)).toMatchObject({ id: 'Orders/It', cfn });
    const outer = new Construct(stack, 'Outer');
    const table = new dynamodb.Table(outer, 'Table', { partitionKey: key });
    outer.node.defaultChild = table;
    expect(targetOf(stack, outer)).toMatchObject({ id: 'Orders/Outer/Table', type: 'DynamoDB' });
  });

  test('uses a physical name where a plan in another stack needs it', () => {
    const far = new Stack(stack.node.root as App, 'Far', { env: { ...ENV, region: 'ap-northeast-3' } });
    const bucket = new s3.Bucket(stack, 'It', { bucketName: 'orders-of-tokyo' });
    const target = targetOf(far, bucket);
    expect(JSON.stringify(far.resolve(target.arn))).toContain(':s3:::orders-of-tokyo');
  });
});

describe('what exists already', () => {
  test.each<[string, () => IConstruct, string, string]>([
    [
      'an RDS instance',
      () =>
        rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'It', {
          instanceIdentifier: 'orders',
          instanceEndpointAddress: 'orders.example',
          port: 5432,
          securityGroups: [],
        }),
      'RDS',
      `${HERE}rds:ap-northeast-1:111122223333:db:orders`,
    ],
    [
      'an Aurora cluster',
      () => rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'It', { clusterIdentifier: 'orders' }),
      'Aurora',
      `${HERE}rds:ap-northeast-1:111122223333:cluster:orders`,
    ],
    [
      'a serverless cluster',
      () => rds.ServerlessCluster.fromServerlessClusterAttributes(stack, 'It', { clusterIdentifier: 'orders' }),
      'Aurora',
      `${HERE}rds:ap-northeast-1:111122223333:cluster:orders`,
    ],
    [
      'a table by ARN',
      () => dynamodb.Table.fromTableArn(stack, 'It', 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders'),
      'DynamoDB',
      'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders',
    ],
    [
      'a table by name',
      () => dynamodb.TableV2.fromTableName(stack, 'It', 'orders'),
      'DynamoDB',
      `${HERE}dynamodb:ap-northeast-1:111122223333:table/orders`,
    ],
    [
      'a reference to a table',
      () => dynamodb.CfnTable.fromTableName(stack, 'It', 'orders'),
      'DynamoDB',
      `${HERE}dynamodb:ap-northeast-1:111122223333:table/orders`,
    ],
    ['a bucket by name', () => s3.Bucket.fromBucketName(stack, 'It', 'orders'), 'S3', `${HERE}s3:::orders`],
    ['a reference to a bucket', () => s3.CfnBucket.fromBucketName(stack, 'It', 'orders'), 'S3', `${HERE}s3:::orders`],
    [
      'a volume',
      () => ec2.Volume.fromVolumeAttributes(stack, 'It', { volumeId: 'vol-1', availabilityZone: 'ap-northeast-1a' }),
      'EBS',
      `${HERE}ec2:ap-northeast-1:111122223333:volume/vol-1`,
    ],
    [
      'a reference to a volume',
      () => ec2.CfnVolume.fromVolumeId(stack, 'It', 'vol-1'),
      'EBS',
      `${HERE}ec2:ap-northeast-1:111122223333:volume/vol-1`,
    ],
    [
      'a reference to an instance',
      () => ec2.CfnInstance.fromInstanceId(stack, 'It', 'i-1'),
      'EC2',
      `${HERE}ec2:ap-northeast-1:111122223333:instance/i-1`,
    ],
    [
      'an EFS file system',
      () => efs.FileSystem.fromFileSystemAttributes(stack, 'It', { fileSystemId: 'fs-1', securityGroup: group() }),
      'EFS',
      `${HERE}elasticfilesystem:ap-northeast-1:111122223333:file-system/fs-1`,
    ],
    [
      'a Lustre file system',
      () =>
        fsx.LustreFileSystem.fromLustreFileSystemAttributes(stack, 'It', {
          fileSystemId: 'fs-1',
          dnsName: 'fs.example',
          securityGroup: group(),
        }) as unknown as IConstruct,
      'FSxLustre',
      `${HERE}fsx:ap-northeast-1:111122223333:file-system/fs-1`,
    ],
    [
      'a DocumentDB cluster',
      () => docdb.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'It', { clusterIdentifier: 'orders' }),
      'DocumentDB',
      `${HERE}rds:ap-northeast-1:111122223333:cluster:orders`,
    ],
  ])('takes %s by the ARN that its identifiers give', (_, make, type, arn) => {
    const target = targetOf(stack, make());
    expect([target.type, target.id, target.cfn, arnText(target)]).toEqual([type, 'Orders/It', undefined, arn]);
    expect(adapterOf(target.type).describe(target)).toMatchObject({
      id: 'Orders/It',
      name: 'Orders/It',
      place: ENV,
      key: { kind: 'unknown' },
    });
  });

  test('reads Region and account from an ARN, not from the stack that imports it', () => {
    const table = dynamodb.Table.fromTableArn(stack, 'It', 'arn:aws:dynamodb:us-east-1:444455556666:table/orders');
    expect(placeOf(targetOf(stack, table))).toEqual({ region: 'us-east-1', account: '444455556666' });
  });

  test('leaves Region and account out where the stack is agnostic', () => {
    const agnostic = new Stack(new App(), 'Anywhere');
    const bucket = new s3.Bucket(agnostic, 'It');
    expect(adapterOf('S3').describe(targetOf(agnostic, bucket)).place).toEqual({ region: undefined, account: undefined });
  });
});

describe('refusals', () => {
  test.each<[string, () => IConstruct, RegExp]>([
    [
      'a topic',
      () => new sns.Topic(stack, 'It'),
      /'Orders\/It\/Resource' is of type AWS::SNS::Topic, which cannot be protected: give a database/,
    ],
    [
      'a plain construct',
      () => new Construct(stack, 'It'),
      /'Orders\/It' is nothing that can be protected.*\(NotProtectable at 'Orders'\)/,
    ],
    ['a raw resource, whose properties cannot be read', () => new CfnResource(stack, 'It', { type: 'AWS::S3::Bucket' }), /NotProtectable/],
    [
      'an instance of an Aurora cluster',
      () => new rds.CfnDBInstance(stack, 'It', { dbClusterIdentifier: 'orders', engine: 'aurora-mysql' }),
      /is an instance of a cluster, which holds the data: protect the cluster \(MemberOfCluster/,
    ],
    [
      'an instance that names a cluster only',
      () => new rds.CfnDBInstance(stack, 'It', { dbClusterIdentifier: new rds.CfnDBCluster(stack, 'Cluster').ref }),
      /MemberOfCluster/,
    ],
    [
      'an ONTAP file system',
      () => new fsx.CfnFileSystem(stack, 'It', { fileSystemType: 'ONTAP', subnetIds: [] }),
      /whose volumes are protected one by one: protect its volumes \(MemberOfCluster/,
    ],
    ...['SCRATCH_2', undefined].map((deploymentType): [string, () => IConstruct, RegExp] => [
      `a Lustre file system of deployment type ${deploymentType}`,
      () =>
        new fsx.CfnFileSystem(stack, 'It', {
          fileSystemType: 'LUSTRE',
          subnetIds: [],
          lustreConfiguration: deploymentType === undefined ? undefined : { deploymentType },
        }),
      /'deploymentType' of 'Orders\/It' is SCRATCH_[12], of which AWS Backup makes no recovery points.*TypeNotProtectable/,
    ]),
    [
      'a cache, which has no ARN that a plan could select',
      () => new elasticache.CfnReplicationGroup(stack, 'It', { replicationGroupDescription: 'sessions' }),
      /'Orders\/It' \(ElastiCache\) has no ARN that could be selected/,
    ],
    ['an OpenZFS volume', () => new fsx.CfnVolume(stack, 'It', { name: 'data', volumeType: 'OPENZFS' }), /NotProtectable/],
  ])('fails for %s', (_, make, message) => {
    expect(() => targetOf(stack, make())).toThrow(message);
  });

  test('fails for a reference of another service that has the same name', () => {
    const table = new Construct(stack, 'It');
    Object.assign(table, { tableRef: { tableArn: 'arn:aws:timestream:us-east-1:111122223333:database/a/table/b' } });
    expect(() => targetOf(stack, table)).toThrow(/NotProtectable/);
    const volume = new Construct(stack, 'Volume');
    Object.assign(volume, { volumeRef: { volumeId: 'fsvol-1' } });
    expect(() => targetOf(stack, volume)).toThrow(/NotProtectable/);
  });
});

test('has an adapter for every type, and each adapter answers for the types it names', () => {
  for (const type of RESOURCE_TYPES) {
    const { types } = adapterOf(type);
    expect(types.length === 0 || types.includes(type)).toBe(true);
  }
  const namespace = targetOf(stack, new redshiftserverless.CfnNamespace(stack, 'It', { namespaceName: 'dwh' }));
  const generic = adapterOf(namespace.type);
  expect(generic.describe(namespace)).toMatchObject({ label: 'Redshift Serverless', place: ENV });
  expect([generic.copies(namespace, []), generic.prepare(namespace, { continuous: true, copied: true })()]).toEqual([[], []]);
});
