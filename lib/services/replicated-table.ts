import { Lazy, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { isAttached } from '../core/private/inventory';
import type { ConcernFact } from '../model/facts';
import { LIMITS } from '../model/limits';
import { checkStrongTable } from '../model/limits/tables';
import { DYNAMODB } from './dynamodb';
import { concern, concernOf } from './facts';
import { type GlobalTableCfn, keyNameOf, ownReplicaOf, prepareReplicas, type ReplicaWish, replicasOf } from './global-table';
import type { Concerns, Target } from './service';
import { isDeletedWithStack, settingOf, unwrapped } from './settings';
import { deletionConcerns, recoveryConcerns } from './table-concerns';
import { isStrong, replicaStates } from './table-states';

/** A table of this app that is replicated to other Regions. */
export interface ReplicatedTable extends Target {
  readonly cfn: GlobalTableCfn;
}

/** What a replicated table needs. */
export interface ReplicationNeeds {
  readonly wished: readonly ReplicaWish[];
  /** Days that point-in-time recovery of every replica reaches back; left out: the longest, which nobody relies on. */
  readonly recoveryDays?: number;
}

/** Sets what the replicas of a table need, and says what stands against it. May be called again, as `prepare` of an adapter. */
export function prepareReplicatedTable(table: ReplicatedTable, { wished, recoveryDays }: ReplicationNeeds): Concerns {
  const { cfn } = table;
  const ofTable = DYNAMODB.prepare(table, { continuous: false, copied: false, serviceRetentionDays: recoveryDays });
  const deleted = isDeletedWithStack(cfn);
  prepareReplicas(cfn, wished, {
    recovery: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: recoveryDays ?? LIMITS.tableRecovery.value.max },
    deletionProtectionEnabled: deleted ? undefined : true,
  });
  return () => {
    const others = replicaStates(table).filter(({ isOwn }) => !isOwn);
    return [
      ...ofTable(),
      ...others.flatMap((state) => recoveryConcerns(table, state, recoveryDays)),
      ...(deleted ? [] : others.flatMap((state) => deletionConcerns(table, state))),
      ...listConcerns(table),
      ...keyConcerns(table, wished),
      ...(isStrong(cfn) === true ? strongConcerns(table) : []),
    ];
  };
}

/** Replication with eventual consistency reads a stream of the table, which the template has to declare. */
export function declareStream(owner: IConstruct, cfn: GlobalTableCfn): void {
  const given = cfn.streamSpecification;
  cfn.streamSpecification = Lazy.uncachedAny({
    produce: () =>
      unwrapped(cfn, given) ?? (isStrong(cfn) === true || !isAttached(owner) ? undefined : { streamViewType: 'NEW_AND_OLD_IMAGES' }),
  });
}

function listConcerns(table: ReplicatedTable): readonly ConcernFact[] {
  return Array.isArray(unwrapped(table.cfn, table.cfn.replicas))
    ? []
    : [
        concern(
          table,
          'error',
          'ReplicasUnknown',
          "'replicas' of the table are only known at deploy time, so that none can be added: give a list of them",
        ),
      ];
}

/** Customer managed keys are a matter of all replicas or of none, and a key that the user gave a replica stays. */
function keyConcerns(table: ReplicatedTable, wished: readonly ReplicaWish[]): readonly ConcernFact[] {
  const { cfn } = table;
  const own = ownReplicaOf(cfn);
  if (own === undefined) {
    return [];
  }
  const conflict = (message: string) => [concern(table, 'error', 'TableKeyConflict', message)];
  const keyed = keyNameOf(own) !== undefined;
  const needless = wished.find(({ keyArn }) => !keyed && keyArn !== undefined);
  if (needless !== undefined) {
    return conflict(
      `'encryptionKey' of the replica in ${needless.region} is ${needless.keyArn}, but the table has no customer managed key, and DynamoDB wants one for each replica or for none: give the table such a key too, or leave it out`,
    );
  }
  const replicas = replicasOf(cfn);
  const odd = replicas.find((replica) => (keyNameOf(replica) !== undefined) !== keyed);
  if (odd !== undefined) {
    return conflict(
      `the replica in ${words(odd.region)} has ${keyed ? 'no customer managed key, but the table has one' : 'a customer managed key, but the table has none'}, and DynamoDB wants one for each replica or for none: give the table its key before it is replicated, or leave out that of the replica`,
    );
  }
  const other = wished.find(
    ({ region, keyArn }) => keyArn !== undefined && replicas.some((one) => one.region === region && keyNameOf(one) !== keyArn),
  );
  return other === undefined
    ? []
    : conflict(
        `'encryptionKey' of the replica in ${other.region} is ${other.keyArn}, but the table names another key for it: leave one of them out`,
      );
}

function strongConcerns(table: ReplicatedTable): readonly ConcernFact[] {
  const { cfn } = table;
  const witnesses = unwrapped(cfn, cfn.globalTableWitnesses) ?? [];
  const replicas = replicasOf(cfn);
  if (!Array.isArray(witnesses) || replicas.length === 0) {
    return [];
  }
  const indexes = unwrapped(cfn, cfn.localSecondaryIndexes);
  const enabled = settingOf(cfn, 'timeToLiveSpecification.enabled');
  return checkStrongTable({
    replicas: replicas.map(({ region }) => plain(region)),
    witnesses: witnesses.map((witness) => plain((witness as { readonly region?: unknown }).region)),
    timeToLive: typeof enabled === 'boolean' ? enabled : undefined,
    localIndexes: Array.isArray(indexes) ? indexes.length : undefined,
  }).flatMap((problem) => concernOf(table, problem));
}

function plain(region: unknown): string | undefined {
  return typeof region === 'string' && !Token.isUnresolved(region) ? region : undefined;
}

function words(region: unknown): string {
  return plain(region) ?? 'the Region of the table';
}
