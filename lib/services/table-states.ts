import { Token } from 'aws-cdk-lib/core';
import { namedKey } from '../core/private/keys';
import { known } from '../core/private/known';
import type { KeyFact, Place } from '../model/facts';
import { LIMITS } from '../model/limits';
import { placeOf } from './facts';
import { type GlobalTableCfn, isGlobalTable, isOwn, keyNameOf, ownReplicaOf, type Replica, replicasOf } from './global-table';
import { replicaKnowledge } from './replica-knowledge';
import type { Target } from './service';
import { settingOf } from './settings';

/** What a table, or one replica of a global table, says about its own protection. */
export interface ReplicaState {
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

/** The table, or every replica of a global table. */
export function replicaStates(target: Target): readonly ReplicaState[] {
  const { cfn } = target;
  if (!cfn) {
    return [];
  }
  if (isGlobalTable(cfn)) {
    return replicasOf(cfn).map((replica) => stateOf(target, cfn, replica));
  }
  const recovery = settingOf(cfn, 'pointInTimeRecoverySpecification') as Recovery | undefined;
  const part = (name: keyof Recovery) => settingOf(cfn, `pointInTimeRecoverySpecification.${name}`);
  return [
    {
      isOwn: true,
      place: placeOf(target),
      recovery: recoveryOf(
        recovery && {
          pointInTimeRecoveryEnabled: part('pointInTimeRecoveryEnabled'),
          recoveryPeriodInDays: part('recoveryPeriodInDays'),
        },
      ),
      deletionProtected: settingOf(cfn, 'deletionProtectionEnabled'),
      strong: false,
      key: tableKey(target),
    },
  ];
}

/** Whether every write to a table is in another Region before it returns; `undefined` where only known at deploy time. */
export function isStrong(cfn: GlobalTableCfn): boolean | undefined {
  const mode = settingOf(cfn, 'multiRegionConsistency');
  return Token.isUnresolved(mode) ? undefined : mode === 'STRONG';
}

/** The key of the table, or of the replica in its own Region. */
export function tableKey({ cfn }: Target): KeyFact {
  if (!cfn) {
    return { kind: 'unknown' };
  }
  if (isGlobalTable(cfn)) {
    const own = ownReplicaOf(cfn);
    return own ? replicaKey(cfn, own) : { kind: 'unknown' };
  }
  return namedOrSwitched(settingOf(cfn, 'sseSpecification.kmsMasterKeyId'), settingOf(cfn, 'sseSpecification.sseEnabled'));
}

function stateOf(target: Target, cfn: GlobalTableCfn, replica: Replica): ReplicaState {
  const place = placeOf(target);
  const own = isOwn(cfn, replica);
  return {
    isOwn: own,
    place: own ? place : { region: typeof replica.region === 'string' ? known(replica.region) : undefined, account: place.account },
    recovery: recoveryOf(replica.pointInTimeRecoverySpecification as Recovery | undefined),
    deletionProtected: replica.deletionProtectionEnabled,
    strong: isStrong(cfn) === true,
    key: replicaKey(cfn, replica),
  };
}

/** Point-in-time recovery as it will be; the period is the longest where it is left out. */
function recoveryOf(specification: Recovery | undefined): { on: boolean; days: number } | undefined {
  const on = specification?.pointInTimeRecoveryEnabled ?? false;
  const days = specification?.recoveryPeriodInDays ?? LIMITS.tableRecovery.value.max;
  return typeof on !== 'boolean' || typeof days !== 'number' || Token.isUnresolved(days) || Token.isUnresolved(specification)
    ? undefined
    : { on, days };
}

/** Replicas have a key each; the switch belongs to the whole table. */
function replicaKey(cfn: GlobalTableCfn, replica: Replica): KeyFact {
  const named = namedOrSwitched(keyNameOf(replica), settingOf(cfn, 'sseSpecification.sseEnabled'));
  return named.kind === 'customer' && named.id === undefined ? (replicaKnowledge(cfn, replica.region).key ?? named) : named;
}

function namedOrSwitched(key: unknown, on: unknown): KeyFact {
  if (typeof key === 'string') {
    return namedKey(key);
  }
  return Token.isUnresolved(on) ? { kind: 'unknown' } : { kind: on === true ? 'service-managed' : 'aws-owned' };
}
