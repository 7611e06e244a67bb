import { DAY, HOUR, words } from '../time';
import { documented, model, type Range } from './limit';
import { error, outside, type Problem, warning } from './problem';

const API = 'API model backup 2018-11-15';
const GUIDE = 'AWS Backup Developer Guide: restore testing';
const QUOTAS = 'AWS Backup Developer Guide: quotas';

/** Every limit of restore testing that this library reads. */
export const RESTORE_TESTING_LIMITS = {
  startWindow: model<Range>({ min: 1, max: 168 }, 'hours', API),
  validationWindow: documented<Range>({ min: 1, max: 168 }, 'hours', GUIDE),
  selectionWindow: model<Range>({ min: 1, max: 365 }, 'days', API),
  plansPerRegion: documented(100, 'restore testing plans in an account and Region', QUOTAS),
  selectionsPerPlan: documented(30, 'selections of a restore testing plan', QUOTAS),
  arnsPerSelection: documented(30, 'ARNs in a restore testing selection', QUOTAS),
  conditionsPerSelection: documented(30, 'conditions in a restore testing selection', QUOTAS),
  vaultsPerPlan: documented(30, 'vaults in a restore testing plan', QUOTAS),
  tagsPerPlan: documented(50, 'tags of a restore testing plan', QUOTAS),
  /** A state of a workflow holds what its checks are: with the input around it, it has to stay below what Step Functions passes on. */
  configSize: documented(200_000, 'of the 262,144 bytes that Step Functions passes from state to state', 'Step Functions quotas'),
  /** The checks of one resource travel beside what the last test recorded and beside their results, which say each of them once more. */
  checksSize: documented(50_000, 'of the 262,144 bytes that Step Functions passes from state to state', 'Step Functions quotas'),
} as const;

const WINDOWS = {
  startWindow: { limit: RESTORE_TESTING_LIMITS.startWindow, unit: 'hours' },
  validationWindow: { limit: RESTORE_TESTING_LIMITS.validationWindow, unit: 'hours' },
  window: { limit: RESTORE_TESTING_LIMITS.selectionWindow, unit: 'days' },
} as const;

/** Checks a window of a restore test: the hours until it starts, the hours for its checks, the days whose recovery points are eligible. */
export function checkTestWindow(window: keyof typeof WINDOWS, amount: number | undefined): Problem | undefined {
  const { limit, unit } = WINDOWS[window];
  const { min, max } = limit.value;
  return outside(amount, limit.value)
    ? error(
        'RestoreTestWindowOutOfRange',
        `'${window}' is ${amount} ${unit}, but AWS Backup takes ${min} to ${max} whole ${unit}: give it a span in that range`,
      )
    : undefined;
}

const COUNTS = {
  selections: { limit: RESTORE_TESTING_LIMITS.selectionsPerPlan, remedy: 'make a second plan' },
  resources: { limit: RESTORE_TESTING_LIMITS.arnsPerSelection, remedy: 'split the selection, as RestoreTestingPlan.select() does' },
  conditions: { limit: RESTORE_TESTING_LIMITS.conditionsPerSelection, remedy: 'leave some out' },
  vaults: { limit: RESTORE_TESTING_LIMITS.vaultsPerPlan, remedy: 'make a second plan' },
  tags: { limit: RESTORE_TESTING_LIMITS.tagsPerPlan, remedy: 'leave some out' },
} as const;

/** Checks how many there are of what a restore testing plan or selection takes only so many of. */
export function checkTestCount(counted: keyof typeof COUNTS, count: number): Problem | undefined {
  const { limit, remedy } = COUNTS[counted];
  return count > limit.value
    ? error(
        'TooManyForRestoreTest',
        `'${counted}' has ${count} entries, but AWS Backup takes at most ${limit.value} ${limit.unit}: ${remedy}`,
      )
    : undefined;
}

/** Checks that resources are either listed or found by conditions: AWS Backup refuses both together. */
export function checkConditionsOfTest({ arns, conditions }: { readonly arns: number; readonly conditions: number }): Problem | undefined {
  return arns > 0 && conditions > 0
    ? error(
        'ListedAndConditional',
        `'protectedResourceArns' lists ${arns} resources and 'protectedResourceConditions' has ${conditions} conditions, but AWS Backup takes either of both: leave the conditions out, or select '*'`,
      )
    : undefined;
}

/** What decides whether a restore test finds a recovery point. */
export interface EligiblePoints {
  /** What is tested, in words. */
  readonly of: string;
  readonly windowMs: number;
  /** At worst so long between two recovery points that are usable; left out where not known. */
  readonly oldestMs?: number;
  /** Shortest time a recovery point is kept. */
  readonly keptMs?: number | 'forever';
  /** A random one is taken, not the newest. */
  readonly random: boolean;
}

/** Checks that the window always has a recovery point in it: AWS Backup silently leaves out what has none. */
export function checkEligiblePoints({ of, windowMs, oldestMs, keptMs, random }: EligiblePoints): Problem | undefined {
  if (oldestMs !== undefined && Number.isFinite(oldestMs) && windowMs < oldestMs) {
    const days = Math.ceil(oldestMs / DAY);
    return error(
      'NoRecoveryPointInWindow',
      `the window of the restore test is ${words(windowMs)}, but the newest recovery point of ${of} may be ${words(oldestMs)} old, and AWS Backup then silently leaves it out: make the window ${days} days or more`,
    );
  }
  return random && keptMs !== undefined && keptMs !== 'forever' && keptMs <= DAY
    ? warning(
        'RandomOfOne',
        `recovery points of ${of} are kept for ${words(keptMs)}, so that a random one is always about the newest: keep some longer, or take RecoveryPointSelection.latestWithin()`,
      )
    : undefined;
}

/** Checks that what was restored is still there when the last check ends. */
export function checkValidationWindow(of: string, windowMs: number, neededMs: number): Problem | undefined {
  return windowMs < neededMs
    ? error(
        'ValidationWindowTooShort',
        `'validationWindow' is ${words(windowMs)}, but the checks of ${of} may take ${words(neededMs)}, and AWS Backup deletes what was restored when the window ends: make it ${Math.ceil(neededMs / HOUR)} hours or more`,
      )
    : undefined;
}
