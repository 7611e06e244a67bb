import type { AlarmActions } from '../../core/alarm-actions';
import type { StrategyPlan } from '../../model/recovery';
import type { ObjectiveMs } from '../../model/recovery/expected-times';
import type { TrafficSwitch } from '../traffic-switch';

/** What a site knows of the recovery that it is part of. */
export interface SitePlan {
  /** Name of the recovery, by which sites know each other. */
  readonly recovery: string;
  readonly region: string;
  readonly account?: string;
  /** The first site, whatever its role is at present. */
  readonly home: string;
  /** All sites, home first. */
  readonly regions: readonly string[];
  /** The site that has the traffic at present. */
  readonly active: string;
  readonly strategy: StrategyPlan;
  readonly objective?: ObjectiveMs;
  readonly approvalMs: number;
  readonly asksPerson: boolean;
  readonly trafficSwitch: TrafficSwitch;
  readonly alarmActions: AlarmActions;
}

/** Regions of the other sites. */
export function othersOf({ region, regions }: SitePlan): readonly string[] {
  return regions.filter((one) => one !== region);
}
