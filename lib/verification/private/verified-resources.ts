import { Schedule } from 'aws-cdk-lib/aws-events';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { known } from '../../core/private/known';
import { RESTORE_TESTING_LIMITS } from '../../model/limits';
import { CronSchedule } from '../../model/schedule';
import { DAY, HOUR, MINUTE } from '../../model/time';
import type { DatabaseAccess, VerifiedResource } from '../../model/verification';
import type { Checkers } from './checkers';
import { restoredTypeOf } from './split-selections';
import type { TestRhythm } from './test-rhythm';
import type { TestedResource } from './tested-resources';

/** What the checks and cleaning up may take once something restored can be used: a function runs for a quarter of an hour at most. */
export const CLEAN_MS = 45 * MINUTE;
/** Schedules that only deployment tells, or that end, are taken for yearly ones. */
const LONGEST_MS = 366 * DAY;

/** What the workflow is told of each resource. */
export function verifiedResources(
  scope: IConstruct,
  resources: readonly TestedResource[],
  { arnOf, checkers }: { arnOf(resource: TestedResource): string | undefined; readonly checkers: Checkers },
): readonly VerifiedResource[] {
  const each = resources.map((resource): VerifiedResource => {
    const { target, objective, specs, rhythms } = resource;
    const arn = arnOf(resource);
    const database = checkers.accessFor(resource);
    return {
      id: target.id,
      resourceType: restoredTypeOf(target.type) as string,
      ...(arn === undefined ? {} : { arn }),
      rpoMs: objective.rpoMs,
      rtoMs: objective.rtoMs,
      dueMs: dueMs(rhythms),
      checks: checkers.specsFor(resource, specs),
      ...(database === undefined ? {} : { database }),
      checkers: checkers.functionsFor(resource),
    };
  });
  const size = JSON.stringify(Stack.of(scope).resolve(each)).length;
  return size > RESTORE_TESTING_LIMITS.configSize.value ? joined(scope, each) : each;
}

/** Where there are too many to name each, those without checks are told as what they are: any of their type. */
function joined(scope: IConstruct, each: readonly VerifiedResource[]): readonly VerifiedResource[] {
  const others = new Map<string, VerifiedResource>();
  const named = each.filter((resource) => {
    const { arn, checks, resourceType, ...rest } = resource;
    if (checks.length > 0 || arn === undefined) {
      return true;
    }
    const earlier = others.get(resourceType);
    others.set(resourceType, {
      ...rest,
      id: `${scope.node.path}/${resourceType}`,
      resourceType,
      checks,
      rpoMs: Math.min(rest.rpoMs ?? Number.POSITIVE_INFINITY, earlier?.rpoMs ?? Number.POSITIVE_INFINITY),
      rtoMs: Math.min(rest.rtoMs ?? Number.POSITIVE_INFINITY, earlier?.rtoMs ?? Number.POSITIVE_INFINITY),
      dueMs: Math.max(rest.dueMs, earlier?.dueMs ?? 0),
    });
    return false;
  });
  return [...named, ...others.values()];
}

/** Longest time between the ends of two tests of the most frequent rhythm. */
export function dueMs(rhythms: readonly TestRhythm[]): number {
  return Math.min(
    ...rhythms.map(
      ({ startWindow, validationWindow, ...rhythm }) => (everyMs(rhythm) ?? LONGEST_MS) + hours(startWindow) + hours(validationWindow),
    ),
  );
}

/** Longest time between two starts; nothing where only deployment tells, or where they end. */
export function everyMs({ schedule, timeZone }: Pick<TestRhythm, 'schedule' | 'timeZone'>): number | undefined {
  const expression = known(Schedule.cron(schedule).expressionString);
  const zone = timeZone?.timezoneName;
  if (expression === undefined || (zone !== undefined && known(zone) === undefined)) {
    return undefined;
  }
  const { gapMs } = CronSchedule.parse(expression, zone).longestGap();
  return Number.isFinite(gapMs) ? gapMs : undefined;
}

/** A window that only deployment tells is as long as it may be. */
function hours(window: TestRhythm['startWindow']): number {
  return window.isUnresolved() ? RESTORE_TESTING_LIMITS.startWindow.value.max * HOUR : window.toMilliseconds();
}

/** How checks of a database log in, as the workflow is told. */
export type Access = DatabaseAccess;
