import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BlockDeviceVolume, Instance, InstanceType, MachineImage, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { DataCheck, IsolatedNetwork, Protection, RecoveryTier, RestoreVerification } from '../../lib';
import { type CheckKind, type CheckPermission, permissionsOf, readerPermissions } from '../../lib/model/verification';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const FUNCTION = 'AWS::Lambda::Function';
const isolated = { subnetType: SubnetType.PRIVATE_ISOLATED };

const stackIn = (app = new App()) => new Stack(app, 'Orders', { env: ENV });
const vpcIn = (stack: Stack) =>
  new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }] });
const tableIn = (stack: Stack) => new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
const filesIn = (stack: Stack) => new FileSystem(stack, 'Shared', { vpc: vpcIn(stack), vpcSubnets: isolated });
const machineIn = (stack: Stack) =>
  new Instance(stack, 'Server', {
    vpc: vpcIn(stack),
    vpcSubnets: isolated,
    instanceType: new InstanceType('t4g.micro'),
    machineImage: MachineImage.genericLinux({ 'ap-northeast-1': 'ami-0123456789abcdef0' }),
    blockDevices: [{ deviceName: '/dev/sdf', volume: BlockDeviceVolume.ebs(20, { encrypted: true, deleteOnTermination: false }) }],
  });

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

type Case = [kind: CheckKind, check: () => DataCheck, resource: (stack: Stack) => IConstruct];

/** What a function has of its own: its log, its queue, its network. */
const OWN = /^(logs|sqs):|^ec2:(Una|A)ssignPrivateIpAddresses$/;

function protectedBy(check: DataCheck, resource: (stack: Stack) => IConstruct, app = new App()) {
  const stack = stackIn(app);
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
  protection.protect(resource(stack), { checks: [check] });
  return { stack, template: Template.fromStack(stack) };
}

const statementsOf = (template: Template, role: RegExp): readonly Statement[] =>
  Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => role.test(id))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
const actionsOf = (statements: readonly { readonly Action: string | readonly string[] }[]) =>
  [...new Set(statements.flatMap(({ Action }) => Action))].filter((action) => !OWN.test(action)).sort();
const allowed = (permissions: readonly CheckPermission[]) => [...new Set(permissions.flatMap(({ actions }) => actions))].sort();

describe.each<Case>([
  ['objects', () => DataCheck.objects(), (stack) => new Bucket(stack, 'Bucket', { versioned: true })],
  ['items', () => DataCheck.items(), tableIn],
  ['volume', () => DataCheck.volume(), machineIn],
  ['instance', () => DataCheck.instance({ command: 'true' }), machineIn],
  ['files', () => DataCheck.files(), filesIn],
  ['http', () => DataCheck.http('https://orders.example.com/health'), tableIn],
])('the role for checks of %s', (kind, check, resource) => {
  const { stack, template } = protectedBy(check(), resource);
  const statements = statementsOf(template, /CheckersOthersRole/);
  const own = statements.filter((statement) => actionsOf([statement]).length > 0);

  test('has exactly the actions that they take', () => {
    expect(statements).not.toEqual([]);
    expect(actionsOf(statements)).toEqual(allowed(permissionsOf(kind)));
  });

  test('has as many statements, conditions and wildcards as they take, and every placeholder is filled in', () => {
    expect(own).toHaveLength(permissionsOf(kind).length);
    const conditions = permissionsOf(kind).filter(({ condition }) => condition !== undefined);
    expect(own.filter(({ Condition }) => Condition !== undefined)).toHaveLength(conditions.length);
    const everything = permissionsOf(kind).filter(({ resources }) => resources.includes('*'));
    expect(own.filter(({ Resource }) => Resource === '*')).toHaveLength(everything.length);
    expect(JSON.stringify(stack.resolve(own))).not.toMatch(/\{\w+\}/);
  });

  test('runs with a function inside of a network only where files are read', () => {
    const inside = Object.values(template.findResources(FUNCTION)).filter(({ Properties }) => Properties.VpcConfig !== undefined);
    expect(inside).toHaveLength(kind === 'files' ? 1 : 0);
  });
});

