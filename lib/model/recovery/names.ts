import type { StrategyKind } from './strategy';

/** Names by convention, by which sites know each other: the same in every Region. */
export function namesOf(recovery: string): RecoveryNames {
  return {
    agent: `${recovery}-recovery-agent`,
    machine: `${recovery}-recovery`,
    register: `${recovery}-recovery-register`,
    switchStep: `${recovery}-recovery-switch`,
    divertedAlarm: `${recovery}-recovery-diverted`,
    reclaimedAlarm: `${recovery}-recovery-reclaimed`,
    evidencePrefix: `recovery/${recovery}/`,
    parameterRoot: `/${recovery}/recovery`,
  };
}

/** See `namesOf`. */
export interface RecoveryNames {
  /** Function that acts for a site. */
  readonly agent: string;
  readonly machine: string;
  /** Table with the role and the runs of a site. */
  readonly register: string;
  /** Function that plans of ARC Region switch call for each of their steps. */
  readonly switchStep: string;
  /** Alarm at a site that is not home: above zero while it has taken the traffic. */
  readonly divertedAlarm: string;
  /** Alarm at home: one while it has taken the traffic back although the other site has not let go of it. */
  readonly reclaimedAlarm: string;
  readonly evidencePrefix: string;
  readonly parameterRoot: string;
}

/** Namespace and names of the metrics of recoveries; dimensions `Recovery` and `Site`. */
export const RECOVERY_METRICS = {
  namespace: 'CdkRecovery',
  dimensions: ['Recovery', 'Site'],
  /** 1 while a site that is not home has the traffic. */
  diverted: 'TrafficDiverted',
  /** 1 while home has taken the traffic back by itself. */
  reclaimed: 'TrafficReclaimed',
  /** 1 where the guard of a site has looked. */
  guard: 'SiteGuarded',
  /** 1 where two sites call themselves active, or the site was superseded and could not be fenced. */
  conflict: 'SiteConflict',
  achievedRto: 'AchievedRecoveryTime',
  achievedRpo: 'AchievedRecoveryPoint',
  /** 1 where the site that waits gets no answer from the active one, but gets one elsewhere. */
  unhealthy: 'ActiveSiteUnhealthy',
  /** 1 where it gets none anywhere, so that it cannot tell. */
  blind: 'ActiveSiteUnseen',
  failedRuns: 'RecoveryRunFailed',
  /** Seconds since a run of a site, such as a drill, came to a good end. */
  drillAge: 'RecoveryDrillAge',
} as const;

/** What reports call a strategy. */
export const STRATEGY_WORDS: Readonly<Record<StrategyKind, string>> = {
  'backup-and-restore': 'backup and restore',
  'pilot-light': 'pilot light',
  'warm-standby': 'warm standby',
  'hot-standby': 'hot standby',
  'multi-site': 'multi-site',
};
