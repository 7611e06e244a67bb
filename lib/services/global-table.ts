import type { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { type CfnResource, type IResolvable, Lazy, Stack, Token } from 'aws-cdk-lib/core';

import { unwrapped } from './settings';

export type GlobalTableCfn = CfnGlobalTable;

/** A replica as it stands in the tree. */
export interface Replica {
  readonly region: unknown;
  readonly pointInTimeRecoverySpecification?: unknown;
  readonly deletionProtectionEnabled?: unknown;
  readonly sseSpecification?: { readonly kmsMasterKeyId?: unknown };
}

/** Settings for the replica in the table's own Region, where the user left them out. */
export interface ReplicaDefaults {
  readonly recovery: object;
  readonly deletionProtectionEnabled?: boolean;
}

type Replicas = CfnGlobalTable['replicas'];

/** What was there before our defaults, so that a second plan replaces the first one's. */
const originals = new WeakMap<CfnResource, { readonly ours: Replicas; readonly original: Replicas }>();

export function isGlobalTable(cfn: CfnResource): cfn is GlobalTableCfn {
  return cfn.cfnResourceType === 'AWS::DynamoDB::GlobalTable';
}

/** The replicas as the template will hold them. */
export function replicasOf(cfn: GlobalTableCfn): readonly Replica[] {
  const replicas = unwrapped(cfn, cfn.replicas);
  return Array.isArray(replicas) ? replicas.filter((replica) => !Token.isUnresolved(replica)) : [];
}

/** Protects the replica in the table's own Region. The list stays lazy: replicas may be added to a table until synth. */
export function prepareOwnReplica(cfn: GlobalTableCfn, defaults: ReplicaDefaults): void {
  const known = originals.get(cfn);
  const original = known?.ours === cfn.replicas ? known.original : cfn.replicas;
  const { region } = Stack.of(cfn);
  const ours: IResolvable = Lazy.uncachedAny({
    produce: () => {
      const replicas = unwrapped(cfn, original);
      return Array.isArray(replicas)
        ? replicas.map((replica: Replica) => (replica.region === region ? withDefaults(replica, defaults) : replica))
        : replicas;
    },
  });
  cfn.replicas = ours;
  originals.set(cfn, { ours, original });
}

function withDefaults(replica: Replica, { recovery, deletionProtectionEnabled }: ReplicaDefaults): Replica {
  return {
    ...replica,
    pointInTimeRecoverySpecification: replica.pointInTimeRecoverySpecification ?? recovery,
    deletionProtectionEnabled: replica.deletionProtectionEnabled ?? deletionProtectionEnabled,
  };
}
