import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import { CfnDeletionPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { namedKey } from '../core/private/keys';
import type { ConcernFact, KeyFact } from '../model/facts';
import { concern } from '../services/facts';
import { tellReplica } from '../services/replica-knowledge';
import { isDeletedWithStack, keepOnDelete, textOf, whileAttached } from '../services/settings';
import type { FileSystemReplicationProps } from './file-system-replication-props';
import { requireBeside } from './private/beside';
import { claimReplication } from './private/claims';
import { requireKeyIn } from './private/copy-key';
import { addSyncAlarm, USUAL_MAX_LAG_MS } from './private/file-system-alarm';
import { destinationOf, type FileSystemDestination } from './private/file-system-destination';
import { fileSystemRole, WRITE_ACTIONS } from './private/file-system-role';
import { type FileSystemSource, fileSystemOf, isReplicatedTo } from './private/file-system-source';
import { recordLiveCopies } from './private/live-copies';
import { maxLagOf } from './private/max-lag';
import { recoveryKeyOf } from './private/recovery-key';

/** What a replication is made with. */
interface Means {
  readonly role?: IRoleRef;
  readonly keyArn?: string;
}

/**
 * Replicates an EFS file system to another Region: into a new file system with a key of its own, or into one that exists. The destination
 * can be read only, until somebody deletes the replication, which is the failover.
 *
 * Errors and deletions are replicated too, so that recovery points stay needed. EFS makes no mount targets for a new destination.
 * @example
 * new FileSystemReplication(this, 'Replication', { source: fileSystem, recoveryRegion: 'ap-northeast-3' });
 */
export class FileSystemReplication extends Construct {
  /** The Region that gets the replica. */
  public readonly recoveryRegion: string;
  /** The ARN of the replica, where it existed before; undefined where EFS makes it, with an id that nobody knows before. */
  public readonly replicaArn?: string;
  /** What the file system names the key of the replica by: the ARN of a key or alias; undefined for a destination that existed before. */
  public readonly replicaKeyArn?: string;
  /** The role that EFS uses, for a destination in another account. */
  public readonly role?: IRoleRef;
  /** All alarms, in the Region of the source. */
  public readonly alarms: Alarm[];
  /** Goes off where the last sync is too long ago, where there was none yet, and where the replication is gone. */
  public readonly lagAlarm: Alarm;

  private readonly source: FileSystemSource;
  private readonly destination: FileSystemDestination;

  /**
   * Throws `NotAFileSystem`, `SourceOutOfReach` or `SourceIsDestination` for what cannot be replicated, `ReplicationAlreadySet` where the
   * source is replicated elsewhere already, and `NoDestination`, `DestinationUnknown` or `RecoveryRegionIsOwn` where there is no place to
   * replicate it to.
   */
  constructor(scope: Construct, id: string, props: FileSystemReplicationProps) {
    super(scope, id);
    this.source = fileSystemOf(this, props.source);
    requireBeside(this, this.source, { property: 'source', otherwise: 'its alarms would look for data' });
    this.destination = destinationOf(this, this.source.cfn, props);
    this.claim();
    const { role, keyArn } = this.replicate(props);
    this.recoveryRegion = this.destination.region;
    this.replicaArn = this.destination.existing?.arn;
    this.replicaKeyArn = keyArn;
    this.role = role;
    keepOnDelete(this.source.cfn, CfnDeletionPolicy.RETAIN);
    recordLiveCopies(this, this.source, () => this.concerns());
    this.lagAlarm = addSyncAlarm(this, 'LagAlarm', {
      fileSystemId: this.source.cfn.ref,
      destinationId: this.destination.existing?.id,
      maxLagMs: maxLagOf(this, props, USUAL_MAX_LAG_MS),
      actions: props.alarmActions,
    });
    this.alarms = [this.lagAlarm];
  }

  /** A file system takes part in one replication, on one of its sides. */
  private claim(): void {
    const remedy = 'a file system is in one replication only: leave one of them out';
    claimReplication(this, `'${this.source.id}'`, remedy);
    const { existing } = this.destination;
    if (existing !== undefined) {
      claimReplication(this, `'${existing.id}'`, remedy);
    }
  }

  /** Sets the replication, unless the template says it already: what you set stays. */
  private replicate({ availabilityZone, encryptionKey, role }: FileSystemReplicationProps): Means {
    const { region, existing } = this.destination;
    const { cfn } = this.source;
    const given = encryptionKey && requireKeyIn(this, 'encryptionKey', encryptionKey, { region });
    const wanted: CfnFileSystem.ReplicationDestinationProperty = {
      region,
      fileSystemId: existing && (existing.otherAccount === undefined ? existing.id : existing.arn),
      availabilityZoneName: availabilityZone,
      kmsKeyId: given,
      roleArn: role?.roleRef.roleArn,
    };
    if (isReplicatedTo(this, this.source, wanted)) {
      return { role, keyArn: textOf(cfn, 'replicationConfiguration.destinations.0.kmsKeyId') };
    }
    const user = role ?? (existing?.otherAccount === undefined ? undefined : fileSystemRole(this, cfn, existing.arn));
    const key = existing ? undefined : this.keyIn(region, given);
    if (key !== undefined) {
      tellReplica(cfn, region, { key: key.fact });
    }
    cfn.replicationConfiguration = whileAttached(this, {
      destinations: [{ ...wanted, kmsKeyId: key?.arn, roleArn: user?.roleRef.roleArn }],
    });
    return { role: user, keyArn: key?.arn };
  }

  private keyIn(region: string, given: string | undefined): { readonly arn: string; readonly fact: KeyFact } {
    if (given !== undefined) {
      return { arn: given, fact: namedKey(given) };
    }
    const { aliasArn, fact } = recoveryKeyOf(this.source.cfn, { region }, 'elasticfilesystem');
    return { arn: aliasArn, fact };
  }

  private concerns(): readonly ConcernFact[] {
    const { existing } = this.destination;
    return [
      ...(isDeletedWithStack(this.source.cfn)
        ? [concern(this.source, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")]
        : []),
      ...(existing === undefined ? [] : [this.outOfReach(existing)]),
    ];
  }

  /** The destination is defined elsewhere, so that it is the user who makes it ready. */
  private outOfReach({ id, otherAccount }: NonNullable<FileSystemDestination['existing']>): ConcernFact {
    const policy = otherAccount === undefined ? '' : `, and let the account of the source do ${WRITE_ACTIONS.join(', ')} in its policy`;
    return concern(
      this.source,
      'warning',
      'DestinationOutOfReach',
      `the destination '${id}' is not defined in this app, and what it holds is replaced by the source: turn off its replication overwrite protection where it is defined${policy}`,
    );
  }
}
