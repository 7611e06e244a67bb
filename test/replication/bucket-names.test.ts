import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { descriptionOf } from '../../lib/core/private/descriptions';
import { supportStackOf } from '../../lib/core/private/support-stack';
import { BUCKET_LIMITS } from '../../lib/model/limits/buckets';
import { BucketReplication, type BucketReplicationProps, ReplicaBucket, TableExport } from '../../lib/replication';
import { imported, OSAKA, only, TOKYO } from './buckets';

const stackOf = (id = 'Orders', env: object = TOKYO, app = new App()) => new Stack(app, id, { env });
function replicate(scope: Construct, props: Partial<BucketReplicationProps> = {}, bucketName?: string): BucketReplication {
  const source = new Bucket(scope, 'Docs', { bucketName });
  return new BucketReplication(scope, 'Replication', { source, ...(props.destination ? {} : { recoveryRegion: OSAKA }), ...props });
}

const supportOf = (stack: Stack) => stack.node.root.node.findChild(`Orders-recovery-${OSAKA}`) as Stack;

describe('the name of a replica', () => {
  test.each(['Sthree-Orders', 'amzn-s3-demo-orders'])('begins like no reserved one for the stack %s', (id) => {
    expect(replicate(stackOf(id)).replicaName).toMatch(BUCKET_LIMITS.name.value);
  });

  test.each([
    ['Regions', TOKYO, OSAKA, TOKYO, 'us-west-2'],
    ['accounts', TOKYO, OSAKA, { ...TOKYO, account: '999988887777' }, OSAKA],
    ['stacks without an account', { region: TOKYO.region }, OSAKA, { region: TOKYO.region }, OSAKA],
    ['stacks without Region and account', {}, OSAKA, {}, OSAKA],
  ])('fails where two replicas have it, in two %s', (_, env, region, otherEnv, otherRegion) => {
    const app = new App();
    const bucketName = 'one-replica';
    replicate(stackOf('One', env, app), { destination: ReplicaBucket.inRegion(region, { bucketName }) });
    expect(() => replicate(stackOf('Other', otherEnv, app), { destination: ReplicaBucket.inRegion(otherRegion, { bucketName }) })).toThrow(
      /the bucket name 'one-replica'.*in all of AWS.*NameTaken/,
    );
  });

  test('is another one where two paths read alike, and so are the ids of all that is made for it', () => {
    const alone = stackOf();
    const both = stackOf();
    const [, first] = [alone, both].map((stack) => replicate(new Construct(stack, 'A-B')));
    const second = replicate(new Construct(new Construct(both, 'A'), 'B'));
    expect(second.replicaName).not.toBe(first.replicaName);
    const [before, after] = [alone, both].map((stack) => Template.fromStack(supportOf(stack)).findResources('AWS::S3::Bucket'));
    expect(Object.keys(before)).toEqual(['ReplicaABDocsBucket48A89B85']);
    expect(Object.keys(after)).toHaveLength(2);
    expect(after).toMatchObject(before);
  });

  test('is free again where its replication was taken out', () => {
    const stack = stackOf();
    const source = new Bucket(stack, 'Docs');
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA });
    stack.node.tryRemoveChild('Replication');
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA });
    expect(Object.keys(Template.fromStack(supportOf(stack)).findResources('AWS::S3::Bucket'))).toEqual(['ReplicaDocsBucket9ED1FC18']);
  });

  test('fails where it is that of the source', () => {
    for (const destination of [
      ReplicaBucket.existing(imported({ bucketName: 'the-docs' })),
      ReplicaBucket.inRegion(OSAKA, { bucketName: 'the-docs' }),
    ]) {
      expect(() => replicate(stackOf(), { destination }, 'the-docs')).toThrow(/'the-docs', which is the source itself.*ReplicaIsSource/);
    }
  });
});

describe('a Region of another partition', () => {
  test.each([
    ['ap-northeast-1', 'cn-north-1'],
    ['ap-northeast-1', 'us-gov-west-1'],
    ['cn-north-1', 'us-gov-west-1'],
  ])('fails from %s to %s', (region, recoveryRegion) => {
    const env = { ...TOKYO, region };
    expect(() => replicate(stackOf('Orders', env), { recoveryRegion })).toThrow(/OtherPartition/);
    const destination = ReplicaBucket.existing(imported({ bucketName: 'copies', region: recoveryRegion }));
    expect(() => replicate(stackOf('Orders', env), { destination })).toThrow(/OtherPartition/);
  });

  test('is none within China, nor where the own Region is only known at deploy time', () => {
    expect(() => replicate(stackOf('Orders', { ...TOKYO, region: 'cn-north-1' }), { recoveryRegion: 'cn-northwest-1' })).not.toThrow();
    expect(() => replicate(stackOf('Orders', {}), { recoveryRegion: 'cn-northwest-1' })).not.toThrow();
  });
});

