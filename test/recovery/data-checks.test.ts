import { Template } from 'aws-cdk-lib/assertions';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import { Key } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { App, Stack } from 'aws-cdk-lib/core';
import {
  DatabaseCredentials,
  DatabaseReadReplica,
  DataCheck,
  type DisasterRecovery,
  RecoverableData,
  type RecoverySite,
  RecoveryStrategy,
  RestoredType,
  type SiteDataOptions,
} from '../../lib';
import { ACCOUNT, configOf, OSAKA, recoveryIn, recoveryStackOf, TOKYO } from './sites';

let app: App;
let recovery: DisasterRecovery;
let tokyo: Stack;
let osaka: Stack;

beforeEach(() => {
  app = new App();
  recovery = recoveryIn(app, { strategy: RecoveryStrategy.pilotLight() });
  tokyo = new Stack(app, 'Tokyo', { env: recovery.primary.env });
  osaka = new Stack(app, 'Osaka', { env: recovery.recovery.env });
});

const KEYS = DataCheck.foreignKeys();
const ROWS = DataCheck.rowCount('users', { atLeast: 10 });

function vpcIn(stack: Stack): ec2.IVpc {
  const privateSubnetIds = [`subnet-1-${stack.region}`, `subnet-2-${stack.region}`];
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds });
}

const reader = (stack: Stack) =>
  DatabaseCredentials.fromSecret(Secret.fromSecretNameV2(stack, 'Reader', 'orders/reader'), { database: 'shop' });

/** A source in Tokyo and its replica in Osaka, with the same checks at both. */
function replicated(options: (stack: Stack) => SiteDataOptions, port?: number): void {
  const source = new rds.DatabaseInstance(tokyo, 'Database', {
    engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 }),
    vpc: vpcIn(tokyo),
    instanceIdentifier: 'orders',
    storageEncrypted: true,
    port,
  });
  const { instance } = new DatabaseReadReplica(osaka, 'Database', { source, vpc: vpcIn(osaka), instanceIdentifier: 'orders' });
  recovery.primary.addData('orders', RecoverableData.databaseInstance(source), options(tokyo));
  recovery.recovery.addData('orders', RecoverableData.databaseInstance(instance), options(osaka));
}

/** An imported instance, a bucket and so on at both sites. */
function both(data: (stack: Stack) => RecoverableData, options: (stack: Stack) => SiteDataOptions): void {
  recovery.primary.addData('item', data(tokyo), options(tokyo));
  recovery.recovery.addData('item', data(osaka), options(osaka));
}

/** What the function of some checks may do besides logging. */
function allowed(id: string, site = recovery.recovery): readonly { readonly Action: string | string[]; readonly Resource: unknown }[] {
  const policies = Template.fromStack(recoveryStackOf(site)).findResources('AWS::IAM::Policy');
  const [policy] = Object.entries(policies).filter(([logical]) => logical.startsWith(id));
  return policy[1].Properties.PolicyDocument.Statement.filter(
    ({ Sid = '', Action }: { Sid?: string; Action: string }) => !['WriteLog', 'UseNetwork'].includes(Sid) && Action !== 'sqs:SendMessage',
  );
}

test('tables are read by a function of the site, before traffic comes', () => {
  replicated((stack) => ({ checks: [KEYS, ROWS], credentials: reader(stack) }));
  const [probe, ...rest] = configOf(recovery.recovery).probes;
  expect(rest).toEqual([]);
  expect(probe).toEqual({
    kind: 'checks',
    name: 'orders: tables',
    data: 'orders',
    functionArn: expect.stringContaining('ordersChecksTables'),
    checks: [KEYS._spec, ROWS._spec],
    resourceType: 'RDS',
    database: { secretArn: expect.stringMatching(/:secretsmanager:ap-northeast-3:.*:secret:orders\/reader$/), database: 'shop' },
  });
});

