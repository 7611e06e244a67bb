import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { isAttached } from '../../core/private/inventory';

const claims = new WeakMap<IConstruct, Map<string, IConstruct>>();

/** Refuses a second replication of the same thing; `what` is equal for equal things and is told to the user. */
export function claimReplication(scope: IConstruct, what: string, remedy: string): void {
  const { root } = scope.node;
  const ofApp = claims.get(root) ?? new Map<string, IConstruct>();
  claims.set(root, ofApp);
  const earlier = ofApp.get(what);
  if (earlier !== undefined && isAttached(earlier)) {
    throw new ConfigurationError('ReplicationAlreadySet', `${what} is replicated by '${earlier.node.path}' already: ${remedy}`, scope);
  }
  ofApp.set(what, scope);
}
