import { measuredOf } from '../../recovery';
import { canonicalJson } from '../canonical-json';
import { type AnyRecord, isRun } from '../records';
import type { RunEvidence } from '../run-evidence';
import { runAchievedOf } from '../to-run-record';
import { verdictOf } from '../verdict-of';

/** Where a record claims more than its own results show, in words. */
export function contradictionIn(record: AnyRecord): string | undefined {
  if (isRun(record)) {
    return contradictionInRun(record);
  }
  return record.verdict.status === 'SUCCESSFUL' && verdictOf(record).status === 'FAILED'
    ? 'says SUCCESSFUL, and its own results do not'
    : undefined;
}

function contradictionInRun(record: RunEvidence): string | undefined {
  const { outcome, run, achieved } = record;
  const open = outcome === 'completed' ? lastSteps(run).filter((step) => run.steps[step]?.state !== 'done') : [];
  if (open.length > 0) {
    return `says completed, and its own steps do not: ${open.join(', ')}`;
  }
  const { recoveryTime, recoveryPoint } = achieved;
  const { promisedMs: rtoMs } = recoveryTime;
  const { promisedMs: rpoMs } = recoveryPoint;
  const data = [...Object.keys(recoveryPoint.items), ...recoveryPoint.unknown].map((name) => ({ name }));
  const measured = measuredOf(run, { objective: { rtoMs, rpoMs }, data });
  const own = runAchievedOf(measured, outcome);
  return canonicalJson(sorted(own)) === canonicalJson(sorted(achieved))
    ? undefined
    : 'says that it took or lost something else than its own steps show';
}

function sorted(achieved: RunEvidence['achieved']): RunEvidence['achieved'] {
  const { recoveryPoint } = achieved;
  return { ...achieved, recoveryPoint: { ...recoveryPoint, unknown: [...recoveryPoint.unknown].sort() } };
}

/** Without which a run of its kind has not done what it was asked for. */
function lastSteps({ input, steps }: RunEvidence['run']): readonly string[] {
  switch (input.kind) {
    case 'rebuild':
      return ['join'];
    case 'rehearsal':
      return Object.keys(steps).filter((step) => step.startsWith('rehearse:') || step.startsWith('tidy:'));
    default:
      return ['switch'];
  }
}
