import { FilterOrPolicy, SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import type { FilteredRecipientOptions } from '../filtered-recipient-options';

/** The filter of a subscription by the body of messages: alarms that are over and digests of success are dropped, all else passes. */
export function filterOf({ failuresOnly }: FilteredRecipientOptions): Record<string, FilterOrPolicy> | undefined {
  return failuresOnly
    ? {
        NewStateValue: allBut('OK'),
        metadata: FilterOrPolicy.policy({ additionalContext: FilterOrPolicy.policy({ digest: allBut('good') }) }),
      }
    : undefined;
}

/** Also what has no such part at all. */
function allBut(value: string): FilterOrPolicy {
  return FilterOrPolicy.filter(new SubscriptionFilter([{ 'anything-but': [value] }, { exists: false }]));
}
