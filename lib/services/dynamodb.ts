import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnDeletionPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { namedKey } from '../core/private/keys';
import { known } from '../core/private/known';
import type { ConcernFact, CopyFact, KeyFact, Place, Term } from '../model/facts';
import { LIMITS } from '../model/limits';
import { SERVICE_LIMITS } from '../model/limits/services';
import { DAY } from '../model/time';
import { concern, describeTarget, newestSecond, outOfReach, placeOf, serviceCopy, TAKEOVER, term } from './facts';
import { type GlobalTableCfn, isGlobalTable, prepareOwnReplica, type Replica, replicasOf } from './global-table';
import type { Needs, ServiceAdapter, Target } from './service';
import { isDeletedWithStack, keepOnDelete, longestReliedOn, setDefault, settingOf, unsetDefault } from './settings';

/** DynamoDB tables: AWS Backup has no continuous backup for them, so point-in-time recovery is the table's own. */
export const DYNAMODB: ServiceAdapter = {
  types: ['DynamoDB'],
  describe: (target) => describeTarget(target, { key: keyOf(target) }),
  copies: (target, restore) => replicaStates(target).flatMap((replica) => copiesOf(target, replica, restore)),
  prepare: (target, needs) => {
    const wanted = Math.min(needs.serviceRetentionDays ?? LIMITS.tableRecovery.value.max, LIMITS.tableRecovery.value.max);
    const days = target.cfn ? longestReliedOn(target.cfn, wanted) : wanted;
    if (!target.cfn) {
      return outOfReach(target, [`turn on point-in-time recovery with ${days} days`, 'turn on deletion protection']).concat(
        advancedFeatures(target, needs),
      );
    }
    const deleted = isDeletedWithStack(target.cfn);
    keepOnDelete(target.cfn, CfnDeletionPolicy.RETAIN);
    setDefaults(target, days, !deleted);
    const own = replicaStates(target).find(({ isOwn }) => isOwn);
    return [
      ...(own ? recoveryConcerns(target, own, needs.serviceRetentionDays) : []),
      ...deletionConcerns(target, own, deleted),
      ...advancedFeatures(target, needs),
    ];
  },
};

/** What a table, or one replica of a global table, says about its own protection. */
interface ReplicaState {
  readonly isOwn: boolean;
  readonly place: Place;
  /** Left out where only known at deploy time. */
  readonly recovery?: { readonly on: boolean; readonly days: number };
  readonly deletionProtected?: unknown;
  readonly strong: boolean;
  readonly key: KeyFact;
}

interface Recovery {
  readonly pointInTimeRecoveryEnabled?: unknown;
  readonly recoveryPeriodInDays?: unknown;
}

function replicaStates(target: Target): readonly ReplicaState[] {
  const { cfn } = target;
  if (!cfn) {
    return [];
  }
  const place = placeOf(target);
  if (!isGlobalTable(cfn)) {
    const recovery = settingOf(cfn, 'pointInTimeRecoverySpecification') as Recovery | undefined;
    return [
      {
        isOwn: true,
        place,
        recovery: recoveryOf(
          recovery && {
            ...recovery,
            pointInTimeRecoveryEnabled: settingOf(cfn, 'pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled'),
          },
        ),
        deletionProtected: settingOf(cfn, 'deletionProtectionEnabled'),
        strong: false,
        key: keyOf(target),
      },
    ];
  }
  const strong = settingOf(cfn, 'multiRegionConsistency') === 'STRONG';
  return replicasOf(cfn).map((replica) => stateOf(target, cfn, replica, strong));
}

function stateOf(target: Target, cfn: GlobalTableCfn, replica: Replica, strong: boolean): ReplicaState {
  const place = placeOf(target);
  const isOwn = replica.region === Stack.of(cfn).region;
  return {
    isOwn,
    place: isOwn ? place : { region: typeof replica.region === 'string' ? known(replica.region) : undefined, account: place.account },
    recovery: recoveryOf(replica.pointInTimeRecoverySpecification as Recovery | undefined),
    deletionProtected: replica.deletionProtectionEnabled,
    strong,
    key: replicaKey(cfn, replica),
  };
}

function recoveryOf(specification: Recovery | undefined): { on: boolean; days: number } | undefined {
  const on = specification?.pointInTimeRecoveryEnabled ?? false;
  const days = specification?.recoveryPeriodInDays ?? LIMITS.tableRecovery.value.max;
  return typeof on !== 'boolean' || typeof days !== 'number' || Token.isUnresolved(days) || Token.isUnresolved(specification)
    ? undefined
    : { on, days };
}

function copiesOf(target: Target, state: ReplicaState, restore: readonly Term[]): readonly CopyFact[] {
  const { isOwn, place, recovery, key } = state;
  const { id } = target;
  const where = isOwn ? '' : ` of the replica in ${place.region}`;
  const suffix = isOwn ? '' : `-${place.region}`;
  const lag = term('replication lag', state.strong ? SERVICE_LIMITS.strongTableReplicaLag : SERVICE_LIMITS.tableReplicaLag);
  const own = { resource: id, by: id, place, key, beside: isOwn };
  const copies: CopyFact[] = [];
  if (!isOwn) {
    const mechanism = `replica of the global table in ${place.region}`;
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

function recoveryConcerns(target: Target, { recovery }: ReplicaState, wanted: number | undefined): readonly ConcernFact[] {
  if (recovery === undefined) {
    return [];
  }
  const days = wanted && Math.min(wanted, LIMITS.tableRecovery.value.max);
  if (!recovery.on) {
    return [
      concern(
        target,
        days === undefined ? 'warning' : 'error',
        'TableRecoveryOff',
        "'pointInTimeRecoveryEnabled' is false, but AWS Backup has no continuous backup of tables: set it to true, or leave it out",
      ),
    ];
  }
  return days !== undefined && recovery.days < days
    ? [
        concern(
          target,
          'warning',
          'TableRecoveryShort',
          `'recoveryPeriodInDays' is ${recovery.days}, but the plan relies on ${days} days: set ${days}, or leave it out`,
        ),
      ]
    : [];
}

function deletionConcerns(target: Target, own: ReplicaState | undefined, deleted: boolean): readonly ConcernFact[] {
  if (deleted) {
    return [concern(target, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")];
  }
  return own?.deletionProtected === false
    ? [
        concern(
          target,
          'warning',
          'DeletionUnprotected',
          "'deletionProtection' is false, so one call deletes the table: set it to true, or leave it out",
        ),
      ]
    : [];
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

function keyOf({ cfn }: Target): KeyFact {
  if (!cfn) {
    return { kind: 'unknown' };
  }
  if (isGlobalTable(cfn)) {
    const own = replicasOf(cfn).find(({ region }) => region === Stack.of(cfn).region);
    return own ? replicaKey(cfn, own) : { kind: 'unknown' };
  }
  return namedOrSwitched(settingOf(cfn, 'sseSpecification.kmsMasterKeyId'), settingOf(cfn, 'sseSpecification.sseEnabled'));
}

/** Replicas have a key each; the switch belongs to the whole table. */
function replicaKey(cfn: GlobalTableCfn, { sseSpecification }: Replica): KeyFact {
  return namedOrSwitched(sseSpecification?.kmsMasterKeyId, settingOf(cfn, 'sseSpecification.sseEnabled'));
}

function namedOrSwitched(key: unknown, on: unknown): KeyFact {
  if (typeof key === 'string') {
    return namedKey(key);
  }
  return Token.isUnresolved(on) ? { kind: 'unknown' } : { kind: on === true ? 'service-managed' : 'aws-owned' };
}
