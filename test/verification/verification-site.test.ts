import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BlockDeviceVolume, Instance, InstanceType, MachineImage, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-fsx';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDBCluster, CfnDBInstance, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  DatabaseCredentials,
  DataCheck,
  EvidenceStore,
  IsolatedNetwork,
  Protection,
  RecoveryPointSelection,
  RecoveryTier,
  RestoreTests,
  RestoreVerification,
} from '../../lib';
import { testFacts } from '../../lib/verification/private/test-facts';
import { testedResources } from '../../lib/verification/private/tested-resources';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const SELECTION = 'AWS::Backup::RestoreTestingSelection';

const stackIn = () => new Stack(new App(), 'Orders', { env: ENV });
const vpcIn = (stack: Stack) =>
  new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }] });
const isolated = { subnetType: SubnetType.PRIVATE_ISOLATED };
const protectionIn = (stack: Stack) => new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
const warningsOf = (stack: Stack) =>
  stack.node
    .findAll()
    .flatMap(({ node: { metadata } }) => metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => `${data}`));
const statementsOf = (template: Template, policy: RegExp) =>
  Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => policy.test(id))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
const tableIn = (stack: Stack) => new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });

test('checks without credentials log in with the secret of the owner, and that is said', () => {
  const stack = stackIn();
  const database = new DatabaseInstance(stack, 'Database', {
    engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
    vpc: vpcIn(stack),
    vpcSubnets: isolated,
    multiAz: true,
  });
  protectionIn(stack).protect(database, { checks: [DataCheck.foreignKeys()] });
  const template = Template.fromStack(stack);
  expect(warningsOf(stack).join()).toMatch(/checks of 'Orders\/Database' log in as its owner.*checksAsOwner/);
  expect(JSON.stringify(statementsOf(template, /CheckersPostgresRole/))).toContain(
    JSON.stringify(stack.resolve(database.secret?.secretArn)),
  );
});

test.each<[string, object, number[]]>([
  ['a port of its own', { port: '6000' }, [3306, 5432, 6000]],
  ['the usual port', {}, [3306, 5432]],
])('a database on %s is reached on it', (_case, more, ports) => {
  const stack = stackIn();
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
  // CloudFormation takes the name of an engine in any case
  const database = new CfnDBInstance(stack, 'Database', { engine: 'Postgres', dbInstanceClass: 'db.t4g.medium', multiAz: true, ...more });
  const credentials = DatabaseCredentials.fromSecret(Secret.fromSecretNameV2(stack, 'Reader', 'reader'));
  protection.protect(database, { credentials, checks: [DataCheck.foreignKeys()] });
  const rules = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'));
  const open = rules.filter(({ Properties }) => Properties.Description === 'those who check').map(({ Properties }) => Properties.FromPort);
  expect(open.sort((one, other) => one - other)).toEqual(ports);
});

test('a cluster of Aurora MySQL is restored as a cluster into the network, and read by the function for MySQL', () => {
  const stack = stackIn();
  const cluster = new CfnDBCluster(stack, 'Cluster', { engine: 'aurora-mysql', masterUsername: 'root' });
  const credentials = DatabaseCredentials.fromSecret(Secret.fromSecretNameV2(stack, 'Reader', 'reader'), { database: 'shop' });
  protectionIn(stack).protect(cluster, { credentials, checks: [DataCheck.foreignKeys()] });
  const template = Template.fromStack(stack);
  template.hasResourceProperties(SELECTION, {
    ProtectedResourceType: 'Aurora',
    RestoreMetadataOverrides: { dbSubnetGroupName: Match.anyValue(), vpcSecurityGroupIds: Match.anyValue() },
  });
  template.hasResourceProperties('AWS::Lambda::Function', { Description: 'Reads restored databases (mysql)' });
  expect(JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'))).toContain('\\"database\\":\\"shop\\"');
});

describe('an instance', () => {
  const restored = (command?: string) => {
    const stack = stackIn();
    const role = new Role(stack, 'Own', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    const instance = new Instance(stack, 'Server', {
      vpc: vpcIn(stack),
      vpcSubnets: isolated,
      instanceType: new InstanceType('t4g.micro'),
      machineImage: MachineImage.genericLinux({ 'ap-northeast-1': 'ami-0123456789abcdef0' }),
      role,
      blockDevices: [{ deviceName: '/dev/sdf', volume: BlockDeviceVolume.ebs(20, { encrypted: true, deleteOnTermination: false }) }],
    });
    protectionIn(stack).protect(instance, { checks: [DataCheck.instance({ command }), DataCheck.volume()] });
    return { template: Template.fromStack(stack), role: stack.resolve(role.roleArn) };
  };

  test('on which a command runs keeps its profile, reaches Systems Manager, and its role may be passed on', () => {
    const { template, role } = restored('test -f /data/ready');
    template.hasResourceProperties(SELECTION, {
      RestoreMetadataOverrides: { iamInstanceProfileName: 'UseBackedUpValue', subnetId: Match.anyValue() },
    });
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 3);
    expect(statementsOf(template, /RecoveryRestoreRole/)).toContainEqual(
      expect.objectContaining({
        Action: 'iam:PassRole',
        Resource: role,
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      }),
    );
  });

  test('without a command has no profile, and nobody may pass its role on', () => {
    const { template } = restored();
    const [{ Properties }] = Object.values(template.findResources(SELECTION)) as [{ Properties: Record<string, object> }];
    expect(Object.keys(Properties.RestoreMetadataOverrides as object).sort()).toEqual(['securityGroupIds', 'subnetId']);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    expect(JSON.stringify(statementsOf(template, /RecoveryRestoreRole/))).not.toContain('iam:PassRole');
  });
});

test('the restore role may use the key of the vault, by name and not by a wildcard', () => {
  const stack = stackIn();
  const protection = protectionIn(stack);
  protection.protect(tableIn(stack), { checks: [DataCheck.items()] });
  const statements = statementsOf(Template.fromStack(stack), /RecoveryRestoreRole/);
  expect(statements).toEqual([
    expect.objectContaining({
      Action: expect.arrayContaining(['kms:Decrypt']),
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/Key/), 'Arn'] },
    }),
    expect.objectContaining({ Action: 'kms:CreateGrant', Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
  ]);
});