describe('files of a restored file system', () => {
  const app = new App();
  const { template } = protectedBy(DataCheck.files({ atLeast: 1 }), filesIn, app);
  const functions = Object.entries(template.findResources(FUNCTION));
  const [reader, { Properties: inside }] = functions.find(([id]) => /CheckersFilesReader/.test(id)) ?? ['', { Properties: {} }];
  const { Properties: outside } = functions.find(([id]) => /CheckersOthers/.test(id))?.[1] ?? { Properties: {} };
  const arn = { 'Fn::GetAtt': [reader, 'Arn'] };
  const groupOf = (id: RegExp) => Object.keys(template.findResources('AWS::EC2::SecurityGroup')).find((key) => id.test(key)) as string;
  const idOf = (group: string) => ({ 'Fn::GetAtt': [group, 'GroupId'] });
  const readers = groupOf(/CheckersFilesReaders/);
  const mounts = groupOf(/CheckersFilesMounts/);

  test('are read by a function in the isolated network, which has nothing mounted at first', () => {
    expect(inside.Environment.Variables).toEqual({ FILES_ROOT: '/mnt/restored' });
    expect(inside.FileSystemConfigs).toBeUndefined();
    expect(inside.VpcConfig.SecurityGroupIds).toEqual([idOf(readers)]);
    expect(inside.VpcConfig.SubnetIds).toEqual([1, 2].map((number) => ({ Ref: expect.stringMatching(`NetworkSubnet${number}`) })));
  });

  test('are asked for by the function outside, which knows the other one, its subnets and the group of mount targets', () => {
    const [one, two] = inside.VpcConfig.SubnetIds;
    expect(outside.VpcConfig).toBeUndefined();
    expect(outside.Environment.Variables).toEqual({
      FILES_FUNCTION: arn,
      FILES_SUBNETS: { 'Fn::Join': ['', [one, ',', two]] },
      FILES_SECURITY_GROUP: idOf(mounts),
    });
  });

  test('pass between the two groups by NFS, and nothing else passes', () => {
    const rulesOf = (type: string) =>
      Object.values(template.findResources(type))
        .map(({ Properties }) => Properties)
        .filter(({ GroupId }) => [readers, mounts].includes(GroupId['Fn::GetAtt'][0]));
    const nfs = { IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049 };
    expect(rulesOf('AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({ ...nfs, GroupId: idOf(mounts), SourceSecurityGroupId: idOf(readers) }),
    ]);
    expect(rulesOf('AWS::EC2::SecurityGroupEgress')).toEqual([
      expect.objectContaining({ ...nfs, GroupId: idOf(readers), DestinationSecurityGroupId: idOf(mounts) }),
    ]);
    for (const group of [readers, mounts]) {
      const { Properties } = template.findResources('AWS::EC2::SecurityGroup')[group];
      expect(Properties.SecurityGroupIngress).toBeUndefined();
      expect((Properties.SecurityGroupEgress ?? []).map(({ CidrIp }: { CidrIp: string }) => CidrIp)).toEqual(
        group === mounts ? ['255.255.255.255/32'] : [],
      );
    }
  });

  test('may be read and not be written, and only where AWS Backup has restored them for a test', () => {
    const statements = statementsOf(template, /CheckersFilesReader/).filter(({ Sid }) => Sid === undefined);
    const mounting = statements.filter(({ Action }) => JSON.stringify(Action).includes('elasticfilesystem:'));
    expect(actionsOf(mounting)).toEqual(allowed(readerPermissions()));
    expect(mounting.map(({ Condition }) => Condition)).toEqual([{ Null: { 'aws:ResourceTag/awsbackup-restore-test': 'false' } }]);
    expect(actionsOf(statements)).toEqual(actionsOf(mounting));
  });

  test('let the function outside change and call that one function', () => {
    const changing = statementsOf(template, /CheckersOthersRole/).filter(({ Action }) => JSON.stringify(Action).includes('lambda:'));
    expect(changing.map(({ Resource }) => Resource)).toEqual([arn]);
  });

  test('are no business of the workflow: it calls the function outside', () => {
    const ids = (type: string) =>
      Object.entries(template.findResources(type)).flatMap(([id, resource]) => (JSON.stringify(resource).includes(reader) ? [id] : []));
    expect(reader).not.toBe('');
    expect(ids('AWS::StepFunctions::StateMachine')).toEqual([]);
    expect(ids('AWS::IAM::Policy')).toEqual([expect.stringMatching(/CheckersOthersRole/)]);
  });

  test('keep the rules of cdk-nag', () => {
    const found = new AwsSolutionsChecks(app).validateScope(app).violations.map((violation) => JSON.stringify(violation));
    expect(found.filter((violation) => /RestoreVerification|RecoveryRestoreRole/.test(violation))).toEqual([]);
  });
});

test('file systems without a check of their files take no network', () => {
  const { template } = protectedBy(DataCheck.http('https://orders.example.com/health'), filesIn);
  template.resourceCountIs('AWS::EC2::VPC', 1);
  expect(Object.values(template.findResources(FUNCTION)).filter(({ Properties }) => Properties.VpcConfig)).toEqual([]);
});

test('files are read in the network that is given', () => {
  const stack = stackIn();
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
  const network = new IsolatedNetwork(stack, 'Network');
  protection.protect(filesIn(stack), { checks: [DataCheck.files()] });
  const verification = new RestoreVerification(stack, 'Verification', { protection, network });
  const template = Template.fromStack(stack);
  expect(verification.network).toBe(network);
  template.hasResourceProperties(FUNCTION, {
    Environment: { Variables: { FILES_ROOT: '/mnt/restored' } },
    VpcConfig: { SubnetIds: network.subnets.map(({ subnetId }) => stack.resolve(subnetId)) },
  });
});
