import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, BucketEncryption, type BucketProps, CfnBucket, ObjectLockRetention, StorageClass } from 'aws-cdk-lib/aws-s3';
import { Disruption, Protection, RecoveryTier } from '../../lib';
import type { CopyFact } from '../../lib/model/facts';
import type { RecoveryReportJson } from '../../lib/model/report';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { BucketReplication, type BucketReplicationProps, ObjectLock, ReplicaBucket } from '../../lib/replication';
import { adapterOf, targetOf } from '../../lib/services';
import { ComplianceAcknowledgement } from '../../lib/vault';
import { BUNKER, imported, keyAt, OSAKA, REPLICA, replicate, TOKYO } from './buckets';

const UNDERSTOOD = ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY;

/** The copies that the adapter of S3 reads from the bucket. */
function copiesOf(props: Partial<BucketReplicationProps> = {}, bucket: BucketProps = {}, env: object = TOKYO): readonly CopyFact[] {
  const { stack, source } = replicate(props, bucket, env);
  return adapterOf('S3').copies(targetOf(stack, source), []);
}

const inOsaka = (options: Parameters<typeof ReplicaBucket.inRegion>[1]) => ({ destination: ReplicaBucket.inRegion(OSAKA, options) });
const KMS = { encryption: BucketEncryption.KMS };

describe('the replica is told', () => {
  test('with its place, its key and its lag', () => {
    expect(copiesOf({}, KMS)).toEqual([
      {
        kind: 'copy',
        resource: 'Orders/Docs',
        id: 'replica-1',
        by: 'Orders/Docs',
        mechanism: `replica bucket ${REPLICA}`,
        form: 'replica',
        medium: 'service',
        place: { region: OSAKA, account: TOKYO.account, container: REPLICA },
        staleness: [{ name: 'replication lag', ms: 15 * MINUTE, basis: 'estimated' }],
        restore: [expect.objectContaining({ name: 'point the application at the replica' })],
        immutable: 'no',
        key: { kind: 'customer', id: 'Orders-recovery-ap-northeast-3/LiveCopiesKey' },
        impossible: undefined,
      },
    ]);
  });

  test.each<[string, Partial<BucketReplicationProps>, BucketProps, object]>([
    ['in another account', { recoveryRegion: OSAKA, recoveryAccount: BUNKER }, {}, { place: { region: OSAKA, account: BUNKER } }],
    ['with Replication Time Control', { timeControl: true }, {}, { staleness: [{ ms: 15 * MINUTE, basis: 'documented' }] }],
    [
      'with the lag of its slowest rule',
      { rules: [{ prefix: 'a', timeControl: true }, {}] },
      {},
      { staleness: [{ ms: 15 * MINUTE, basis: 'estimated' }] },
    ],
    ['under the keys of S3, where the source is: S3 encrypts a replica as its original', {}, {}, { key: { kind: 'aws-owned' } }],
    [
      'under the key that exists',
      { destination: ReplicaBucket.existing(imported({ encryptionKey: keyAt(`arn:aws:kms:${OSAKA}:1:key/1`) })) },
      KMS,
      { key: { kind: 'customer', id: `arn:aws:kms:${OSAKA}:1:key/1` }, place: { region: OSAKA, container: 'copies' } },
    ],
    [
      'under a governance lock',
      inOsaka({ lock: ObjectLock.governance(Duration.days(9)) }),
      {},
      { immutable: 'governance', lockedMs: 9 * DAY },
    ],
    [
      'under a compliance lock',
      inOsaka({ lock: ObjectLock.compliance({ retention: Duration.days(9), acknowledgement: UNDERSTOOD }) }),
      {},
      { immutable: 'compliance', lockedMs: 9 * DAY },
    ],
    [
      'under the weaker lock that objects bring with them',
      inOsaka({ lock: ObjectLock.compliance({ retention: Duration.days(9), acknowledgement: UNDERSTOOD }) }),
      { objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(1)) },
      { immutable: 'governance', lockedMs: DAY },
    ],
    [
      'under a lock that single objects may undercut',
      inOsaka({ lock: ObjectLock.compliance({ retention: Duration.days(9), acknowledgement: UNDERSTOOD }) }),
      { objectLockEnabled: true },
      { immutable: 'governance' },
    ],
    [
      'under the lock of the source alone',
      {},
      { objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(1)) },
      { immutable: 'compliance', lockedMs: DAY },
    ],
    ['without a lock, where only single objects may have one', {}, { objectLockEnabled: true }, { immutable: 'no' }],
    [
      'with the time that an archive takes',
      inOsaka({ storageClass: StorageClass.GLACIER }),
      {},
      { restore: [{ name: 'retrieve the objects from the archive', ms: 12 * HOUR, basis: 'estimated' }, {}] },
    ],
  ])('%s', (_case, props, bucket, expected) => {
    expect(copiesOf(props, bucket)).toMatchObject([expected]);
  });

  test('in an account that only deployment tells', () => {
    expect(copiesOf({}, {}, {})[0].place).toEqual({ region: OSAKA, account: undefined, container: undefined });
  });

  test('once for several rules that lead there, if one of them has every object', () => {
    expect(copiesOf({ rules: [{ prefix: 'a' }, { tags: { a: 'b' } }, {}] })).toHaveLength(1);
    expect(copiesOf({ rules: [{ prefix: 'a' }, { tags: { a: 'b' } }] })).toEqual([]);
  });
});