describe('ids that are taken', () => {
  test('fails where the user has something else under that of the bucket for reports', () => {
    const stack = stackOf();
    new Role(stack, 'ReplicationReports', { assumedBy: new ServicePrincipal('s3.amazonaws.com') });
    expect(() => replicate(stack)).toThrow(/'ReplicationReports' is that of a construct of yours.*NameTaken/);
  });

  test('fails where the user has something else under that of the queue of exports', () => {
    const stack = stackOf();
    new Topic(stack, 'ExportDeadLetters');
    const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: 'S' as never } });
    expect(() => new TableExport(stack, 'Export', { source: table })).toThrow(
      /'ExportDeadLetters' is that of a construct of yours.*NameTaken/,
    );
  });

  test('fails where the stack under that of the recovery side is in another account', () => {
    const stack = stackOf();
    new Stack(stack.node.root as Construct, `Orders-recovery-${OSAKA}`, { env: { region: OSAKA, account: '999988887777' } });
    expect(() => replicate(stack)).toThrow(/is no stack of ap-northeast-3 in the same account.*NameTaken/);
  });

  test('does not where the user made that stack for it, which is deployed first then', () => {
    const stack = stackOf();
    const own = new Stack(stack.node.root as Construct, `Orders-recovery-${OSAKA}`, { env: { region: OSAKA, account: TOKYO.account } });
    expect(supportStackOf(stack, { region: OSAKA })).toBe(own);
    expect(stack.dependencies).toEqual([own]);
  });
});

describe('what AWS takes', () => {
  test('are logs of a state machine under the prefix that needs no room in a policy', () => {
    const stack = stackOf();
    replicate(stack);
    const { LogGroupName } = only(Template.fromStack(stack), 'AWS::Logs::LogGroup').Properties;
    expect(LogGroupName).toMatch(/^\/aws\/vendedlogs\/states\/Orders\/[\w.#/-]+$/);
  });

  test('are descriptions of roles and schedules of constructs in another script, however deep', () => {
    const stack = stackOf();
    replicate(Array.from({ length: 12 }).reduce<Construct>((at) => new Construct(at, `注文書${'x'.repeat(100)}`), stack));
    const template = Template.fromStack(stack);
    const described = (type: string) =>
      Object.values(template.findResources(type)).map(({ Properties }) =>
        String(Properties.Description ?? Properties.AlarmDescription ?? ''),
      );
    for (const text of described('AWS::IAM::Role')) {
      expect(text).toMatch(/^[\t\n\r\x20-\x7E\xA1-\xFF]{0,1000}$/);
    }
    expect(described('AWS::Scheduler::Schedule').map(({ length }) => length <= 512)).toEqual([true]);
    const alarms = described('AWS::CloudWatch::Alarm');
    expect(alarms.filter(({ length }) => length > 1024)).toEqual([]);
    // what is cut is the path, not where to look
    expect(alarms.map((text) => /; runbook: docs\/runbook\.md#[a-z-]+$/.test(text))).toEqual([true, true]);
  });

  test('is a description of a security group with few characters, while a token is left whole', () => {
    expect(descriptionOf('securityGroup', `Of 帳簿/a'b ${'x'.repeat(300)}`)).toMatch(/^Of \?\?\/a\?b x+\.\.\.$/);
    const token = `${new CfnParameter(stackOf(), 'P').valueAsString}${'x'.repeat(600)}`;
    expect(descriptionOf('schedule', token)).toBe(token);
  });
});

describe('fails for a source that is changed after its replication was made', () => {
  const KMS = { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms' } }] };
  test.each<[string, (cfn: CfnBucket) => void, RegExp]>([
    ['to another encryption', (cfn) => Object.assign(cfn, { bucketEncryption: KMS }), /'bucketEncryption'.*SourceChangedLater/],
    ['to Object Lock', (cfn) => Object.assign(cfn, { objectLockEnabled: true }), /'objectLockEnabled'.*SourceChangedLater/],
    ['to no versions', (cfn) => cfn.addPropertyOverride('VersioningConfiguration.Status', 'Suspended'), /Suspended.*SourceNotVersioned/],
  ])('%s', (_, change, message) => {
    const stack = stackOf();
    replicate(stack);
    change(stack.node.findChild('Docs').node.defaultChild as CfnBucket);
    expect(() => (stack.node.root as App).synth()).toThrow(message);
  });
});
