import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { type DisasterRecovery, RecoverableCompute, RecoverableData, RecoveryStrategy, RestoredType } from '../../lib';
import { ACCOUNT, configOf, OSAKA, recoveryIn, recoveryStackOf, statementsOf, TOKYO, twoSites } from './sites';

let app: App;
let recovery: DisasterRecovery;
let tokyo: Stack;
let osaka: Stack;

function start(strategy = RecoveryStrategy.pilotLight()): void {
  app = new App();
  recovery = recoveryIn(app, { strategy });
  tokyo = new Stack(app, 'Tokyo', { env: recovery.primary.env });
  osaka = new Stack(app, 'Osaka', { env: recovery.recovery.env });
}

const vpcIn = (stack: Stack) =>
  ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] });

const instanceIn = (stack: Stack, props: Partial<rds.CfnDBInstanceProps> = {}) =>
  RecoverableData.databaseInstance(
    new rds.CfnDBInstance(stack, 'Database', { dbInstanceIdentifier: 'orders', vpcSecurityGroups: ['sg-1'], ...props }),
    { vpc: vpcIn(stack) },
  );

/** Resources on which the agent may do something, as text. */
function where(action: string, site = recovery.recovery): readonly string[] {
  return statementsOf(site)
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat())
    .map((resource) => JSON.stringify(resource));
}

beforeEach(() => start());

describe('the agent of a site with an instance', () => {
  test('may do what RDS does in its name when a replica is made: look at the network and hand over the role of monitoring', () => {
    recovery.primary.addData('item', instanceIn(tokyo));
    recovery.recovery.addData('item', instanceIn(osaka, { monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/monitoring` }));
    for (const call of [
      'SecurityGroups',
      'Vpcs',
      'Subnets',
      'VpcAttribute',
      'AvailabilityZones',
      'AccountAttributes',
      'InternetGateways',
    ]) {
      expect(where(`ec2:Describe${call}`)).toEqual(['"*"']);
    }
    expect(statementsOf(recovery.recovery)).toContainEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `arn:aws:iam::${ACCOUNT}:role/monitoring`,
      Condition: { StringEquals: { 'iam:PassedToService': 'monitoring.rds.amazonaws.com' } },
    });
    expect(configOf(recovery.recovery).data[0]).toMatchObject({
      rebuild: { monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/monitoring` },
    });
    expect(where('iam:PassRole', recovery.primary)).toEqual([]);
  });

  test('gives a promoted replica the backups of its own template, or else of the source', () => {
    recovery.primary.addData('item', instanceIn(tokyo, { backupRetentionPeriod: 14, preferredBackupWindow: '18:00-18:30' }));
    recovery.recovery.addData('item', instanceIn(osaka, { backupRetentionPeriod: 0 }));
    expect(configOf(recovery.recovery).data[0]).toMatchObject({ backups: { days: 14, window: '18:00-18:30' } });
    start();
    recovery.primary.addData('item', instanceIn(tokyo, { backupRetentionPeriod: 14 }));
    recovery.recovery.addData('item', instanceIn(osaka, { backupRetentionPeriod: 7 }));
    expect(configOf(recovery.recovery).data[0]).toMatchObject({ backups: { days: 7 } });
  });

  test('may keep and rehearse it under names that RDS takes, however long its own is', () => {
    const long = 'o'.repeat(63);
    recovery.primary.addData('item', instanceIn(tokyo));
    recovery.recovery.addData('item', instanceIn(osaka, { dbInstanceIdentifier: long }));
    const [, kept] = where('rds:ModifyDBInstance');
    expect(kept).toMatch(/:db:o{38}-[0-9a-f]{8}-before-\*"/);
    expect(where('rds:DeleteDBInstance').filter((arn) => arn.includes(':db:'))).toEqual([
      expect.stringMatching(/:db:o{44}-[0-9a-f]{8}-rehearsal"/),
    ]);
    expect(where('rds:ModifyDBInstance', recovery.primary)[1]).toContain(':db:orders-before-*');
  });

  test('may do so by the ending of the name where only deployment knows it, for it may be cut', () => {
    recovery.primary.addData('item', instanceIn(tokyo, { dbInstanceIdentifier: undefined }));
    recovery.recovery.addData('item', instanceIn(osaka));
    expect(where('rds:ModifyDBInstance', recovery.primary).filter((arn) => arn.includes('*'))).toEqual([
      expect.stringContaining(':db:*-before-*'),
      expect.stringContaining(':db:*-rehearsal'),
    ]);
  });
});

describe('recovery points of a cluster', () => {
  const points = (options = {}) =>
    RecoverableData.recoveryPoints({
      vault: backup.BackupVault.fromBackupVaultArn(
        osaka,
        `Vault${osaka.node.children.length}`,
        `arn:aws:backup:${OSAKA}:${ACCOUNT}:backup-vault:orders`,
      ),
      type: RestoredType.AURORA,
      sourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:cluster:orders`,
      identifier: 'orders',
      ...options,
    });
  const instanceType = ec2.InstanceType.of(ec2.InstanceClass.R6G, ec2.InstanceSize.LARGE);

  beforeEach(() => start(RecoveryStrategy.backupAndRestore()));

  test.each([
    ['without an instance', {}, /makes without any instance.*\(ClusterWithoutInstance/],
    ['without an engine', { instanceType }, /give 'engine' too \(EngineUnknown/],
  ])('fail %s', (_, options, message) => {
    expect(() => recovery.recovery.addData('item', points(options))).toThrow(message);
  });

  test('say which instance the cluster gets, and the agent may make that one', () => {
    const own = RecoverableData.recoveryPoints({
      vault: backup.BackupVault.fromBackupVaultArn(tokyo, 'Vault', `arn:aws:backup:${TOKYO}:${ACCOUNT}:backup-vault:orders`),
      type: RestoredType.AURORA,
      sourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:cluster:orders`,
      identifier: 'orders',
      instanceType,
      engine: 'aurora-postgresql',
    });
    recovery.primary.addData('item', own);
    recovery.recovery.addData('item', points({ instanceType, engine: 'aurora-postgresql' }));
    expect(configOf(recovery.recovery).data[0]).toMatchObject({ instance: { instanceClass: 'db.r6g.large', engine: 'aurora-postgresql' } });
    expect(where('rds:CreateDBInstance').slice(0, 2)).toEqual([
      expect.stringContaining(':cluster:orders"'),
      expect.stringContaining(':db:orders-1"'),
    ]);
    expect(where('ec2:DescribeSubnets')).toEqual(['"*"']);
  });
});

