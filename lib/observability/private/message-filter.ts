import { FilterOrPolicy, SubscriptionFilter } from 'aws-cdk-lib/aws-sns';
import type { FilteredRecipientOptions } from '../filtered-recipient-options';

/** The filter of a subscription by the body of messages: alarms that are over are dropped, what is no alarm passes. */
export function filterOf({ failuresOnly }: FilteredRecipientOptions): Record<string, FilterOrPolicy> | undefined {
  return failuresOnly
    ? { NewStateValue: FilterOrPolicy.filter(new SubscriptionFilter([{ 'anything-but': ['OK'] }, { exists: false }])) }
    : undefined;
}
