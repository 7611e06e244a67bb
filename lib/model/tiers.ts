import { DAY, HOUR } from './time';

/** One of the four classes of importance: what it promises and how the promise is usually kept. */
export interface TierModel {
  readonly name: string;
  readonly rpoMs: number;
  readonly rtoMs: number;
  /** How the promise is usually kept, in words. */
  readonly strategy: string;
  /** Point-in-time recovery for the services that have it. */
  readonly continuous: boolean;
  /** Time between recovery points; derived from the RPO where left out. */
  readonly everyMs?: number;
  /** Rungs of the default retention ladder that the class uses. */
  readonly rungs: readonly ('daily' | 'weekly' | 'monthly')[];
}

export const CRITICAL: TierModel = {
  name: 'critical',
  rpoMs: HOUR,
  rtoMs: HOUR,
  strategy: 'real-time replication and automatic failover',
  continuous: true,
  everyMs: HOUR,
  rungs: ['daily', 'weekly', 'monthly'],
};

export const IMPORTANT: TierModel = {
  name: 'important',
  rpoMs: 4 * HOUR,
  rtoMs: 4 * HOUR,
  strategy: 'hourly recovery points and automatic restore',
  continuous: true,
  everyMs: HOUR,
  rungs: ['daily', 'weekly', 'monthly'],
};

export const STANDARD: TierModel = {
  name: 'standard',
  rpoMs: 24 * HOUR,
  rtoMs: 24 * HOUR,
  strategy: 'daily full backup',
  continuous: false,
  rungs: ['daily', 'weekly', 'monthly'],
};

export const LOW: TierModel = {
  name: 'low',
  rpoMs: 7 * DAY,
  rtoMs: 7 * DAY,
  strategy: 'weekly full backup',
  continuous: false,
  rungs: ['weekly', 'monthly'],
};
