import type { StepRecord } from '../recovery';
import { chainFacts, type FactsBlock, moment, objectiveRow, objectivesTable, type Page, spanWords, type TableBlock } from './private/page';
import { chainNameOf } from './records';
import type { RunEvidence } from './run-evidence';

type Unpaged = Omit<RunEvidence, 'pages'>;

/** What the page about a run of a recovery says. */
export function runPage(record: Unpaged): Page {
  const { run, outcome, problem, concludedMs } = record;
  const { id, by } = run.input;
  const good = outcome === 'completed';
  return {
    title: runTitle(record),
    verdict: outcome.toUpperCase(),
    good,
    lead: `Run '${id}', started by ${by}, begun ${moment(run.begunMs)}, concluded ${moment(concludedMs)}.`,
    blocks: [
      ...(good ? [] : [{ form: 'list' as const, heading: 'What is wrong', items: [problem ?? 'nobody has said why it did not complete'] }]),
      objectives(record),
      losses(record),
      steps(record),
      circumstances(record),
      chainFacts(chainNameOf(record), record.sequence, record.previous),
    ],
  };
}

/** Which run of what, in words. */
export function runTitle({ run: { input }, recovery, site }: Pick<RunEvidence, 'run' | 'recovery' | 'site'>): string {
  return `${input.drill ? 'Drill: ' : ''}${input.kind} of ${recovery} at ${site}`;
}

function objectives({ achieved, run, outcome }: Unpaged): TableBlock {
  const since = run.input.sinceMs === undefined ? 'the beginning of the run' : 'the disruption';
  const none = outcome === 'completed' ? 'no step measured it' : 'the run did not complete';
  const { recoveryPoint, recoveryTime } = achieved;
  const lost = recoveryPoint.unknown.length > 0 ? `; nobody knows of ${recoveryPoint.unknown.join(', ')}` : '';
  return objectivesTable([
    objectiveRow('Recovery point (RPO)', recoveryPoint, `${recoveryPoint.ms === undefined ? none : 'the data that lost most'}${lost}`),
    objectiveRow('Recovery time (RTO)', recoveryTime, recoveryTime.ms === undefined ? none : `counted from ${since}`),
  ]);
}

function losses({ achieved: { recoveryPoint }, outcome }: Unpaged): TableBlock {
  const { items, unknown } = recoveryPoint;
  return {
    form: 'table',
    heading: outcome === 'completed' ? 'Data' : 'Data, had they taken over',
    head: ['Item', 'Lost at most'],
    rows: [
      // by name: members come back in another order than they were written in
      ...Object.entries(items)
        .sort(byName)
        .map(([name, ms]) => ({ tone: 'none' as const, cells: [name, spanWords(ms)], details: [] })),
      ...unknown.map((name) => ({ tone: 'bad' as const, cells: [name, 'not measured'], details: [] })),
    ],
  };
}

function steps({ run }: Unpaged): TableBlock {
  return {
    form: 'table',
    heading: 'Steps',
    head: ['State', 'Step', 'Began', 'Took', 'Found'],
    rows: stepsInOrder(run).map(([name, { state, sinceMs, untilMs, words }]) => ({
      tone: state === 'done' ? 'good' : 'bad',
      cells: [state, name, moment(sinceMs), untilMs === undefined ? '-' : spanWords(Math.max(0, untilMs - sinceMs)), words],
      details: [],
    })),
  };
}

function circumstances({ run, approval, site }: Unpaged): FactsBlock {
  const { sinceMs, drill } = run.input;
  const peers = { confirmed: 'was fenced', unreachable: 'could not be fenced; a person said that nothing writes there' };
  return {
    form: 'facts',
    heading: 'Circumstances',
    facts: [
      ['Site', site],
      ['Other site', `${run.peer}${run.peerState === undefined ? '' : `, which ${peers[run.peerState]}`}`],
      ['Approval', approvalWords(approval)],
      ['Disruption', sinceMs === undefined ? 'nobody told when it began' : moment(sinceMs)],
      ['Drill', drill ? 'yes' : 'no'],
      ['Epoch', String(run.epoch)],
    ],
  };
}

/** Steps in the order in which they began; those of the same moment by name, so that a page that is made again is the same. */
export function stepsInOrder({ steps }: Pick<RunEvidence['run'], 'steps'>): readonly (readonly [name: string, step: StepRecord])[] {
  return Object.entries(steps).sort((one, other) => one[1].sinceMs - other[1].sinceMs || byName(one, other));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** Whether somebody said yes, and who. */
export function approvalWords({ required, given, by }: RunEvidence['approval']): string {
  if (given === undefined) {
    return required ? 'nobody said yes' : 'nobody had to say yes';
  }
  return given === 'beforehand'
    ? `given beforehand by ${by ?? 'nobody who gave a name'}`
    : `given by ${by ?? 'somebody who gave no name: AWS CloudTrail knows who answered'}`;
}
