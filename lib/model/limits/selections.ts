import { checkCount } from './counts';
import { LIMITS } from './limits';
import { error, type Problem, warning } from './problem';

/** Entries of a backup selection. */
export interface SelectionEntries {
  readonly arns: readonly string[];
  readonly conditions: number;
  readonly tags: number;
}

/** Checks the size of a selection. */
export function checkSelection({ arns, conditions, tags }: SelectionEntries): Problem | undefined {
  return (
    checkCount('wildcardArns', arns.filter((arn) => arn.includes('*')).length) ??
    checkCount('arns', arns.length) ??
    checkCount('conditions', conditions) ??
    checkCount('selectionTags', tags)
  );
}

/** Checks that a selection says what it selects: an empty one selects every supported resource of the Region. */
export function checkFiltered({ arns, conditions, tags }: SelectionEntries): Problem | undefined {
  return arns.length + conditions + tags > 0
    ? undefined
    : error(
        'UnfilteredSelection',
        "'resources' and 'conditions' are empty, which makes AWS Backup select every supported resource of the Region: name resources or tags",
      );
}

/** What a bucket has to have before AWS Backup can protect it; `undefined` is only known at deploy time. */
export interface BucketReadiness {
  readonly versioned?: boolean;
  readonly eventBridge?: boolean;
  readonly continuous: boolean;
}

/** Checks a bucket that is selected. */
export function checkBucket(name: string, { versioned, eventBridge, continuous }: BucketReadiness): Problem | undefined {
  if (versioned === false) {
    return error(
      'BucketNotVersioned',
      `'versioned' of bucket '${name}' is off, but AWS Backup protects versioned buckets only: set 'versioned: true'`,
    );
  }
  return continuous && eventBridge === false
    ? warning(
        'BucketWithoutEvents',
        `'eventBridgeEnabled' of bucket '${name}' is off, but continuous backup stops in silence without the bucket's events: set 'eventBridgeEnabled: true'`,
      )
    : undefined;
}

/** Checks the actions of a vault's access policy. */
export function checkPolicyActions(actions: readonly string[]): Problem | undefined {
  const wildcard = actions.find((action) => action.includes('*') || action.includes('?'));
  return wildcard === undefined
    ? undefined
    : error('WildcardAction', `'actions' has '${wildcard}', but the access policy of a vault takes no wildcards: list each action`);
}

/** Checks an Organizations backup policy as it is stored: minified JSON. */
export function checkPolicySize(content: string): Problem | undefined {
  const { value, unit } = LIMITS.policySize;
  return content.length > value
    ? error(
        'PolicyTooLarge',
        `'content' has ${content.length} characters, but AWS Organizations stores at most ${value} ${unit}: split the policy`,
      )
    : undefined;
}
