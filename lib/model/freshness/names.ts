/** Namespace of every metric of this library. */
export const NAMESPACE = 'CdkRecovery';

/** The environment variable with the configuration of a freshness function, a `FreshnessConfig` as JSON. */
export const CONFIG_VARIABLE = 'FRESHNESS_CONFIG';

/** Longest configuration: all environment variables of a function have 4 KB together, and some room is left for others. */
export const MAX_CONFIG_BYTES = 3_500;

/** Names of dimensions. */
export const WATCH = 'Watch';
export const PROTECTION = 'Protection';
export const PLACE = 'Place';

/** Metrics of a whole watch, and of each plan and place of it. */
export const COUNTS = {
  /** Promised, and in its place as young as promised. */
  fresh: 'Fresh',
  /** Older than the promised RPO, though not than the schedule explains. */
  late: 'Late',
  /** The newest usable recovery point is older than the schedule explains. */
  stale: 'Stale',
  /** Promised, and not a single usable recovery point. */
  missing: 'Missing',
  /** No recovery point yet, and its time has not come. */
  awaited: 'Awaited',
  /** There, but nothing says how old it is, or how old it may be. */
  unjudged: 'Unjudged',
  /** Could not be looked at. */
  unknown: 'Unknown',
} as const;

/** Age of the oldest newest recovery point of a plan and place, in seconds. */
export const AGE = 'Age';

/** The largest share of the promised RPO that the age of a recovery point of a plan and place has, in percent. */
export const RPO_USED = 'RpoUsed';

/** One for every run that came to its end, whatever it found. */
export const HEARTBEAT = 'Heartbeat';
