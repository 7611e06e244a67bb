import type { ConcludedTest } from './concluded-test';
import type { Achieved, AchievedPoint, AchievedTime, ObjectiveOutcome } from './evidence-record';
import { recordedResult } from './recorded-result';

type Measured = Pick<ConcludedTest, 'rpoMs' | 'rtoMs' | 'recoveryPoints' | 'test' | 'results' | 'usableMs' | 'checkedMs'>;

/** How much would have been lost and how long it took, beside what was promised. What was not measured is `unknown`, never `kept`. */
export function achievedOf(measured: Measured): Achieved {
  return { recoveryPoint: pointOf(measured), recoveryTime: timeOf(measured) };
}

/**
 * The newest recovery point tells what a disaster at the start of the test would have taken. Of any other, only the data is judged: how
 * old it was when the point was made. Among several checks that of the oldest data counts.
 */
function pointOf({ rpoMs, recoveryPoints, test, results }: Measured): AchievedPoint {
  const { startedMs, recoveryPointMs } = test;
  const pointAgeMs = span(recoveryPointMs, startedMs);
  const seen = results.map(recordedResult).filter(({ newestMs }) => newestMs !== undefined);
  const newest = seen.sort((one, other) => one.newestMs! - other.newestMs!).at(0);
  const latest = recoveryPoints === 'latest';
  const ms = newest ? span(newest.newestMs!, latest ? startedMs : recoveryPointMs) : latest ? pointAgeMs : undefined;
  return {
    outcome: outcomeOf(rpoMs, ms),
    ...(rpoMs === undefined ? {} : { promisedMs: rpoMs }),
    ...(ms === undefined ? {} : { ms, measuredBy: newest ? 'check' : 'recovery-point', countedTo: latest ? 'test' : 'recovery-point' }),
    ...(newest ? { check: newest.name } : {}),
    pointAgeMs,
  };
}

/** Checks are work after the recovery: they are told, and not held against the promise. */
function timeOf({ rtoMs, test, usableMs: usable, checkedMs }: Measured): AchievedTime {
  const { startedMs, restoredMs, failure } = test;
  const usableMs = Number.isFinite(usable) ? usable : undefined;
  const ms = usableMs === undefined || failure !== undefined ? undefined : span(startedMs, usableMs);
  const restored = restoredMs ?? usableMs;
  return {
    outcome: outcomeOf(rtoMs, ms),
    ...(rtoMs === undefined ? {} : { promisedMs: rtoMs }),
    ...(ms === undefined ? {} : { ms }),
    parts: [
      ...(restored === undefined ? [] : [{ name: 'restore' as const, ms: span(startedMs, restored) }]),
      ...(restored === undefined || usableMs === undefined ? [] : [{ name: 'until usable' as const, ms: span(restored, usableMs) }]),
      ...(usableMs === undefined || checkedMs === undefined ? [] : [{ name: 'checks' as const, ms: span(usableMs, checkedMs) }]),
    ],
  };
}

function outcomeOf(promisedMs: number | undefined, ms: number | undefined): ObjectiveOutcome {
  if (promisedMs === undefined) {
    return 'not-promised';
  }
  return ms === undefined ? 'unknown' : ms <= promisedMs ? 'kept' : 'missed';
}

/** Clocks of two services may differ: nothing ends before it begins. */
function span(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs);
}