describe('the agent of a site with recovery points of an instance', () => {
  test('may put aside what was restored, and nothing else', () => {
    const sites = twoSites({ strategy: RecoveryStrategy.backupAndRestore() });
    const may = statementsOf(sites.osaka.site).filter(({ Action }) => [Action].flat().includes('rds:ModifyDBInstance'));
    expect(JSON.stringify(may.map(({ Resource }) => Resource))).toMatch(/:db:orders"\].*:db:orders-before-\*"\]/);
    expect(may).toHaveLength(1);
  });
});

test('the agent of a site with a function may say by a tag since when it takes no call', () => {
  const alias = (stack: Stack) => {
    const handler = new lambda.Function(stack, 'Handler', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('x'),
      functionName: 'api',
    });
    return RecoverableCompute.functionAlias(new lambda.Alias(stack, 'Live', { aliasName: 'live', version: handler.currentVersion }), {
      provisioned: 10,
    });
  };
  recovery.primary.addCompute('api', alias(tokyo));
  recovery.recovery.addCompute('api', alias(osaka));
  expect(where('lambda:GetFunctionConfiguration')).toHaveLength(2);
  expect(statementsOf(recovery.recovery).find(({ Action }) => [Action].flat().includes('lambda:TagResource'))).toMatchObject({
    Condition: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['cdk-recovery:*'] } },
  });
});

test('the agent of a site with a service may look for tasks of its cluster only', () => {
  const { osaka: stack } = twoSites();
  const [look] = statementsOf(stack.site).filter(({ Action }) => [Action].flat().includes('ecs:ListTasks'));
  expect(look).toMatchObject({ Resource: '*', Condition: { ArnEquals: { 'ecs:cluster': expect.anything() } } });
});

describe('a rehearsal', () => {
  const bucketIn = (stack: Stack) =>
    RecoverableData.bucket(s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: `files-${stack.region}`, region: stack.region }));

  test('that would restore nothing is warned of', () => {
    recovery.primary.addData('files', bucketIn(tokyo));
    recovery.recovery.addData('files', bucketIn(osaka));
    recovery.drill();
    app.synth();
    Annotations.fromStack(recoveryStackOf(recovery.recovery)).hasWarning(
      '*',
      Match.stringLikeRegexp("restores nothing of 'files'.*nothingRehearsed"),
    );
  });

  test('of at least one item is not', () => {
    const sites = twoSites();
    sites.recovery.drill();
    sites.app.synth();
    Annotations.fromStack(recoveryStackOf(sites.recovery.recovery)).hasNoWarning('*', Match.stringLikeRegexp('nothingRehearsed'));
  });
});

test('the agent of a site with a file system may ask whether what it would overwrite was backed up', () => {
  const system = (stack: Stack) =>
    RecoverableData.fileSystem(
      efs.FileSystem.fromFileSystemAttributes(stack, 'Files', {
        fileSystemId: 'fs-1',
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
      }),
    );
  recovery.primary.addData('files', system(tokyo));
  recovery.recovery.addData('files', system(osaka));
  expect(where('backup:ListRecoveryPointsByResource')).toEqual(['"*"']);
});
