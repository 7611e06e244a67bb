import type { Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { isAttached } from '../../core/private/inventory';
import type { BucketSource } from './bucket-source';
import { hashOf } from './hash-of';

const paths = new WeakMap<IConstruct, string>();
const owners = new WeakMap<IConstruct, IConstruct>();

/** The construct in a support stack that holds what belongs to one source. */
export function placeFor({ path }: BucketSource, stack: Stack): Construct {
  const id = idFor(path, stack);
  const place = (stack.node.tryFindChild(id) as Construct | undefined) ?? new Construct(stack, id);
  paths.set(place, path.join('/'));
  return place;
}

/** The same for a new replica, in place of one whose replication was taken out of the tree. */
export function takePlace(scope: Construct, source: BucketSource, stack: Stack): Construct {
  const last = placeFor(source, stack);
  const owner = owners.get(last);
  if (owner && !isAttached(owner)) {
    stack.node.tryRemoveChild(last.node.id);
  }
  const place = placeFor(source, stack);
  owners.set(place, scope);
  return place;
}

/** `A-B/C` and `A/B/C` read alike: whoever comes second has a hash, and the first, whose bucket may exist, keeps its id. */
function idFor(path: readonly string[], stack: Stack): string {
  const id = ['Replica', ...path].join('-');
  const taken = stack.node.tryFindChild(id);
  return taken && paths.get(taken) !== path.join('/') ? `${id}-${hashOf(stack, path)}` : id;
}
