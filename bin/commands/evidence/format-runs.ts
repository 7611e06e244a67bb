import { type AnyRecord, approvalWords, isRun, moment, type RunEvidence, spanWords, stepsInOrder } from '../../../lib/model/evidence';

/** Whether a test was successful, or a run completed. */
export function isGood(record: AnyRecord): boolean {
  return isRun(record) ? record.outcome === 'completed' : record.verdict.status === 'SUCCESSFUL';
}

/** How a run ended, and which it was. */
export function runCells(record: RunEvidence): readonly [outcome: string, what: string] {
  const { drill, kind, id } = record.run.input;
  return [record.outcome, `${drill ? 'drill: ' : ''}${kind}, run ${id}`];
}

/** Why it did not complete, who let it go on, and each step with its time. */
export function runNotes({ problem, approval, achieved, run }: RunEvidence): readonly string[] {
  const { unknown } = achieved.recoveryPoint;
  return [
    ...(problem === undefined ? [] : [problem]),
    `started by ${run.input.by} ${moment(run.begunMs)}; approval: ${approvalWords(approval)}`,
    ...(unknown.length === 0 ? [] : [`loss not measured: ${unknown.join(', ')}`]),
    ...stepsInOrder(run).map(([name, { state, sinceMs, untilMs, words }]) => {
      const took = untilMs === undefined ? '' : `, ${spanWords(Math.max(0, untilMs - sinceMs))}`;
      return `${clock(sinceMs)} ${name}: ${state}${took}; ${words}`;
    }),
  ];
}

/** Without its day, which the line has. */
function clock(ms: number): string {
  return moment(ms).slice(11, 19);
}