test('the function that looks at tables may read restored ones, and the one they were made of', () => {
  const stack = stackIn();
  protectionIn(stack).protect(tableIn(stack), { checks: [DataCheck.items()] });
  const resources = statementsOf(Template.fromStack(stack), /CheckersOthersRole/)
    .filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:'))
    .map(({ Resource }) => JSON.stringify(Resource));
  expect(resources).toEqual([
    expect.stringContaining('table/awsbackup-restore-test-*'),
    JSON.stringify({ 'Fn::GetAtt': ['TableCD117FA1', 'Arn'] }),
  ]);
});

test('a file system that has to be told its directory is left to the user', () => {
  const stack = stackIn();
  const protection = protectionIn(stack);
  protection.protect(tableIn(stack));
  const files = new CfnFileSystem(stack, 'Files', {
    fileSystemType: 'WINDOWS',
    subnetIds: ['subnet-1'],
    storageCapacity: 32,
    windowsConfiguration: { throughputCapacity: 8 },
  });
  protection.protect(files);
  new RestoreVerification(stack, 'Verification', { protection });
  const types = Object.values(Template.fromStack(stack).findResources(SELECTION)).map(({ Properties }) => Properties.ProtectedResourceType);
  expect(types).toEqual(['DynamoDB']);
  expect(warningsOf(stack).join()).toMatch(/'Orders\/Files' is not restored for tests.*restoreTestByHand/);
});

test('network and evidence may be shared by two verifications', () => {
  const stack = stackIn();
  const network = new IsolatedNetwork(stack, 'Network');
  const evidence = new EvidenceStore(stack, 'Evidence');
  for (const id of ['One', 'Two']) {
    const protection = new Protection(stack, `${id}Protection`, { tier: RecoveryTier.STANDARD });
    protection.protect(new CfnDBCluster(stack, id, { engine: 'aurora-postgresql', masterUsername: 'root' }));
    const verification = new RestoreVerification(stack, `${id}Verification`, { protection, network, evidence });
    expect(verification.network).toBe(network);
  }
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::VPC', 1);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
});

test('tells of its plans once the app is synthesised', () => {
  const stack = stackIn();
  const protection = protectionIn(stack);
  protection.protect(tableIn(stack));
  const verification = new RestoreVerification(stack, 'Verification', { protection });
  expect(verification.plans).toEqual([]);
  Template.fromStack(stack);
  expect(verification.plans.map(({ node }) => node.id)).toEqual(['Weekly']);
  expect(verification.network).toBeUndefined();
});

test('warns where there is nothing to restore in the vault that is tested', () => {
  const stack = stackIn();
  const protection = protectionIn(stack);
  protection.protect(tableIn(stack), { restoreTests: RestoreTests.weekly() });
  const resources = testedResources(stack, protection._promised(), { usual: RestoreTests.weekly(), everything: true });
  expect(testFacts({ by: 'Orders/Verification', facts: [], vault: protection.vault, resources, checksOf: () => 1 })).toEqual([
    expect.objectContaining({ kind: 'concern', code: 'NothingToRestore', severity: 'warning', resource: 'Orders/Table' }),
  ]);
});

test('the workflow knows which plans restore the newest recovery point, whose age tells what would be lost', () => {
  const stack = stackIn();
  const protection = protectionIn(stack);
  protection.protect(tableIn(stack), { checks: [DataCheck.items({ atLeast: 1 })] });
  protection.protect(new TableV2(stack, 'Archive', { partitionKey: { name: 'id', type: AttributeType.STRING } }), {
    checks: [DataCheck.items({ atLeast: 1 })],
    restoreTests: RestoreTests.monthly({ recoveryPoints: RecoveryPointSelection.randomWithin(Duration.days(30)) }),
  });
  const template = Template.fromStack(stack);
  const plans = Object.entries(template.findResources('AWS::Backup::RestoreTestingPlan'));
  const latest = plans.filter(([, { Properties }]) => Properties.RecoveryPointSelection.Algorithm === 'LATEST_WITHIN_WINDOW');
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts: unknown[] = machine.Properties.DefinitionString['Fn::Join'][1];
  const from = parts.findIndex((part) => typeof part === 'string' && part.includes('"latestPlanArns":['));
  expect([plans.length, latest.length]).toEqual([2, 1]);
  expect(parts[from + 1]).toEqual({ 'Fn::GetAtt': [latest[0][0], 'RestoreTestingPlanArn'] });
  expect(parts[from + 2]).toMatch(/^"\]/);
});
