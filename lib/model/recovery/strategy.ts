/** How much of an application runs in the recovery Region before anything happens. */
export type StrategyKind = 'backup-and-restore' | 'pilot-light' | 'warm-standby' | 'hot-standby' | 'multi-site';

/** A strategy as plain data. */
export interface StrategyPlan {
  readonly kind: StrategyKind;
  /** Part of the full capacity that a site without traffic of its own keeps running: 0 to 1. */
  readonly standbyCapacity: number;
}

/** Whether the strategy keeps data live in the recovery Region, so that it is promoted and not restored. */
export function keepsDataLive({ kind }: StrategyPlan): boolean {
  return kind !== 'backup-and-restore';
}

/** Whether every site takes requests all the time. */
export function servesEverywhere({ kind }: StrategyPlan): boolean {
  return kind === 'multi-site';
}

/** How many of `full` a site runs while another one has the traffic: none of none, and never none of a part. */
export function standbyCountOf(strategy: StrategyPlan, full: number): number {
  return Math.ceil(full * strategy.standbyCapacity);
}
