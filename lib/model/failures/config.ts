import type { Severity } from './severity';

/** The environment variable with the configuration of the function that tells of events, an `AnnounceConfig` as JSON. */
export const ANNOUNCE_VARIABLE = 'ANNOUNCE_CONFIG';

/** Where the function publishes. */
export interface AnnounceConfig {
  /** ARNs of topics. */
  readonly topics: Readonly<Record<Severity, string>>;
  /** The page of the runbook: sections are added. */
  readonly runbook: string;
}

/** The environment variable with the configuration of the function that posts to a webhook, a `WebhookConfig` as JSON. */
export const WEBHOOK_VARIABLE = 'WEBHOOK_CONFIG';

/** What a webhook function is told. */
export interface WebhookConfig {
  /** Name of the secret: JSON with `url` and, if need be, `token`. */
  readonly secretName: string;
  /** ARNs of topics. */
  readonly topics: Readonly<Partial<Record<Severity, string>>>;
}
