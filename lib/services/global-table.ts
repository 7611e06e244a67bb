import type { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { type CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { isAttached } from '../core/private/inventory';
import { overriddenList } from './overridden';
import { unwrapped } from './settings';

export type GlobalTableCfn = CfnGlobalTable;

/** A replica as it stands in the tree. */
export interface Replica {
  readonly region: unknown;
  readonly pointInTimeRecoverySpecification?: unknown;
  readonly deletionProtectionEnabled?: unknown;
  readonly sseSpecification?: { readonly kmsMasterKeyId?: unknown };
}

/** Settings of a replica, where the user left them out. */
export interface ReplicaDefaults {
  readonly recovery: object;
  readonly deletionProtectionEnabled?: boolean;
}

/** A replica that this library adds, or completes where the user has added it. */
export interface ReplicaWish {
  readonly region: string;
  /** Who wishes it: without them there is no wish. */
  readonly owner: IConstruct;
  /** Its key, where the table has a customer managed key. */
  readonly keyArn?: string;
}

type Replicas = CfnGlobalTable['replicas'];

/** All that is wished of the replicas of one table, beside the list as the user has it. */
interface Wishes {
  list: Replicas;
  original: Replicas;
  own?: ReplicaDefaults;
  every?: ReplicaDefaults;
  recovery?: object;
  /** By Region. */
  readonly wished: Map<string, ReplicaWish>;
}

const wishes = new WeakMap<CfnResource, Wishes>();

/** What a replica takes over from that in the table's own Region: all that names nothing of a Region. */
const SHARED = [
  'contributorInsightsSpecification',
  'globalSecondaryIndexes',
  'globalTableSettingsReplicationMode',
  'readOnDemandThroughputSettings',
  'readProvisionedThroughputSettings',
  'tableClass',
  'tags',
] as const;

export function isGlobalTable(cfn: CfnResource): cfn is GlobalTableCfn {
  return cfn.cfnResourceType === 'AWS::DynamoDB::GlobalTable';
}

/** The replicas as the template will hold them. */
export function replicasOf(cfn: GlobalTableCfn): readonly Replica[] {
  const replicas = unwrapped(cfn, cfn.replicas);
  const overridden = overriddenList(cfn, 'Replicas', Array.isArray(replicas) ? replicas : []);
  return overridden.filter((replica): replica is Replica => !Token.isUnresolved(replica));
}

/** The replica in the table's own Region. */
export function ownReplicaOf(cfn: GlobalTableCfn): Replica | undefined {
  return replicasOf(cfn).find((replica) => isOwn(cfn, replica));
}

export function isOwn(cfn: CfnResource, { region }: Replica): boolean {
  return region === Stack.of(cfn).region;
}

/** The key that a replica names, whatever it is. */
export function keyNameOf({ sseSpecification }: Replica): unknown {
  return sseSpecification?.kmsMasterKeyId;
}

/** Protects the replica in the table's own Region. */
export function prepareOwnReplica(cfn: GlobalTableCfn, defaults: ReplicaDefaults): void {
  wishesOf(cfn).own = defaults;
}

/** Turns point-in-time recovery on for the replica in the table's own Region, unless something protects it anyway. */
export function recoverOwnReplica(cfn: GlobalTableCfn, recovery: object): void {
  wishesOf(cfn).recovery = recovery;
}

/** Adds replicas, or completes those that are there already, and protects every replica of the table. */
export function prepareReplicas(cfn: GlobalTableCfn, wished: readonly ReplicaWish[], defaults: ReplicaDefaults): void {
  const ofTable = wishesOf(cfn);
  ofTable.every = defaults;
  for (const wish of wished) {
    ofTable.wished.set(wish.region, wish);
  }
}

/** Turns the list into ours, once more where the user has replaced it. It stays lazy: replicas may be added until synth. */
function wishesOf(cfn: GlobalTableCfn): Wishes {
  const ofTable = wishes.get(cfn) ?? { list: cfn.replicas, original: cfn.replicas, wished: new Map<string, ReplicaWish>() };
  if (cfn.replicas !== ofTable.list || !wishes.has(cfn)) {
    ofTable.original = cfn.replicas;
    ofTable.list = Lazy.uncachedAny({ produce: () => produce(cfn, ofTable) });
    cfn.replicas = ofTable.list;
    wishes.set(cfn, ofTable);
  }
  return ofTable;
}

function standing({ wished }: Wishes): readonly ReplicaWish[] {
  return [...wished.values()].filter(({ owner }) => isAttached(owner));
}

function produce(cfn: GlobalTableCfn, wishes: Wishes): unknown {
  const { original, own, recovery } = wishes;
  const wished = standing(wishes);
  const every = wished.length > 0 ? wishes.every : undefined;
  const given = unwrapped(cfn, original);
  if (!Array.isArray(given)) {
    return given;
  }
  const readable: Replica[] = given.filter((replica) => !Token.isUnresolved(replica));
  const model = readable.find((replica) => isOwn(cfn, replica)) ?? readable[0];
  const keyed = model !== undefined && keyNameOf(model) !== undefined;
  const missing = wished.filter(({ region }) => !readable.some((replica) => replica.region === region));
  return [...given, ...missing.map(({ region }) => ({ region, ...shared(model) }))].map((replica: Replica) =>
    Token.isUnresolved(replica)
      ? replica
      : {
          ...replica,
          ...(keyed
            ? keyOf(
                replica,
                wished.find(({ region }) => region === replica.region),
              )
            : {}),
          ...withDefaults(replica, isOwn(cfn, replica) ? (own ?? every ?? (recovery && { recovery })) : every),
        },
  );
}

function shared(model: Replica | undefined): object {
  const settings = (model ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(SHARED.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]));
}

function keyOf(replica: Replica, wish: ReplicaWish | undefined): object {
  return keyNameOf(replica) === undefined && wish?.keyArn !== undefined ? { sseSpecification: { kmsMasterKeyId: wish.keyArn } } : {};
}

function withDefaults(replica: Replica, defaults: ReplicaDefaults | undefined): object {
  return defaults === undefined
    ? {}
    : {
        pointInTimeRecoverySpecification: replica.pointInTimeRecoverySpecification ?? defaults.recovery,
        deletionProtectionEnabled: replica.deletionProtectionEnabled ?? defaults.deletionProtectionEnabled,
      };
}