test('the agent may call the function, which may read the secret and nothing else', () => {
  replicated((stack) => ({ checks: [KEYS], credentials: reader(stack) }));
  const agent = JSON.stringify(allowed('AgentRole').filter(({ Action }) => Action === 'lambda:InvokeFunction'));
  expect(agent).toContain('ordersChecksTables');
  expect(allowed('ordersChecksTables')).toEqual([
    {
      Sid: 'LogIn',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:secretsmanager:${OSAKA}:${ACCOUNT}:secret:orders/reader-??????`]],
      },
    },
  ]);
});

test('a secret with a key of its own is read by way of its service only', () => {
  replicated((stack) => {
    const encryptionKey = new Key(stack, 'Key');
    return { checks: [KEYS], credentials: DatabaseCredentials.fromSecret(new Secret(stack, 'Secret', { encryptionKey })) };
  });
  const [, decrypt] = allowed('ordersChecksTables');
  expect(decrypt).toMatchObject({
    Action: 'kms:Decrypt',
    Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', [`secretsmanager.${OSAKA}.`, { Ref: 'AWS::URLSuffix' }]] } } },
  });
  expect(() => app.synth()).not.toThrow();
});

test('only a group of its own lets it in to the database, and lets nothing else out but to AWS', () => {
  replicated((stack) => ({ checks: [KEYS], credentials: reader(stack) }), 6432);
  for (const stack of [tokyo, osaka]) {
    const template = Template.fromStack(stack);
    const [[group, { Properties }]] = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).filter(([id]) =>
      id.startsWith('OrdersordersChecks'),
    );
    expect(Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ FromPort: 443, ToPort: 443 })]);
    const rules = (type: string) =>
      Object.values(template.findResources(type)).filter(({ Properties: rule }) => JSON.stringify(rule).includes(group));
    expect(rules('AWS::EC2::SecurityGroupIngress')).toHaveLength(1);
    expect(rules('AWS::EC2::SecurityGroupEgress')).toHaveLength(1);
    const [{ Properties: ingress }] = rules('AWS::EC2::SecurityGroupIngress');
    expect(ingress.FromPort).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Database/), 'Endpoint.Port'] });
    expect(ingress.SourceSecurityGroupId).toEqual({ 'Fn::GetAtt': [group, 'GroupId'] });
  }
});

test('what fences the database is another group, which lets nobody in', () => {
  replicated((stack) => ({ checks: [KEYS], credentials: reader(stack) }));
  const template = Template.fromStack(osaka);
  const [fence] = Object.keys(template.findResources('AWS::EC2::SecurityGroup')).filter((id) => id.includes('Fence'));
  expect(JSON.stringify(template.findResources('AWS::EC2::SecurityGroupIngress'))).not.toContain(fence);
});

test('both recovery stacks refer to stacks of their own Region only', () => {
  replicated((stack) => ({ checks: [KEYS], credentials: reader(stack) }));
  const assembly = app.synth();
  const dependencies = assembly.stacks
    .filter(({ stackName }) => stackName.startsWith('Orders-recovery-ap'))
    .map(({ environment, dependencies: needed }) => [
      environment.region,
      needed.flatMap((one) => ('environment' in one ? [one.manifest.environment] : [])),
    ]);
  expect(dependencies).toEqual([
    [TOKYO, [`aws://${ACCOUNT}/${TOKYO}`]],
    [OSAKA, [`aws://${ACCOUNT}/${OSAKA}`]],
  ]);
});

test('a secret of home is found at the other site by the name of its replica', () => {
  replicated(() => {
    const secret =
      (tokyo.node.tryFindChild('Secret') as Secret | undefined) ?? new Secret(tokyo, 'Secret', { secretName: 'orders/reader' });
    return { checks: [KEYS], credentials: DatabaseCredentials.fromSecret(secret, { secretNameInRecoveryRegion: 'orders/reader' }) };
  });
  expect(configOf(recovery.recovery).probes).toMatchObject([
    { database: { secretArn: expect.stringMatching(/ap-northeast-3:.*secret:orders\/reader$/) } },
  ]);
});

test('a bucket and a table are looked at by functions that may read these alone', () => {
  both(
    (stack) => RecoverableData.bucket(s3.Bucket.fromBucketName(stack, 'Bucket', `documents-${stack.region}`)),
    () => ({ checks: [DataCheck.objects({ atLeast: 1 })] }),
  );
  recovery.primary.addData('carts', RecoverableData.table(dynamodb.Table.fromTableName(tokyo, 'Carts', 'carts')), {
    checks: [DataCheck.items()],
  });
  recovery.recovery.addData('carts', RecoverableData.table(dynamodb.Table.fromTableName(osaka, 'Carts', 'carts')), {
    checks: [DataCheck.items()],
  });
  expect(configOf(recovery.recovery).probes).toMatchObject([
    { name: 'item: contents', resourceType: 'S3', data: 'item' },
    { name: 'carts: contents', resourceType: 'DynamoDB', data: 'carts' },
  ]);
  const text = (id: string) => JSON.stringify(allowed(id));
  expect(text('itemChecksContents')).toMatch(/documents-ap-northeast-3\/\*/);
  expect(text('itemChecksContents')).not.toMatch(/restore-test|Delete|Put/);
  expect(text('cartsChecksContents')).toMatch(/table\/carts/);
  expect(text('cartsChecksContents')).not.toMatch(/restore-test|Delete|Put/);
});

describe('data of which there are recovery points', () => {
  const points = (type: RestoredType, identifier: string) => (stack: Stack) =>
    RecoverableData.recoveryPoints({
      vault: backup.BackupVault.fromBackupVaultName(stack, 'Vault', 'copies'),
      type,
      sourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`,
      identifier,
    });

  test('are read in the network that is named, by the engine that is named', () => {
    both(points(RestoredType.RDS, 'orders'), (stack) => ({
      checks: [KEYS],
      credentials: reader(stack),
      vpc: vpcIn(stack),
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
      engine: 'mysql',
    }));
    expect(configOf(recovery.recovery).probes).toMatchObject([{ kind: 'checks', resourceType: 'RDS' }]);
    Template.fromStack(osaka).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', FromPort: 3306, ToPort: 3306 });
    Template.fromStack(recoveryStackOf(recovery.recovery)).hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: [`subnet-1-${OSAKA}`, `subnet-2-${OSAKA}`] },
    });
  });

  test('are looked at by the name that they get, also in a rehearsal', () => {
    both(points(RestoredType.DYNAMODB, 'carts'), () => ({ checks: [DataCheck.items()] }));
    const text = JSON.stringify(allowed('itemChecksContents'));
    expect(text).toContain(':table/carts"');
    expect(text).toContain(':table/carts-rehearsal"');
  });

  test.each<[string, (stack: Stack) => SiteDataOptions, RegExp]>([
    ['an engine that nobody names', () => ({}), /the engine of the database is not known.*\(CheckDoesNotFit/],
    ['a secret that nobody names', () => ({ engine: 'postgres' }), /give 'credentials'.*\(NoCredentials/],
    ['a network that nobody names', (stack) => ({ engine: 'postgres', credentials: reader(stack) }), /give 'vpc'.*\(NetworkUnknown/],
    [
      'groups that nobody names',
      (stack) => ({ engine: 'postgres', credentials: reader(stack), vpc: vpcIn(stack) }),
      /give 'securityGroups'.*\(SecurityGroupsUnknown/,
    ],
    [
      'a network elsewhere',
      (stack) => ({ engine: 'postgres', credentials: reader(stack), vpc: vpcIn(tokyo) }),
      /'vpc' of 'item'.*\(SiteElsewhere/,
    ],
  ])('fails with %s', (_case, options, message) => {
    const data = points(RestoredType.RDS, 'orders')(osaka);
    expect(() => recovery.recovery.addData('item', data, { checks: [KEYS], ...options(osaka) })).toThrow(message);
  });
});

test.each<[string, DataCheck, RegExp]>([
  ['tables of a bucket', KEYS, /reads tables by SQL, but this is S3.*\(CheckDoesNotFit/],
  ['a number that is compared with an earlier one', DataCheck.objects({ tolerance: 0.1 }), /give 'atLeast'.*\(CheckNeedsBaseline/],
  ['an address in an isolated network', DataCheck.http('https://x.example', { inside: true }), /\(CheckNotInRecovery/],
])('fails with %s', (_case, check, message) => {
  const bucket = RecoverableData.bucket(s3.Bucket.fromBucketName(osaka, 'Bucket', 'documents'));
  expect(() => recovery.recovery.addData('item', bucket, { checks: [check] })).toThrow(message);
});

test('fails with a checksum that nobody has given, and takes one that is given', () => {
  const fine = DataCheck.checksum('countries', { expected: 'abc' });
  expect(() => replicated((stack) => ({ checks: [fine], credentials: reader(stack) }))).not.toThrow();
  app = new App();
  recovery = recoveryIn(app);
  tokyo = new Stack(app, 'Tokyo', { env: recovery.primary.env });
  osaka = new Stack(app, 'Osaka', { env: recovery.recovery.env });
  expect(() => replicated((stack) => ({ checks: [DataCheck.checksum('countries')], credentials: reader(stack) }))).toThrow(
    /give 'expected'.*\(CheckNeedsBaseline/,
  );
});

test('fails with files, which are mounted for restore tests only', () => {
  const files = efs.FileSystem.fromFileSystemAttributes(osaka, 'Files', {
    fileSystemId: 'fs-1',
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(osaka, 'Group', 'sg-1'),
  });
  expect(() => recovery.recovery.addData('item', RecoverableData.fileSystem(files), { checks: [DataCheck.files()] })).toThrow(
    /isolated network.*\(CheckNotInRecovery/,
  );
});

describe('a function of the user', () => {
  const functionIn = (region: string) =>
    lambda.Function.fromFunctionArn(osaka, region, `arn:aws:lambda:${region}:${ACCOUNT}:function:look`);
  const carts = () => RecoverableData.table(dynamodb.Table.fromTableName(osaka, 'Carts', 'carts'));

  test('is called where it is', () => {
    recovery.recovery.addData('carts', carts(), { checks: [DataCheck.custom('orders add up', functionIn(OSAKA))] });
    expect(recovery.recovery._checks).toMatchObject([
      { name: 'carts: orders add up', functionArn: `arn:aws:lambda:${OSAKA}:${ACCOUNT}:function:look`, checks: [{ kind: 'function' }] },
    ]);
  });

  test('fails elsewhere', () => {
    const checks = [DataCheck.custom('orders add up', functionIn(TOKYO))];
    expect(() => recovery.recovery.addData('carts', carts(), { checks })).toThrow(/function of ap-northeast-1.*\(ProbeElsewhere/);
  });
});

test('data without checks make no function', () => {
  replicated(() => ({}));
  expect(configOf(recovery.recovery).probes).toEqual([]);
  expect(Object.keys(Template.fromStack(recoveryStackOf(recovery.recovery)).findResources('AWS::Lambda::Function'))).toHaveLength(1);
});

test('warns where data are checked at one site only', () => {
  replicated((stack) => (stack === osaka ? { checks: [KEYS], credentials: reader(stack) } : {}));
  app.synth();
  const warnings = (site: RecoverySite) =>
    site.node.metadata.map(({ data }) => String(data)).filter((text) => text.includes('dataCheckedAtOneSite'));
  expect([warnings(recovery.primary).length, warnings(recovery.recovery).length]).toEqual([1, 0]);
});
