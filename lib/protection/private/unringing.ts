import type { IConstruct } from 'constructs';
import type { AlarmActions } from '../../core/alarm-actions';
import { warn } from '../../core/private/problems';

/** Warns where somebody is to be told of alarms, and nothing makes any: whoever waits to be told takes silence for success. */
export function warnOfUnringing(
  scope: IConstruct,
  given: { readonly alarmActions?: AlarmActions; readonly alarmActionsIn?: { readonly [region: string]: AlarmActions } },
): void {
  if (
    [given.alarmActions, ...Object.values(given.alarmActionsIn ?? {})].some((actions) =>
      Object.values(actions ?? {}).some((list) => list?.length > 0),
    )
  ) {
    warn(
      scope,
      'NoAlarmsToTell',
      "'alarmActions' are given, but no restore is tested, so that there is no alarm of which anybody could be told: give 'checks' to protect(), or leave them out; what is stale or missing is told by a RecoveryWatch",
    );
  }
}
