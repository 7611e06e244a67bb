import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { CfnDBInstance, IDBInstanceRef } from 'aws-cdk-lib/aws-rds';
import { type Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { namedKey } from '../core/private/keys';
import { known, wholeUnits } from '../core/private/known';
import { insist } from '../core/private/problems';
import { requireElsewhere } from '../core/private/recovery-place';
import type { KeyFact } from '../model/facts';
import { checkBackupReplication } from '../model/limits';
import { checkReplicaRetention } from '../model/limits/databases';
import { SERVICE_RETENTION_DAYS } from '../model/retention';
import { labelOf } from '../model/services';
import { targetOf } from '../services';
import { storageKey } from '../services/facts';
import { tellReplica } from '../services/replica-knowledge';
import type { Target } from '../services/service';
import { numberOf, settingOf, textOf, whileAttached } from '../services/settings';
import { requireKeyIn } from './private/copy-key';
import { recordLiveCopies } from './private/live-copies';
import { recoveryKeyOf } from './private/recovery-key';

/** Properties of a DatabaseBackupReplication. */
export interface DatabaseBackupReplicationProps {
  /** The database instance whose automated backups are replicated: an L2 or an L1 of this app. Aurora clusters and Multi-AZ clusters have none. */
  readonly source: IDBInstanceRef;
  /** The Region that gets the backups, as plain text, such as `ap-northeast-3`. RDS replicates between certain pairs of Regions only. */
  readonly recoveryRegion: string;
  /**
   * How long the replicated backups are kept, 1 to 35 whole days.
   * @default - as long as the template says that the instance keeps its own; 7 days where it does not say it
   */
  readonly retention?: Duration;
  /**
   * The key that encrypts the replicated backups, in the recovery Region. RDS documents that it takes the ARN of a key here; the
   * key that this library makes is named by the ARN of its alias.
   * @default - a key of the stack's own in the recovery Region, in the stack `<stack>-recovery-<Region>`; none where the instance is not encrypted
   */
  readonly encryptionKey?: IKeyRef;
}

/** What the library sets on the instance, by the name of the property. */
type Settings = Pick<
  CfnDBInstance,
  'automaticBackupReplicationRegion' | 'automaticBackupReplicationKmsKeyId' | 'automaticBackupReplicationRetentionPeriod'
>;

/**
 * Sends the automated backups of a database instance to another Region, log by log, so that any second of the last days can be
 * restored there.
 *
 * The settings belong to the instance, so nothing but a key is made in the recovery Region. No event or metric of RDS tells that
 * replication has stopped: a RecoveryWatch asks for it, where the instance is protected.
 * @example
 * new DatabaseBackupReplication(this, 'Copies', {
 *   source: database,
 *   recoveryRegion: 'ap-northeast-3',
 *   retention: Duration.days(14),
 * });
 */
export class DatabaseBackupReplication extends Construct {
  /** The Region that gets the backups. */
  public readonly recoveryRegion: string;
  /** What the instance names the key of the replicated backups by: the ARN of a key or alias; undefined where it is not encrypted. */
  public readonly replicaKeyArn?: string;

  /**
   * Throws `BackupReplicationUnsupported` for what is no database instance, `SourceOutOfReach` for an imported one, `RecoveryRegionIsOwn` for the
   * Region of the instance, `ReplicationAlreadySet` where the template says otherwise, and the codes of docs/errors.md for what RDS would refuse.
   */
  constructor(scope: Construct, id: string, props: DatabaseBackupReplicationProps) {
    super(scope, id);
    const { source, recoveryRegion } = props;
    this.recoveryRegion = recoveryRegion;
    const target = targetOf(this, source);
    const instance = this.instanceOf(target);
    requireElsewhere(this, instance, { region: recoveryRegion });
    const retentionDays = this.retentionOf(props.retention, instance);
    const encrypted = storageKey(target).kind !== 'none';
    const problems = [
      ...checkBackupReplication({
        engine: textOf(instance, 'engine'),
        member: false,
        sourceRegion: known(Stack.of(instance).region),
        destinationRegion: recoveryRegion,
        sourceRetentionDays: numberOf(instance, 'backupRetentionPeriod'),
        encrypted,
        key: true,
      }),
      checkReplicaRetention(known(retentionDays)),
    ];
    // warnings are told where what the app sets up is judged, as they are of instances without this construct
    insist(this, ...problems.filter((problem) => problem?.severity === 'error'));
    const key = encrypted ? this.keyOf(props.encryptionKey, instance) : undefined;
    this.replicaKeyArn = key?.arn;
    this.set(instance, {
      automaticBackupReplicationRegion: recoveryRegion,
      automaticBackupReplicationKmsKeyId: key?.arn,
      automaticBackupReplicationRetentionPeriod: retentionDays,
    });
    tellReplica(instance, recoveryRegion, { key: key?.fact });
    recordLiveCopies(this, target);
  }

  private instanceOf({ cfn, id, type }: Target): CfnDBInstance {
    if (type !== 'RDS') {
      const remedy =
        type === 'Aurora'
          ? 'make it the primary of an AuroraGlobalDatabase, or copy its recovery points'
          : 'copy its recovery points, or replicate it by other means';
      throw new ConfigurationError(
        'BackupReplicationUnsupported',
        `'source' is '${id}' (${labelOf(type)}), but RDS replicates automated backups of database instances only: ${remedy}`,
        this,
      );
    }
    if (cfn === undefined) {
      throw new ConfigurationError(
        'SourceOutOfReach',
        `'source' is '${id}', which is not defined in this app, so its properties cannot be set: set 'AutomaticBackupReplicationRegion' to ${this.recoveryRegion} where it is defined`,
        this,
      );
    }
    return cfn as CfnDBInstance;
  }

  private retentionOf(retention: Duration | undefined, instance: CfnDBInstance): number {
    return retention
      ? wholeUnits(this, 'retention', retention, 'days')
      : (numberOf(instance, 'automaticBackupReplicationRetentionPeriod') ??
          numberOf(instance, 'backupRetentionPeriod') ??
          SERVICE_RETENTION_DAYS);
  }

  private keyOf(key: IKeyRef | undefined, instance: CfnDBInstance): { readonly arn: string; readonly fact: KeyFact } {
    const present = settingOf(instance, 'automaticBackupReplicationKmsKeyId');
    const arn = key ? requireKeyIn(this, 'encryptionKey', key, { region: this.recoveryRegion }) : present;
    if (typeof arn === 'string') {
      return { arn, fact: namedKey(arn) };
    }
    const { aliasArn, fact } = recoveryKeyOf(instance, { region: this.recoveryRegion }, 'rds');
    return { arn: aliasArn, fact };
  }

  /** Sets what the user left out; what they set otherwise is theirs, and both cannot hold. */
  private set(instance: CfnDBInstance, settings: Settings): void {
    for (const [name, value] of Object.entries(settings) as [keyof Settings & string, string | number | undefined][]) {
      const present = settingOf(instance, name);
      if (present !== undefined && present !== value) {
        throw new ConfigurationError(
          'ReplicationAlreadySet',
          `'${name}' of '${instance.node.path}' is ${present} already, but ${value ?? 'nothing'} is asked for here: leave one of them out`,
          this,
        );
      }
    }
    const lasting = Object.entries(settings).map(([name, value]) => [
      name,
      value === undefined ? undefined : whileAttached(this, value, instance[name as keyof Settings]),
    ]);
    Object.assign(instance, Object.fromEntries(lasting));
  }
}
