import { App, Duration, PhysicalName, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type BucketProps, CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { BucketReplication, ObjectLock, ReplicaBucket } from '../../lib/replication';
import { arnOf, BUNKER, imported, keyAt, OSAKA, only, replicate, rulesOf, TOKYO } from './buckets';

const MONTH = Duration.days(30);

let app: App;
let osaka: Stack;
let tokyo: Stack;

beforeEach(() => {
  app = new App();
  tokyo = new Stack(app, 'Orders', { env: TOKYO });
  osaka = new Stack(app, 'Osaka', { env: { ...TOKYO, region: OSAKA } });
});

function copies(props: BucketProps = {}): Bucket {
  return new Bucket(osaka, 'Copies', { bucketName: 'copies', versioned: true, ...props });
}

function replicateTo(destination: ReplicaBucket, source: BucketProps = {}): BucketReplication {
  return new BucketReplication(tokyo, 'Replication', { source: new Bucket(tokyo, 'Docs', source), destination });
}

describe('a bucket that another stack of the app defines', () => {
  test('is named without a reference, and deployed first', () => {
    const replication = replicateTo(ReplicaBucket.existing(copies()));
    expect(rulesOf({ own: Template.fromStack(tokyo) })).toMatchObject([{ Destination: { Bucket: arnOf('copies') } }]);
    expect(replication.recoveryRegion).toBe(OSAKA);
    expect(tokyo.dependencies).toContain(osaka);
    expect(Template.fromStack(osaka).toJSON()).not.toHaveProperty('Outputs');
  });

  test('may have a name that the CDK makes', () => {
    const replication = replicateTo(ReplicaBucket.existing(copies({ bucketName: PhysicalName.GENERATE_IF_NEEDED })));
    expect(tokyo.resolve(replication.replicaName)).toMatch(/^osakaosakacopies[0-9a-f]+$/);
  });

  test('tells its key by the alias, for nothing else of it is known before it is deployed', () => {
    const encryptionKey = new Key(osaka, 'Key', { alias: 'copies' });
    const replication = replicateTo(ReplicaBucket.existing(copies({ encryptionKey })), { encryptionKey: new Key(tokyo, 'Key') });
    expect(tokyo.resolve(replication.replicaKeyArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:${OSAKA}:${TOKYO.account}:alias/copies`]],
    });
  });

  test('takes another key than its own', () => {
    const arn = `arn:aws:kms:${OSAKA}:${TOKYO.account}:key/1`;
    expect(replicateTo(ReplicaBucket.existing(copies(), { encryptionKey: keyAt(arn) })).replicaKeyArn).toBe(arn);
    const alias = Alias.fromAliasName(osaka, 'Alias', 'alias/mine');
    const second = new BucketReplication(tokyo, 'Second', {
      source: new Bucket(tokyo, 'More'),
      destination: ReplicaBucket.existing(imported(), { encryptionKey: alias }),
    });
    expect(tokyo.resolve(second.replicaKeyArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:${OSAKA}:${TOKYO.account}:alias/mine`]],
    });
  });

  test('tells its lock', () => {
    replicateTo(ReplicaBucket.existing(copies({ objectLockDefaultRetention: ObjectLockRetention.governance(MONTH) })), {
      objectLockEnabled: true,
    });
    expect(Annotations.fromStack(tokyo).findWarning('*', Match.stringLikeRegexp('replicaLockUnknown'))).toEqual([]);
  });

  test('needs no order against a stack that waits for that of the source', () => {
    osaka.addStackDependency(tokyo);
    expect(() => replicateTo(ReplicaBucket.existing(copies()))).not.toThrow();
  });

  test('as an L1 is taken too', () => {
    const l1 = new CfnBucket(osaka, 'Copies', { bucketName: 'copies', versioningConfiguration: { status: 'Enabled' } });
    expect(replicateTo(ReplicaBucket.existing(l1)).replicaName).toBe('copies');
  });

  test.each<[string, BucketProps, BucketProps, RegExp]>([
    [
      'without versions',
      { versioned: false },
      {},
      /'destination' is 'Osaka\/Copies', which has no versions.*set 'versioned: true' \(DestinationNotReady/,
    ],
    [
      'without Object Lock, where the source has it',
      {},
      { objectLockEnabled: true },
      /has no Object Lock.*set 'objectLockEnabled: true' \(DestinationNotReady/,
    ],
    [
      'with a name that only deployment tells',
      { bucketName: undefined },
      {},
      /'destination' is 'Osaka\/Copies', whose name is only known.*\(BucketNameUnknown/,
    ],
  ])('fails %s', (_case, props, source, message) => {
    expect(() => replicateTo(ReplicaBucket.existing(copies(props)), source)).toThrow(message);
  });

  test('fails with a key without alias, where objects are under AWS KMS', () => {
    const destination = ReplicaBucket.existing(copies({ encryptionKey: new Key(osaka, 'Key') }));
    expect(() => replicateTo(destination, { encryptionKey: new Key(tokyo, 'Key') })).toThrow(/ReplicaKeyMissing/);
  });

  test('fails in a stack that does not say where it is', () => {
    const bucket = new Bucket(new Stack(app, 'Anywhere'), 'Copies', { bucketName: 'copies', versioned: true });
    expect(() => replicateTo(ReplicaBucket.existing(bucket))).toThrow(
      /'Anywhere\/Copies', whose Region is only known.*\(DestinationUnknown/,
    );
  });
});

describe('a bucket that is imported', () => {
  test('tells its key', () => {
    const arn = `arn:aws:kms:${OSAKA}:${TOKYO.account}:key/1`;
    expect(replicate({ destination: ReplicaBucket.existing(imported({ encryptionKey: keyAt(arn) })) }).replication.replicaKeyArn).toBe(arn);
  });

  test('fails where it tells no Region, so that it counts as one of this stack', () => {
    const bucket = Bucket.fromBucketName(tokyo, 'Copies', 'copies');
    expect(() => replicateTo(ReplicaBucket.existing(bucket))).toThrow(
      /'destination' is ap-northeast-1, the Region of the data.*as Bucket.fromBucketAttributes\(\) does \(RecoveryRegionIsOwn/,
    );
  });

  test('fails where it is no bucket', () => {
    const table = new Table(tokyo, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    expect(() => replicateTo(ReplicaBucket.existing(table as never))).toThrow(
      /'destination' is 'Orders\/Table', DynamoDB table.*\(NotABucket/,
    );
  });
});

describe('access logs of a replica', () => {
  const logged = (serverAccessLogsBucket: Bucket | ReturnType<typeof imported>, account?: string) =>
    replicateTo(ReplicaBucket.inRegion(OSAKA, { serverAccessLogsBucket, account }));

  test('go to a bucket of the app by its name, which is deployed first', () => {
    logged(new Bucket(osaka, 'Logs', { bucketName: 'orders-logs' }));
    const support = app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack;
    expect(only(Template.fromStack(support), 'AWS::S3::Bucket').Properties.LoggingConfiguration).toMatchObject({
      DestinationBucketName: 'orders-logs',
    });
    expect(support.dependencies).toEqual([osaka]);
  });

  test.each<[string, () => Bucket | ReturnType<typeof imported>, string | undefined, RegExp]>([
    [
      'in another Region',
      () => new Bucket(tokyo, 'Logs', { bucketName: 'orders-logs' }),
      undefined,
      /'serverAccessLogsBucket' is 'Orders\/Logs' in ap-northeast-1 of 111122223333, but the replica in ap-northeast-3 of 111122223333.*\(AccessLogsElsewhere/,
    ],
    [
      'in another account',
      () => imported({ account: TOKYO.account }),
      BUNKER,
      /of 111122223333, but the replica in ap-northeast-3 of 444455556666.*\(AccessLogsElsewhere/,
    ],
    [
      'without a name',
      () => new Bucket(osaka, 'Logs'),
      undefined,
      /'serverAccessLogsBucket' is 'Osaka\/Logs', whose name.*\(BucketNameUnknown/,
    ],
  ])('fail to a bucket %s', (_case, bucket, account, message) => {
    expect(() => logged(bucket(), account)).toThrow(message);
  });
});

describe('Object Lock of a replica', () => {
  const retention = (options: Parameters<typeof ReplicaBucket.inRegion>[1]) =>
    only(replicate({ destination: ReplicaBucket.inRegion(OSAKA, options) }).support(), 'AWS::S3::Bucket').Properties
      .ObjectLockConfiguration;

  test('lasts as long as the replica keeps objects, where nobody says otherwise', () => {
    expect(retention({ lock: ObjectLock.governance(), expiration: MONTH })).toMatchObject({
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
    });
  });

  test('fails without a time, where objects are kept for ever', () => {
    expect(() => retention({ lock: ObjectLock.governance() })).toThrow(
      /'lock' has no 'retention' and 'expiration' is left out.*ObjectLock.governance\(Duration.days\(30\)\) \(LockWithoutRetention/,
    );
  });

  test('fails where it outlasts the objects', () => {
    expect(() => retention({ lock: ObjectLock.governance(MONTH.plus(MONTH)), expiration: MONTH })).toThrow(
      /'lock' holds objects for 60 days, but 'expiration' is 30 days.*\(LockOutlastsKeep/,
    );
  });

  test('fails for compliance that nobody has acknowledged, and names what can be lifted', () => {
    const lock = ObjectLock.compliance({ acknowledgement: 'yes' as never });
    expect(() => retention({ lock, expiration: MONTH })).toThrow(/or use ObjectLock\.governance\(\) \(ComplianceNotAcknowledged/);
  });
});
