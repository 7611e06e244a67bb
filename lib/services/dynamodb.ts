import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnDeletionPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { ConcernFact, CopyFact, Term } from '../model/facts';
import { LIMITS } from '../model/limits';
import { SERVICE_LIMITS } from '../model/limits/services';
import { DAY } from '../model/time';
import { describeTarget, newestSecond, outOfReach, serviceCopy, TAKEOVER, term } from './facts';
import { isGlobalTable, prepareOwnReplica } from './global-table';
import type { Needs, ServiceAdapter, Target } from './service';
import { isDeletedWithStack, keepOnDelete, longestReliedOn, setDefault, unsetDefault } from './settings';
import { deletedConcerns, deletionConcerns, recoveryConcerns } from './table-concerns';
import { type ReplicaState, replicaStates, tableKey } from './table-states';

/** DynamoDB tables: AWS Backup has no continuous backup for them, so point-in-time recovery is the table's own. */
export const DYNAMODB: ServiceAdapter = {
  types: ['DynamoDB'],
  describe: (target) => describeTarget(target, { key: tableKey(target) }),
  copies: (target, restore) => replicaStates(target).flatMap((replica) => copiesOf(target, replica, restore)),
  prepare: (target, needs) => {
    const { max } = LIMITS.tableRecovery.value;
    const asked = needs.serviceRetentionDays ?? max;
    const wanted = Token.isUnresolved(asked) ? asked : Math.min(asked, max);
    const days = target.cfn ? longestReliedOn(target.cfn, wanted) : wanted;
    if (!target.cfn) {
      return () => [
        ...outOfReach(target, [`turn on point-in-time recovery with ${days} days`, 'turn on deletion protection']),
        ...advancedFeatures(target, needs),
      ];
    }
    const deleted = isDeletedWithStack(target.cfn);
    keepOnDelete(target.cfn, CfnDeletionPolicy.RETAIN);
    setDefaults(target, days, !deleted);
    return () => {
      const own = replicaStates(target).find(({ isOwn }) => isOwn);
      return [
        ...(own ? recoveryConcerns(target, own, needs.serviceRetentionDays) : []),
        ...(deleted ? deletedConcerns(target) : own ? deletionConcerns(target, own) : []),
        ...advancedFeatures(target, needs),
      ];
    };
  },
};

function copiesOf(target: Target, state: ReplicaState, restore: readonly Term[]): readonly CopyFact[] {
  const { isOwn, place, recovery, key } = state;
  const { id } = target;
  const region = place.region ?? 'another Region';
  const where = isOwn ? '' : ` of the replica in ${region}`;
  const suffix = isOwn ? '' : `-${region}`;
  const lag = term('replication lag', state.strong ? SERVICE_LIMITS.strongTableReplicaLag : SERVICE_LIMITS.tableReplicaLag);
  // a replica and its own recovery are lost together, so they count as one copy
  const store = isOwn || place.region === undefined ? place : { ...place, container: id };
  const own = { resource: id, by: id, place: store, key, beside: isOwn };
  const copies: CopyFact[] = [];
  if (!isOwn) {
    const mechanism = `replica of the global table in ${region}`;
    copies.push(serviceCopy({ ...own, id: `replica${suffix}`, mechanism, form: 'replica', staleness: [lag], restore: TAKEOVER }));
  }
  if (recovery?.on) {
    const keptMs = recovery.days * DAY;
    copies.push(
      serviceCopy({
        ...own,
        id: `point-in-time-recovery${suffix}`,
        mechanism: `point-in-time recovery${where}`,
        form: 'continuous',
        staleness: [...(isOwn ? [] : [lag]), newestSecond(target)],
        restore,
        keptMs,
        shortestKeptMs: keptMs,
      }),
    );
  }
  return copies;
}

function setDefaults({ cfn }: Target, days: number, protect: boolean): void {
  const recovery = { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: days };
  if (isGlobalTable(cfn!)) {
    prepareOwnReplica(cfn, { recovery, deletionProtectionEnabled: protect || undefined });
    return;
  }
  const table = cfn as CfnTable;
  unsetDefault(table, 'pointInTimeRecoverySpecification');
  setDefault(table, 'pointInTimeRecoverySpecification', recovery);
  if (protect) {
    setDefault(table, 'deletionProtectionEnabled', true);
  } else {
    unsetDefault(table, 'deletionProtectionEnabled');
  }
}

/** A setting of the account, so it is told once for each stack. */
function advancedFeatures({ construct }: Target, { copied }: Needs): readonly ConcernFact[] {
  return copied
    ? [
        {
          kind: 'concern',
          severity: 'warning',
          code: 'TableCopiesNeedAdvancedFeatures',
          by: Stack.of(construct).node.path,
          message:
            "copies of DynamoDB tables need AWS Backup's advanced features for DynamoDB, which accounts with a vault older than 21 November 2021 have to turn on: " +
            "check that `aws backup describe-region-settings` shows DynamoDB true under 'ResourceTypeManagementPreference'",
        },
      ]
    : [];
}
