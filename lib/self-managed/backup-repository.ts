import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey, IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { resourceId } from '../core/private/inventory';
import { requireDays } from '../core/private/known';
import { RecoveryRecord } from '../core/private/record';
import { retainedBucket } from '../core/private/retained-bucket';
import { DAY } from '../model/time';
import { BucketReplication } from '../replication/bucket-replication';
import { ObjectLock } from '../replication/object-lock';
import { keyBeside } from '../replication/private/copy-key';
import { lockedFor, retentionOf } from '../replication/private/object-lock';
import { ownKey } from '../replication/private/own-key';
import { ReplicaBucket } from '../replication/replica-bucket';

const LOCKED_DAYS = 7;
const DELETED_DAYS = 14;

/** Properties of a BackupRepository. */
export interface BackupRepositoryProps {
  /**
   * The customer managed key that encrypts backups, in the Region of the repository.
   * @default - a key made for it, rotated and retained
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Keeps every version of every object from being deleted for a while, counted from when it was written, whoever asks.
   * @default ObjectLock.governance(Duration.days(7))
   */
  readonly lock?: ObjectLock;
  /**
   * How long a backup that retention has given up, or that somebody has deleted, can be brought back, in whole days. Nobody who makes or retires
   * backups can shorten that: they only mark objects as deleted, and the lifecycle of the bucket ends them.
   * @default Duration.days(14)
   */
  readonly keepDeleted?: Duration;
  /**
   * Another Region that gets every backup too, as plain text, into a bucket of its own in a stack that deploys alone.
   * @default - backups stay in the Region of the repository
   */
  readonly recoveryRegion?: string;
  /**
   * Another account that gets every backup too, twelve digits as plain text.
   * @default - the account of the repository
   */
  readonly recoveryAccount?: string;
  /**
   * What alarms in the Region of the repository do, where backups cannot be replicated.
   * @default - the alarms are made, but notify nobody
   */
  readonly alarmActions?: IAlarmAction[];
  /**
   * What alarms in the recovery Region do, where backups arrive late; the actions have to be there.
   * @default - the alarms are made, but notify nobody
   */
  readonly recoveryAlarmActions?: IAlarmAction[];
}

/**
 * Where backups of databases and files go that people run themselves: a bucket, versioned, locked, encrypted with a customer managed key and
 * retained, that nobody who backs up can delete from.
 * @example
 * const repository = new BackupRepository(this, 'Repository', { recoveryRegion: 'ap-northeast-3' });
 */
export class BackupRepository extends Construct {
  /** The bucket. */
  public readonly bucket: IBucket;
  /** The customer managed key that encrypts it. */
  public readonly encryptionKey: IKey;
  /** What replicates it to another Region or account; undefined where backups stay. */
  public readonly replication?: BucketReplication;
  /** How long every version is locked. */
  public readonly lockedFor: Duration;
  /** Whether nobody can lift the lock. */
  public readonly isCompliance: boolean;

  /**
   * Throws `DurationNotWhole` where `keepDeleted` is not whole days, `LockOutlastsKeep` for a lock that is longer than that,
   * `KeyElsewhere` for a key of another Region.
   */
  constructor(scope: Construct, id: string, props: BackupRepositoryProps = {}) {
    super(scope, id);
    const { encryptionKey, lock = ObjectLock.governance(Duration.days(LOCKED_DAYS)), keepDeleted = Duration.days(DELETED_DAYS) } = props;
    const keptMs = requireDays(this, 'keepDeleted', keepDeleted);
    const lockedMs = lockedFor(this, lock, { property: 'keepDeleted', keptMs });
    this.lockedFor = Duration.millis(lockedMs);
    this.isCompliance = lock.isCompliance;
    this.encryptionKey = encryptionKey
      ? keyBeside(this, encryptionKey)
      : ownKey(this, 'Key', { description: `Encrypts backups of ${this.node.path}` });
    const bucket = retainedBucket(this, 'Bucket', {
      encryptionKey: this.encryptionKey,
      objectLockEnabled: true,
      objectLockDefaultRetention: retentionOf(lock, lockedMs),
      lifecycleRules: [
        {
          id: 'EndDeleted',
          noncurrentVersionExpiration: Duration.days(keptMs / DAY),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      unlogged: 'holds backups that nobody reads day by day; who reads one is told by CloudTrail, whose data events also cover the key',
    });
    this.bucket = bucket;
    this.replication = this.replicated(bucket, props, ofSpan(lock, this.lockedFor), keptMs);
    RecoveryRecord.of(this).add({
      owner: this,
      facts: () => [
        {
          kind: 'exclusion',
          implied: true,
          resource: resourceId(bucket),
          by: this.node.path,
          reason: 'holds backups of databases and files that people run themselves',
        },
      ],
    });
  }

  private replicated(bucket: Bucket, props: BackupRepositoryProps, lock: ObjectLock, keptMs: number): BucketReplication | undefined {
    const { recoveryRegion, recoveryAccount, alarmActions, recoveryAlarmActions } = props;
    if (recoveryRegion === undefined && recoveryAccount === undefined) {
      return undefined;
    }
    const destination = ReplicaBucket.inRegion(recoveryRegion ?? Stack.of(this).region, {
      account: recoveryAccount,
      noncurrentVersionExpiration: Duration.days(keptMs / DAY),
      lock,
    });
    return new BucketReplication(this, 'Replication', {
      source: bucket,
      // what retention gives up here is given up there too, and can be brought back there as long
      rules: [{ id: 'backups', destination, deleteMarkers: true }],
      alarmActions,
      recoveryAlarmActions,
    });
  }
}

/** The same lock for a bucket that no other setting gives a span. */
function ofSpan({ isCompliance, acknowledgement }: ObjectLock, retention: Duration): ObjectLock {
  return isCompliance ? ObjectLock.compliance({ acknowledgement: acknowledgement!, retention }) : ObjectLock.governance(retention);
}
