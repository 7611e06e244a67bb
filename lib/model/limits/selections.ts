import { error, type Problem, warning } from './problem';

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