describe('a replica that expires objects', () => {
  const kept = (days: number, more: object = {}) => ({
    destination: ReplicaBucket.inRegion(OSAKA, { expiration: Duration.days(days), ...more }),
  });
  const expiring = (days: number, more: object = {}): BucketProps => ({ lifecycleRules: [{ expiration: Duration.days(days), ...more }] });

  test.each<[string, number, BucketProps]>([
    ['that the source keeps', 1, {}],
    ['a day before the source does', 29, expiring(30)],
    ['of which the source expires some', 30, expiring(30, { prefix: 'logs/' })],
    ['that the source no longer expires', 30, expiring(30, { enabled: false })],
  ])('%s is no copy', (_case, days, bucket) => {
    expect(copiesOf(kept(days), bucket)).toEqual([]);
  });

  test.each<[string, BucketProps]>([
    ['as the source does', expiring(30)],
    ['after the source did', expiring(7)],
  ])('%s is one that keeps them for its time', (_case, bucket) => {
    expect(copiesOf(kept(30), bucket)).toMatchObject([{ form: 'replica', keptMs: 30 * DAY, shortestKeptMs: 30 * DAY }]);
  });

  test('is one that nobody changes where its lock lasts as long', () => {
    const lock = ObjectLock.governance(Duration.days(30));
    expect(copiesOf(kept(30, { lock }), expiring(30))).toMatchObject([{ immutable: 'governance', lockedMs: 30 * DAY, keptMs: 30 * DAY }]);
  });

  test('is found where this app defines it, by its name or by reference', () => {
    const stack = new Stack(new App(), 'Orders', { env: TOKYO });
    const there = new Stack(stack.node.root, 'There', { env: { ...TOKYO, region: OSAKA } });
    const replica = new Bucket(there, 'Replica', { bucketName: 'orders-there', versioned: true, ...expiring(7, { prefix: 'logs/' }) });
    const byName = new Bucket(stack, 'ByName');
    new BucketReplication(stack, 'Replication', {
      source: byName,
      destination: ReplicaBucket.existing(imported({ bucketName: 'orders-there' })),
    });
    const rules = [{ status: 'Enabled', destination: { bucket: replica.bucketArn } }];
    const byReference = new CfnBucket(stack, 'ByReference', {
      replicationConfiguration: { role: 'arn:aws:iam::111122223333:role/r', rules },
    });
    for (const bucket of [byName, byReference]) {
      expect(adapterOf('S3').copies(targetOf(stack, bucket), [])).toEqual([]);
    }
  });
});

describe('the report', () => {
  const outdirs: string[] = [];
  afterAll(() => {
    for (const outdir of outdirs) {
      rmSync(outdir, { recursive: true });
    }
  });

  function reportOf(props: Partial<BucketReplicationProps>, survives: Disruption[] = []): { report: RecoveryReportJson; stack: Stack } {
    const outdir = mkdtempSync(join(tmpdir(), 'replication-'));
    outdirs.push(outdir);
    const app = new App({ outdir });
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    const lifecycleRules = [{ noncurrentVersionExpiration: Duration.days(30) }];
    const source = new Bucket(stack, 'Docs', { encryption: BucketEncryption.KMS, lifecycleRules });
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA, ...props });
    if (survives.length > 0) {
      new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, survives }).protect(source);
    }
    app.synth();
    return { report: JSON.parse(readFileSync(join(outdir, 'recovery-report.json'), 'utf8')), stack };
  }
  const warned = (stack: Stack, code: string) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(code));

  test('keeps an RPO of four hours through the loss of the Region by the replica, and the error of an operator by the backup', () => {
    const { report } = reportOf({}, [Disruption.OPERATOR_ERROR, Disruption.REGION_LOSS]);
    const [docs] = report.resources;
    const verdicts = Object.fromEntries(docs.disruptions.map(({ disruption, outcome }) => [disruption, outcome]));
    expect(verdicts).toMatchObject({ OPERATOR_ERROR: 'expected', REGION_LOSS: 'expected' });
    expect(docs.copies).toMatchObject({ offSite: 1 });
    expect(docs.copies.places.filter(({ copy }) => copy.startsWith('replica'))).toHaveLength(1);
  });

  test('leaves out the replica and the reports as data of their own', () => {
    const { report } = reportOf({});
    // a replica is no protection: it repeats the errors of operators
    expect(report.coverage.unprotected.map(({ id }) => id)).toEqual(['Orders/Docs']);
    expect(JSON.stringify(report.coverage)).toContain('replica of Orders/Docs');
    expect(JSON.stringify(report.coverage)).toContain('reports on replication');
  });

  test('warns that a part is no copy, with a plan and without, once', () => {
    for (const survives of [[], [Disruption.OPERATOR_ERROR]]) {
      const { report, stack } = reportOf({ rules: [{ prefix: 'invoices/' }] }, survives);
      expect(report.resources.flatMap(({ copies }) => copies.places.filter(({ copy }) => copy.startsWith('replica')))).toEqual([]);
      expect(warned(stack, 'partialReplica')).toHaveLength(1);
    }
  });

  test('warns that a replica which expires objects is no copy, and fails where it is to survive the Region', () => {
    const destination = ReplicaBucket.inRegion(OSAKA, { expiration: Duration.days(1) });
    expect(
      warned(reportOf({ recoveryRegion: undefined, destination }).stack, "expires objects by 'ExpireObjects' after 24 h"),
    ).toHaveLength(1);
    expect(() => reportOf({ recoveryRegion: undefined, destination }, [Disruption.REGION_LOSS])).toThrow(/NothingSurvives/);
  });

  test('fails where a Region has to be survived by a part', () => {
    expect(() => reportOf({ rules: [{ prefix: 'invoices/' }] }, [Disruption.REGION_LOSS])).toThrow(/NothingSurvives/);
  });

  test('warns that what was there before is not copied where repairs are off', () => {
    expect(warned(reportOf({ repair: false }).stack, 'existingObjectsNotCopied')).toHaveLength(1);
    expect(warned(reportOf({}).stack, 'existingObjectsNotCopied')).toEqual([]);
  });
});
