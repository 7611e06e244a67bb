import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { plainArnOf } from './plain-arn';
import { restoredTypeOf } from './split-selections';
import type { TestedResource } from './tested-resources';

/**
 * Refuses resources of one type whose copies nobody could tell apart: the stack of the copies knows ARNs that are plain text only, and
 * what is known by its type alone stands for all of them.
 */
export function requireToldApart(asker: IConstruct, scope: IConstruct, resources: readonly TestedResource[]): void {
  const unnamed = resources.filter(({ target }) => plainArnOf(asker, target) === undefined);
  for (const { target, specs } of unnamed) {
    const type = restoredTypeOf(target.type);
    const others = unnamed.filter((other) => other.target !== target && restoredTypeOf(other.target.type) === type);
    const differing = others.find((other) => JSON.stringify(other.specs) !== JSON.stringify(specs));
    if (differing) {
      throw new ConfigurationError(
        'CopiesNotToldApart',
        `copies of '${target.id}' and '${differing.target.id}' are held to different checks, but where they are nobody knows which is which: give both a physical name, such as 'tableName'`,
        scope,
      );
    }
  }
}
