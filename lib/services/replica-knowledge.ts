import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnResource } from 'aws-cdk-lib/core';
import type { CopyFact, KeyFact } from '../model/facts';

/** What whoever set up a replica knows about it, but the properties of the source do not tell. */
export interface ReplicaKnowledge {
  /** The bucket itself, where this app makes it. */
  readonly bucket?: CfnBucket;
  readonly region?: string;
  readonly account?: string;
  readonly key?: KeyFact;
  /** How a lock on the replica keeps what it holds. */
  readonly immutable?: CopyFact['immutable'];
  readonly lockedMs?: CopyFact['lockedMs'];
}

const told = new WeakMap<CfnResource, Map<string, ReplicaKnowledge>>();

/** Remembers what is known about one destination of a resource, under the text that its properties name it by. */
export function tellReplica(source: CfnResource, destination: string, knowledge: ReplicaKnowledge): void {
  const ofSource = told.get(source) ?? new Map<string, ReplicaKnowledge>();
  told.set(source, ofSource.set(destination, { ...ofSource.get(destination), ...knowledge }));
}

/** What was told about a destination; nothing where nobody did. */
export function replicaKnowledge(source: CfnResource, destination: unknown): ReplicaKnowledge {
  return (typeof destination === 'string' ? told.get(source)?.get(destination) : undefined) ?? {};
}
