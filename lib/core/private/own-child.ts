import type { Construct } from 'constructs';
import { ConfigurationError } from './errors';

const made = new WeakSet<Construct>();

/** What this library makes once below a scope; what a user has under the same id is refused, not taken for it. */
export function ownChild<T extends Construct>(scope: Construct, id: string, make: () => T): T {
  const found = scope.node.tryFindChild(id) as T | undefined;
  if (found === undefined) {
    const child = make();
    made.add(child);
    return child;
  }
  if (!made.has(found)) {
    throw new ConfigurationError(
      'NameTaken',
      `the id '${id}' is that of a construct of yours already, but this library makes its own under it: rename yours`,
      found,
    );
  }
  return found;
}
