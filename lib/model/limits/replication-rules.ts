import { documented, model, type Range } from './limit';
import { checkTag } from './names';
import { error, outside, type Problem } from './problem';

/** Numbers of S3 that the rules of a replicated bucket depend on. */
export const RULE_LIMITS = {
  priority: model<Range>({ min: 0, max: 2_147_483_647 }, 'priority of a rule, a whole number of 32 bits', 'S3 API model 2006-03-01'),
  prefixBytes: documented(1_024, 'bytes in UTF-8 of the key of an object', 'S3 User Guide: naming objects'),
  tags: documented(10, 'tags of an object', 'S3 User Guide: object tagging'),
  id: documented(
    /^(?=.*[^ ])[ !#-&(-[\]-~]+$/,
    "ASCII characters, not blanks only, without quotes, '\\' or control characters",
    'CloudWatch API: Dimension',
  ),
} as const;

/** Which rule goes first, what it is about, and what its metrics are called; `undefined` is only known at deploy time. */
export interface RankedRule {
  readonly id?: string;
  readonly priority?: number;
  readonly prefix?: string;
  readonly tags?: readonly { readonly key?: string; readonly value?: string }[];
}

/** Checks that rules of one bucket can be told apart and that some object can go by each of them. */
export function checkRules(rules: readonly RankedRule[]): readonly Problem[] {
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index);
    const found = [checkId(rule, earlier), checkPriority(rule, earlier), ...checkFilter(rule, index)];
    return found.filter((problem) => problem !== undefined);
  });
}

function checkId({ id }: RankedRule, earlier: readonly RankedRule[]): Problem | undefined {
  if (id === undefined) {
    return undefined;
  }
  if (earlier.some((other) => other.id === id)) {
    return error(
      'ReplicationRuleIdTaken',
      `'id' of two replication rules is '${id}', but S3 tells the rules of a bucket apart by it: rename one`,
    );
  }
  const { value, unit } = RULE_LIMITS.id;
  return value.test(id)
    ? undefined
    : error(
        'InvalidReplicationRuleId',
        `'id' of a replication rule is '${id}', but alarms ask for its metrics by it, which are called by ${unit}: give such text`,
      );
}

function checkPriority({ priority }: RankedRule, earlier: readonly RankedRule[]): Problem | undefined {
  const range = RULE_LIMITS.priority.value;
  if (outside(priority, range)) {
    return error(
      'PriorityOutOfRange',
      `'priority' of a replication rule is ${priority}, but S3 ranks rules by whole numbers from ${range.min} to ${range.max}: give one`,
    );
  }
  return priority !== undefined && earlier.some((other) => other.priority === priority)
    ? error(
        'EqualPriorities',
        `'priority' of two replication rules is ${priority}, so nobody knows which of them an object goes by: rank one higher`,
      )
    : undefined;
}

function checkFilter({ id, prefix = '', tags = [] }: RankedRule, index: number): readonly (Problem | undefined)[] {
  const name = `replication rule ${id ? `'${id.slice(0, 40)}'` : index + 1}`;
  const bytes = new TextEncoder().encode(prefix).length;
  const { prefixBytes, tags: most } = RULE_LIMITS;
  return [
    bytes > prefixBytes.value
      ? error(
          'ReplicationPrefixTooLong',
          `'prefix' of ${name} has ${bytes} bytes, but the key of an object has at most ${prefixBytes.value}, so that none begins like this: shorten it`,
        )
      : undefined,
    tags.length > most.value
      ? error(
          'TooManyReplicationTags',
          `'tags' of ${name} has ${tags.length} entries, but an object has at most ${most.value} tags, so that none has them all: leave some out`,
        )
      : undefined,
    ...tags.map(({ key, value }) => checkTag('tags', key, value)),
  ];
}
