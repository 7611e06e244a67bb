import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { LIMITS } from '../model/limits';
import { isGlobalTable, recoverOwnReplica } from './global-table';
import type { Target } from './service';
import { setDefault } from './settings';
import { type ReplicaState, replicaStates } from './table-states';

/** Turns point-in-time recovery of a table on, or of its replica in its own Region, where nobody has said anything about it. */
export function turnOnRecovery(target: Target): void {
  const { cfn } = target;
  if (!cfn) {
    return;
  }
  const recovery = { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: LIMITS.tableRecovery.value.max };
  if (isGlobalTable(cfn)) {
    recoverOwnReplica(cfn, recovery);
  } else {
    setDefault(cfn as CfnTable, 'pointInTimeRecoverySpecification', recovery);
  }
}

/** Point-in-time recovery as it stands; nothing where only known at deploy time, or where the table is not of this app. */
export function ownRecovery(target: Target): ReplicaState['recovery'] {
  return replicaStates(target).find(({ isOwn }) => isOwn)?.recovery;
}
