import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { namedKey } from '../core/private/keys';
import { wholeUnits } from '../core/private/known';
import { insist } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { requireElsewhere } from '../core/private/recovery-place';
import { SERVICE_LIMITS } from '../model/limits/services';
import { checkTableRecovery } from '../model/limits/tables';
import { keyNameOf, ownReplicaOf, type ReplicaWish, replicasOf } from '../services/global-table';
import { tellReplica } from '../services/replica-knowledge';
import { declareStream, prepareReplicatedTable, type ReplicatedTable } from '../services/replicated-table';
import { isStrong } from '../services/table-states';
import { requireBeside } from './private/beside';
import { claimReplication } from './private/claims';
import { requireKeyIn } from './private/copy-key';
import { recordLiveCopies } from './private/live-copies';
import { maxLagOf } from './private/max-lag';
import { recoveryKeyOf } from './private/recovery-key';
import { addLagAlarm, addStoppedAlarm } from './private/table-alarms';
import { settleConsistency, tableOf, warnOfSeveralReplicas } from './private/table-source';
import type { TableReplicationProps } from './table-replication-props';

/**
 * Replicates a DynamoDB table to another Region: a replica that answers at once, with point-in-time recovery and deletion protection on
 * every replica, and a key of its own where the table has a customer managed key.
 *
 * A replica repeats errors and deletions, so that point-in-time recovery stays needed. What you set on the table or on a replica stays.
 * @example
 * new TableReplication(this, 'Replication', { source: table, recoveryRegion: 'ap-northeast-3' });
 */
export class TableReplication extends Construct {
  /** The Region that gets the replica. */
  public readonly recoveryRegion: string;
  /** The name of the replica, which is that of the table. */
  public readonly replicaName: string;
  /** The ARN of the replica. */
  public readonly replicaArn: string;
  /** What the table names the key of the replica by: the ARN of a key or alias; undefined where it has no customer managed key. */
  public readonly replicaKeyArn?: string;
  /** All alarms, in the Region of the table. */
  public readonly alarms: Alarm[];
  /** Goes off where items arrive late; none where the consistency is strong, for DynamoDB then publishes no lag. */
  public readonly lagAlarm?: Alarm;
  /** Goes off where items are written, but none arrives; none where the consistency is strong. */
  public readonly stoppedAlarm?: Alarm;

  private readonly table: ReplicatedTable;

  /**
   * Throws `NotATable`, `TableNotGlobal` or `SourceOutOfReach` for what cannot be replicated, `RecoveryRegionIsOwn` for the Region of the
   * table, `ReplicationAlreadySet` for a second replication to one Region, and `ConsistencyConflict` where the table says otherwise.
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TableReplicationProps,
  ) {
    super(scope, id);
    this.table = tableOf(this, props.source);
    const { cfn } = this.table;
    requireBeside(this, this.table, { property: 'source', otherwise: 'its alarms would look for data' });
    const regions = this.requireRegions();
    if (props.consistency) {
      settleConsistency(this, cfn, props.consistency);
    }
    if (isStrong(cfn) !== true) {
      warnOfSeveralReplicas(this, cfn, regions);
    }
    const needs = { wished: regions.map((region) => this.wishFor(region)), recoveryDays: this.recoveryDays() };
    declareStream(this, cfn);
    prepareReplicatedTable(this.table, needs);
    // once more when the tree is complete: what was set in between is then seen, before the copies are read
    RecoveryRecord.of(cfn).add({ owner: this, facts: () => prepareReplicatedTable(this.table, needs)() });
    recordLiveCopies(this, this.table);
    const { recoveryRegion, alarmActions } = props;
    this.recoveryRegion = recoveryRegion;
    this.replicaName = cfn.ref;
    this.replicaKeyArn = needs.wished[0].keyArn;
    this.replicaArn = Stack.of(cfn).formatArn({
      service: 'dynamodb',
      region: recoveryRegion,
      resource: 'table',
      resourceName: cfn.ref,
    });
    if (isStrong(cfn) !== true) {
      const watched = { tableName: cfn.ref, region: recoveryRegion, actions: alarmActions };
      const maxLagMs = maxLagOf(this, props, SERVICE_LIMITS.tableReplicaLag.value);
      this.lagAlarm = addLagAlarm(this, 'LagAlarm', { ...watched, maxLagMs });
      this.stoppedAlarm = addStoppedAlarm(this, 'StoppedAlarm', watched);
    }
    this.alarms = [this.lagAlarm, this.stoppedAlarm].filter((alarm) => alarm !== undefined);
  }

  /** The Regions that get a replica: one for recovery, and perhaps the third that strong consistency takes. */
  private requireRegions(): readonly string[] {
    const { recoveryRegion, consistency } = this.props;
    const third = consistency?._replica;
    const regions = third === undefined ? [recoveryRegion] : [recoveryRegion, third];
    for (const region of regions) {
      requireElsewhere(this, this.table.cfn, { region, property: region === recoveryRegion ? 'recoveryRegion' : 'consistency' });
      claimReplication(this, `'${this.table.id}' in ${region}`, 'leave one of them out');
    }
    if (consistency?._witness !== undefined) {
      requireElsewhere(this, this.table.cfn, { region: consistency._witness, property: 'consistency' });
    }
    return regions;
  }

  private recoveryDays(): number | undefined {
    const { recoveryPeriod } = this.props;
    const days = recoveryPeriod && wholeUnits(this, 'recoveryPeriod', recoveryPeriod, 'days');
    insist(this, checkTableRecovery('recoveryPeriod', Token.isUnresolved(days) ? undefined : days));
    return days;
  }

  /** The replica with its key: a customer managed key is a matter of all replicas or of none. */
  private wishFor(region: string): ReplicaWish {
    const { encryptionKey, recoveryRegion } = this.props;
    const { cfn } = this.table;
    const own = ownReplicaOf(cfn);
    if (encryptionKey !== undefined && region === recoveryRegion) {
      const keyArn = requireKeyIn(this, 'encryptionKey', encryptionKey, { region });
      tellReplica(cfn, region, { key: namedKey(keyArn) });
      return { region, owner: this, keyArn };
    }
    const given = replicasOf(cfn).find((replica) => replica.region === region);
    if (own === undefined || keyNameOf(own) === undefined || (given !== undefined && keyNameOf(given) !== undefined)) {
      return { region, owner: this };
    }
    const key = recoveryKeyOf(cfn, { region }, 'dynamodb');
    tellReplica(cfn, region, { key: key.fact });
    return { region, owner: this, keyArn: key.aliasArn };
  }
}
