import { App, Aws, CfnParameter, Duration, Fn, Lazy, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BucketReplication, type BucketReplicationProps, ObjectLock, ReplicaBucket } from '../../lib/replication';
import { ComplianceAcknowledgement } from '../../lib/vault';
import { BUNKER, imported, keyAt, OSAKA, only, replicate, rulesOf, TOKYO } from './buckets';

const UNDERSTOOD = ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY;

function orders(env: object | undefined = TOKYO): Stack {
  return new Stack(new App(), 'Orders', { env });
}

/** Warnings about the replication, by their codes. */
function warnings(stack: Stack): (string | undefined)[] {
  return Annotations.fromStack(stack)
    .findWarning('/Orders/Replication', Match.anyValue())
    .map(({ entry }) => /\[ack: cdk-recovery:(\w+)\]/.exec(String(entry.data))?.[1]);
}

describe('fails for a source', () => {
  test.each<[string, (stack: Stack) => BucketReplicationProps['source'], RegExp]>([
    [
      'that is imported',
      (stack) => Bucket.fromBucketName(stack, 'Old', 'orders-docs'),
      /'source' is 'Orders\/Old', which this app does not define.*where the bucket is defined \(SourceOutOfReach at 'Orders\/Replication'/,
    ],
    [
      'that has replication rules',
      (stack) =>
        new Bucket(stack, 'Docs', { versioned: true, replicationRules: [{ destination: new Bucket(stack, 'Copy', { versioned: true }) }] }),
      /'source' is 'Orders\/Docs', which has replication rules already.*\(ReplicationAlreadySet/,
    ],
    [
      'that has a replication configuration in L1',
      (stack) => new CfnBucket(stack, 'Docs', { replicationConfiguration: { role: 'r', rules: [] } }),
      /\(ReplicationAlreadySet/,
    ],
    [
      'whose replication configuration comes by an override',
      (stack) => {
        const bucket = new CfnBucket(stack, 'Docs');
        bucket.addPropertyOverride('ReplicationConfiguration.Role', 'r');
        return bucket;
      },
      /\(ReplicationAlreadySet/,
    ],
    [
      'whose versions are suspended',
      (stack) => new CfnBucket(stack, 'Docs', { versioningConfiguration: { status: 'Suspended' } }),
      /'versioned' of 'Orders\/Docs' is off, but S3 replicates versioned buckets only: set 'versioned: true'.*\(SourceNotVersioned/,
    ],
    [
      'in another stack',
      (stack) => new Bucket(new Stack(stack.node.root as App, 'Other', { env: TOKYO }), 'Docs'),
      /'source' is in the stack 'Other'.*make the BucketReplication in the stack of the bucket \(SourceInOtherStack/,
    ],
    [
      'that is no bucket',
      (stack) => new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } }) as never,
      /'source' is 'Orders\/Table', DynamoDB table: give a bucket \(NotABucket/,
    ],
  ])('%s', (_case, sourceIn, message) => {
    const stack = orders();
    const source = sourceIn(stack);
    expect(() => new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA })).toThrow(message);
  });

  test('that is replicated twice', () => {
    const { stack, source } = replicate();
    expect(() => new BucketReplication(stack, 'Second', { source, recoveryRegion: OSAKA })).toThrow(/\(ReplicationAlreadySet/);
  });
});

describe('fails for a destination', () => {
  const locked = (options: Partial<BucketReplicationProps>) => options;
  test.each<[string, Partial<BucketReplicationProps>, RegExp]>([
    ['that nobody names', { recoveryRegion: undefined }, /'recoveryRegion' and 'destination' are left out.*\(NoDestination/],
    [
      'that is named twice',
      { recoveryRegion: OSAKA, destination: ReplicaBucket.inRegion(OSAKA) },
      /'destination' is given beside 'recoveryRegion'.*leave either out \(DestinationTwice/,
    ],
    ['in the Region of the source', { recoveryRegion: 'ap-northeast-1' }, /'recoveryRegion' is ap-northeast-1.*\(RecoveryRegionIsOwn/],
    ['that exists in the Region of the source', { destination: ReplicaBucket.existing(imported(TOKYO)) }, /\(RecoveryRegionIsOwn/],
    ['in a Region that is none', { recoveryRegion: 'osaka' }, /'osaka'.*\(InvalidEnvironment/],
    [
      'that exists in a Region that is none',
      { destination: ReplicaBucket.existing(imported({ region: 'osaka' })) },
      /\(InvalidEnvironment/,
    ],
    ['in an account that is none', { recoveryRegion: OSAKA, recoveryAccount: '12' }, /'12'.*\(InvalidEnvironment/],
    [
      'with a name in capitals',
      { destination: ReplicaBucket.inRegion(OSAKA, { bucketName: 'Copies' }) },
      /'bucketName' is 'Copies', but the name of a bucket is 3 to 63 lower-case letters.*\(InvalidBucketName/,
    ],
    [
      'with a key of another Region',
      { destination: ReplicaBucket.inRegion(OSAKA, { encryptionKey: keyAt('arn:aws:kms:ap-northeast-1:111122223333:key/1') }) },
      /'encryptionKey' is in ap-northeast-1, but the copy in ap-northeast-3: take a key of ap-northeast-3 \(KeyElsewhere/,
    ],
    [
      'with a key that only its stack knows',
      {
        destination: ReplicaBucket.inRegion(OSAKA, {
          encryptionKey: new Key(new Stack(new App(), 'Osaka', { env: { region: OSAKA } }), 'Key'),
        }),
      },
      /'encryptionKey' is 'Osaka\/Key', whose ARN is only known once its stack is deployed.*Key.fromKeyArn\(\) \(ReferenceAcrossRegions/,
    ],
    [
      'with a key of the other end',
      { destination: ReplicaBucket.inRegion(OSAKA, { encryptionKey: new Key(new Stack(new App(), 'Tokyo', { env: TOKYO }), 'Key') }) },
      /'encryptionKey' is in ap-northeast-1, but the copy in ap-northeast-3.*\(KeyElsewhere/,
    ],
    [
      'with an alias of the other end',
      {
        destination: ReplicaBucket.existing(imported(), {
          encryptionKey: Alias.fromAliasName(new Stack(new App(), 'Tokyo', { env: TOKYO }), 'Key', 'alias/copies'),
        }),
      },
      /\(KeyElsewhere/,
    ],
    [
      'with a lock of no days',
      { destination: ReplicaBucket.inRegion(OSAKA, { lock: ObjectLock.governance(Duration.days(0)) }) },
      /'retention' of the lock is 0 days, but Object Lock takes 1 to 36500 whole days.*\(ObjectLockOutOfRange/,
    ],
    [
      'with a lock of half a day',
      { destination: ReplicaBucket.inRegion(OSAKA, { lock: ObjectLock.governance(Duration.hours(12)) }) },
      /'retention' must be whole days.*\(DurationNotWhole/,
    ],
    [
      'with a compliance lock that is not acknowledged',
      locked({
        destination: ReplicaBucket.inRegion(OSAKA, {
          lock: ObjectLock.compliance({ retention: Duration.days(1), acknowledgement: 'yes' as never }),
        }),
      }),
      /\(ComplianceNotAcknowledged/,
    ],
    [
      'that is made twice in one place',
      {
        rules: [
          { id: 'a', destination: ReplicaBucket.inRegion(OSAKA) },
          { id: 'b', destination: ReplicaBucket.inRegion(OSAKA, { bucketName: 'other-copy' }) },
        ],
      },
      /two destinations are made in ap-northeast-3.*\(ReplicaTwice/,
    ],
    [
      'that exists under a name of the stack',
      { destination: ReplicaBucket.existing(imported({ bucketName: Fn.ref('Name') })) },
      /'destination' is 'Default\/Copies', whose name is only known at deploy time.*\(BucketNameUnknown/,
    ],
    [
      'that exists under a name with the Region of whoever asks',
      { destination: ReplicaBucket.existing(imported({ bucketName: `copies-${Aws.REGION}` })) },
      /\(BucketNameUnknown/,
    ],
  ])('%s', (_case, props, message) => {
    const stack = orders();
    const source = new Bucket(stack, 'Docs');
    expect(() => new BucketReplication(stack, 'Replication', { source, ...props })).toThrow(message);
  });

  test('without a key for objects under AWS KMS', () => {
    const destination = ReplicaBucket.existing(imported());
    expect(() => replicate({ destination }, { encryption: BucketEncryption.KMS })).toThrow(
      /'encryptionKey' of the destination 'copies' is left out, but objects of 'Orders\/Docs' are under AWS KMS.*\(ReplicaKeyMissing/,
    );
  });

  test('in a Region that only deployment tells', () => {
    const stack = orders();
    const source = new Bucket(stack, 'Docs');
    const recoveryRegion = new CfnParameter(stack, 'Region').valueAsString;
    expect(() => new BucketReplication(stack, 'Replication', { source, recoveryRegion })).toThrow(/\(RegionUnknown/);
  });

  test('in another account, where only deployment tells the own', () => {
    expect(() => replicate({ recoveryRegion: OSAKA, recoveryAccount: BUNKER }, {}, { region: 'ap-northeast-1' })).toThrow(
      /destination is in account 444455556666, but which account replicates into it is only known at deploy time.*\(SourceAccountUnknown/,
    );
  });
});

describe('fails for alarms that always go off, or never, or for which nobody knows when', () => {
  test.each<[string, Partial<BucketReplicationProps>, RegExp]>([
    ['no lag at all', { maxLag: Duration.minutes(0) }, /'maxLag' is 0 ms.*\(MaxLagOutOfRange/],
    ['half a second', { maxLag: Duration.millis(500) }, /'maxLag' is 500 ms.*\(MaxLagOutOfRange/],
    ['a lag that only deployment tells', { maxLag: Duration.minutes(Lazy.number({ produce: () => 3 })) }, /\(DurationUnknown/],
    [
      'operations that only deployment counts',
      { maxPendingOperations: Lazy.number({ produce: () => 3 }) },
      /'maxPendingOperations' is only known at deploy time.*\(AlarmThresholdUnknown/,
    ],
    [
      'a number of operations that is none',
      { maxPendingOperations: Number.NaN },
      /'maxPendingOperations' is NaN.*\(MaxPendingOperationsOutOfRange/,
    ],
    ['operations without end', { maxPendingOperations: Number.POSITIVE_INFINITY }, /\(MaxPendingOperationsOutOfRange/],
    ['no operation at all', { maxPendingOperations: 0 }, /'maxPendingOperations' is 0.*\(MaxPendingOperationsOutOfRange/],
  ])('%s', (_case, props, message) => {
    expect(() => replicate(props)).toThrow(message);
  });
});

describe('fails at synth for what reaches the recovery side of', () => {
  test.each<[string, (stack: Stack) => Partial<BucketReplicationProps>, RegExp]>([
    [
      'a parameter',
      (stack) => ({
        destination: ReplicaBucket.inRegion(OSAKA, {
          noncurrentVersionExpiration: Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber),
        }),
      }),
      /needs a value of 'Orders\/Days'.*give plain text.*\(TokenAcrossStacks at 'Orders-recovery-ap-northeast-3'\)/,
    ],
    [
      'a topic of another stack there',
      (stack) => {
        const osaka = new Stack(stack.node.root as App, 'Osaka', { env: { ...TOKYO, region: OSAKA } });
        return { recoveryRegion: OSAKA, recoveryAlarmActions: [new SnsAction(new Topic(osaka, 'Topic'))] };
      },
      /needs a value of 'Osaka\/Topic.*\(TokenAcrossStacks/,
    ],
  ])('%s', (_case, propsIn, message) => {
    const stack = orders();
    new BucketReplication(stack, 'Replication', { source: new Bucket(stack, 'Docs'), ...propsIn(stack) });
    expect(() => (stack.node.root as App).synth()).toThrow(message);
  });

  test('a topic, unless it is imported there', () => {
    const stack = orders();
    const topic = Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${OSAKA}:111122223333:alarms`);
    new BucketReplication(stack, 'Replication', {
      source: new Bucket(stack, 'Docs'),
      recoveryRegion: OSAKA,
      recoveryAlarmActions: [new SnsAction(topic)],
    });
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });
});

describe('fails for actions of alarms', () => {
  const topics = (count: number, region: string) => {
    const elsewhere = new Stack();
    return Array.from(
      { length: count },
      (_, index) => new SnsAction(Topic.fromTopicArn(elsewhere, `Topic${index}`, `arn:aws:sns:${region}:111122223333:alarms${index}`)),
    );
  };
  test.each<[string, Partial<BucketReplicationProps>, RegExp]>([
    [
      'in the Region of the replica',
      { alarmActions: topics(1, OSAKA) },
      /the alarm is in ap-northeast-1, but its action .* is in ap-northeast-3.*\(AlarmActionElsewhere/,
    ],
    [
      'in the Region of the source',
      { recoveryAlarmActions: topics(1, TOKYO.region) },
      /the alarm is in ap-northeast-3, but its action.*\(AlarmActionElsewhere/,
    ],
    [
      'that are six',
      { alarmActions: topics(6, TOKYO.region) },
      /the alarm has 6 actions, but CloudWatch takes at most 5.*\(TooManyAlarmActions/,
    ],
  ])('%s', (_case, props, message) => {
    expect(() => replicate(props)).toThrow(message);
  });

  test('but not for five where the alarm is', () => {
    expect(() => replicate({ alarmActions: topics(5, TOKYO.region), recoveryAlarmActions: topics(5, OSAKA) })).not.toThrow();
  });
});

describe('a replication that is taken away', () => {
  test('leaves no rules at the source, and no reference to its role', () => {
    const stack = orders();
    const source = new Bucket(stack, 'Docs');
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA });
    stack.node.tryRemoveChild('Replication');
    expect(only(Template.fromStack(stack), 'AWS::S3::Bucket', 'Docs').Properties).not.toHaveProperty('ReplicationConfiguration');
  });

  test('makes room for another one', () => {
    const stack = orders();
    const source = new Bucket(stack, 'Docs');
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA, rules: [{ id: 'old' }] });
    stack.node.tryRemoveChild('Replication');
    new BucketReplication(stack, 'Again', { source, recoveryRegion: OSAKA, rules: [{ id: 'new' }] });
    expect(rulesOf({ own: Template.fromStack(stack) })).toMatchObject([{ Id: 'new' }]);
  });
});

describe('locks', () => {
  test('fail where only deployment knows how long they keep', () => {
    const lock = ObjectLock.governance(Duration.days(Lazy.number({ produce: () => 3 })));
    expect(() => replicate({ destination: ReplicaBucket.inRegion(OSAKA, { lock }) })).toThrow(
      /'retention' is only known at deploy time.*\(DurationUnknown/,
    );
  });

  test('of the replica keep each version', () => {
    const governed = replicate({ destination: ReplicaBucket.inRegion(OSAKA, { lock: ObjectLock.governance(Duration.days(36_500)) }) });
    expect(only(governed.support(), 'AWS::S3::Bucket').Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 36_500 } } },
    });
    const lock = ObjectLock.compliance({ retention: Duration.days(1), acknowledgement: UNDERSTOOD });
    expect(only(replicate({ destination: ReplicaBucket.inRegion(OSAKA, { lock }) }).support(), 'AWS::S3::Bucket').Properties).toMatchObject(
      {
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } } },
      },
    );
  });

  test('of the source take one of the replica', () => {
    const { support } = replicate({}, { objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(1)) });
    expect(only(support(), 'AWS::S3::Bucket').Properties).toMatchObject({ ObjectLockEnabled: true });
  });

  test('of the source warn of an existing replica without one, and those of more than a hundred years of themselves', () => {
    const existing = (lock?: ObjectLock) => ReplicaBucket.existing(imported(), { lock });
    expect(warnings(replicate({ destination: existing() }, { objectLockEnabled: true }).stack)).toContain('replicaLockUnknown');
    const known = existing(ObjectLock.governance(Duration.days(36_501)));
    expect(warnings(replicate({ destination: known }, { objectLockEnabled: true }).stack)).toEqual(['objectLockOutOfRange']);
  });
});

describe('where less is known', () => {
  test('a stack without Region and account has names with tokens', () => {
    const made = replicate({}, {}, {});
    expect(made.stack.resolve(made.replication.replicaName)).toEqual({
      'Fn::Join': ['', ['orders-docs-2d953809-', { Ref: 'AWS::AccountId' }, '-ap-northeast-3']],
    });
    expect(only(made.support(), 'AWS::S3::Bucket').Properties.BucketName).toEqual({
      'Fn::Join': ['', ['orders-docs-2d953809-', { Ref: 'AWS::AccountId' }, '-ap-northeast-3']],
    });
    expect(() => made.app.synth()).not.toThrow();
  });

  test('long names are cut to 63 characters, with a hash that tells them apart', () => {
    const name = (stackName: string) => {
      const stack = new Stack(new App(), stackName, { env: TOKYO });
      return new BucketReplication(stack, 'Replication', {
        source: new Bucket(stack, 'Documents_of all'.replace(/[ _]/g, '')),
        recoveryRegion: OSAKA,
      }).replicaName;
    };
    const [one, other] = ['A'.repeat(100), `${'A'.repeat(99)}B`].map(name);
    expect(one).toMatch(/^a{26}-[0-9a-f]{8}-111122223333-ap-northeast-3$/);
    expect(one.length).toBe(63);
    expect(other).not.toBe(one);
  });

  test('versions, rules and names that only deployment tells are taken', () => {
    const stack = orders();
    const text = (id: string) => new CfnParameter(stack, id).valueAsString;
    const source = new CfnBucket(stack, 'Docs', { versioningConfiguration: { status: text('Status') }, bucketName: text('Name') });
    const lock = ObjectLock.governance(Duration.days(Lazy.number({ produce: () => 9 })));
    const destination = ReplicaBucket.existing(imported({ bucketName: `copies-${Aws.ACCOUNT_ID}` }), {
      encryptionKey: Key.fromKeyArn(stack, 'Given', text('Key')),
      lock,
    });
    new BucketReplication(stack, 'Replication', { source, destination, rules: [{ prefix: text('Prefix') }] });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('a bucket of a nested stack is replicated from there, into the support stack of the stack around it', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    const nested = new NestedStack(stack, 'Data');
    const replication = new BucketReplication(nested, 'Replication', { source: new Bucket(nested, 'Docs'), recoveryRegion: OSAKA });
    expect(replication.replicaName).toMatch(/^orders-data-docs-[0-9a-f]{8}-111122223333-ap-northeast-3$/);
    expect(app.node.findChild('Orders-recovery-ap-northeast-3')).toBeInstanceOf(Stack);
    expect(rulesOf({ own: Template.fromStack(nested) })).toHaveLength(1);
  });

  test('two stages of one app have a replica each', () => {
    const app = new App();
    const [one, other] = ['Beta', 'Prod'].map((id) => {
      const stack = new Stack(new Stage(app, id, { env: TOKYO }), 'Orders');
      return new BucketReplication(stack, 'Replication', { source: new Bucket(stack, 'Docs'), recoveryRegion: OSAKA }).replicaName;
    });
    expect(one).not.toBe(other);
    expect(() => app.synth()).not.toThrow();
  });

  test('fails for two buckets that would have one replica', () => {
    const app = new App();
    const replicated = (id: string) => {
      const stack = new Stack(app, id, { env: TOKYO });
      const destination = ReplicaBucket.inRegion(OSAKA, { bucketName: 'copies' });
      return new BucketReplication(stack, 'Replication', { source: new Bucket(stack, 'Docs'), destination });
    };
    replicated('One');
    expect(() => replicated('Two')).toThrow(
      /the bucket name 'copies' is that of .* already.*give one of the replicas another 'bucketName' \(NameTaken/,
    );
  });

  test('overrides of what is made are told', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    new BucketReplication(stack, 'Replication', { source: new Bucket(stack, 'Docs'), recoveryRegion: OSAKA });
    const support = app.node.findChild('Orders-recovery-ap-northeast-3') as Stack;
    const bucket = support.node.findChild('Replica-Docs').node.findChild('Bucket').node.defaultChild as CfnBucket;
    bucket.addPropertyOverride('VersioningConfiguration.Status', 'Suspended');
    app.synth();
    expect(Annotations.fromStack(support).findWarning('*', Match.stringLikeRegexp('overrideNotJudged'))).toHaveLength(1);
  });
});
