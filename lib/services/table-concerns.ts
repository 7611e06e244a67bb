import { Token } from 'aws-cdk-lib/core';
import type { ConcernFact } from '../model/facts';
import { LIMITS } from '../model/limits';
import { concern } from './facts';
import type { Target } from './service';
import type { ReplicaState } from './table-states';

/** What stands against point-in-time recovery of a table or replica; `wanted` are the days that somebody relies on. */
export function recoveryConcerns(target: Target, state: ReplicaState, wanted: number | undefined): readonly ConcernFact[] {
  const { recovery } = state;
  if (recovery === undefined) {
    return [];
  }
  const days = wanted === undefined || Token.isUnresolved(wanted) ? wanted : Math.min(wanted, LIMITS.tableRecovery.value.max);
  if (!recovery.on) {
    return [
      concern(
        target,
        days === undefined ? 'warning' : 'error',
        'TableRecoveryOff',
        `'pointInTimeRecoveryEnabled'${of(state)} is false, but AWS Backup has no continuous backup of tables: set it to true, or leave it out`,
      ),
    ];
  }
  return days !== undefined && !Token.isUnresolved(days) && recovery.days < days
    ? [
        concern(
          target,
          'warning',
          'TableRecoveryShort',
          `'recoveryPeriodInDays'${of(state)} is ${recovery.days}, but ${days} days are relied on: set ${days}, or leave it out`,
        ),
      ]
    : [];
}

export function deletionConcerns(target: Target, state: ReplicaState): readonly ConcernFact[] {
  return state.deletionProtected === false
    ? [
        concern(
          target,
          'warning',
          'DeletionUnprotected',
          `'deletionProtection'${of(state)} is false, so one call deletes the ${state.isOwn ? 'table' : 'replica'}: set it to true, or leave it out`,
        ),
      ]
    : [];
}

export function deletedConcerns(target: Target): readonly ConcernFact[] {
  return [concern(target, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")];
}

function of({ isOwn, place }: ReplicaState): string {
  return isOwn ? '' : ` of the replica in ${place.region ?? 'another Region'}`;
}
