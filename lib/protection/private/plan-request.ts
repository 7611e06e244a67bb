import { Disruption } from '../../model/disruption';
import type { PlanRequest } from '../../model/planner';
import type { RungModel } from '../../model/retention';
import type { JobTimes } from '../../model/worst-case';
import type { VaultPlace } from './places';
import type { Destination } from './plan-group';
import type { Wishes } from './wishes';

/** What the planner is asked for: how old recovery points may be in the vault itself, and in those that get copies. */
export function planRequestOf(home: VaultPlace, wishes: Wishes, times: JobTimes, destinations: readonly Destination[]): PlanRequest {
  const near = wishes.survives.filter(({ disruption }) => survivesAt(home, disruption));
  const far = wishes.survives.filter((survival) => !near.includes(survival));
  return {
    ...wishes,
    rpoMs: near.length === 0 ? undefined : Math.min(...near.map(({ rpoMs }) => rpoMs)),
    copyRpoMs: destinations.length === 0 || far.length === 0 ? undefined : Math.min(...far.map(({ rpoMs }) => rpoMs)),
    continuous: false,
    times,
    minute: 0,
    timeZone: wishes.timeZone?.timezoneName,
    container: home.container,
    copies: destinations.map(({ place }) => place.container),
  };
}

/** Whether recovery points in the vault beside the data are there afterwards. */
function survivesAt({ immutable }: VaultPlace, disruption: Disruption): boolean {
  switch (disruption) {
    case Disruption.OPERATOR_ERROR:
    case Disruption.ZONE_LOSS:
      return true;
    case Disruption.ACCOUNT_COMPROMISE:
      return immutable === 'compliance';
    case Disruption.REGION_LOSS:
      return false;
  }
}

/** No type with continuous backup has cold storage. */
export function warm(rungs: readonly RungModel[]): readonly RungModel[] {
  return rungs.map(({ coldAfterMs: _cold, archive: _archive, ...rung }) => rung);
}
