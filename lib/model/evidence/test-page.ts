import type { AchievedPoint, AchievedTime, EvidenceRecord, RecordedResult } from './evidence-record';
import {
  chainFacts,
  type FactsBlock,
  type ListBlock,
  moment,
  objectiveRow,
  objectivesTable,
  type Page,
  spanWords,
  type TableBlock,
  type TableRow,
} from './private/page';

/** What the page about a restore test says. */
export function testPage(record: Omit<EvidenceRecord, 'pages'>): Page {
  const { verdict, resource, test, concludedMs } = record;
  const good = verdict.status === 'SUCCESSFUL';
  return {
    title: `Restore test of ${resource}`,
    verdict: verdict.status,
    good,
    lead: `${test.resourceType} restored from a recovery point of ${moment(test.recoveryPointMs)}, verdict given ${moment(concludedMs)}.`,
    blocks: [
      ...(good ? [] : [{ form: 'list' as const, heading: 'What is wrong', items: verdict.reasons.map((reason) => reason.words) }]),
      objectives(record),
      checks(record),
      restore(record),
      cleanUp(record),
      chainFacts(record.verification, record.sequence, record.previous),
    ],
  };
}

function objectives({ achieved }: Pick<EvidenceRecord, 'achieved'>): TableBlock {
  const { recoveryPoint, recoveryTime } = achieved;
  return objectivesTable([
    objectiveRow('Recovery point (RPO)', recoveryPoint, pointWords(recoveryPoint)),
    objectiveRow('Recovery time (RTO)', recoveryTime, timeWords(recoveryTime)),
  ]);
}

function pointWords({ measuredBy, check, countedTo, pointAgeMs }: AchievedPoint): string {
  const until = countedTo === 'test' ? 'at the start of the test' : 'when the recovery point was made';
  if (measuredBy === 'check') {
    return `age of the newest data that '${check}' found, ${until}`;
  }
  return measuredBy === 'recovery-point'
    ? 'age of the recovery point at the start of the test; no check looked for the newest data'
    : `no check looked for the newest data, and the recovery point (${spanWords(pointAgeMs)} old) need not be the newest`;
}

function timeWords({ parts }: AchievedTime): string {
  const told = parts.map(({ name, ms }) => `${name} ${spanWords(ms)}${name === 'checks' ? ' (not counted)' : ''}`);
  return told.join(', ') || 'the restore never ended';
}

function checks({ results, checks: asked }: Pick<EvidenceRecord, 'results' | 'checks'>): TableBlock {
  const silent = asked.filter(({ name }) => !results.some((result) => result.name === name));
  return {
    form: 'table',
    heading: 'Checks',
    head: ['Result', 'Check', 'Expected', 'Found', 'Took'],
    rows: [
      ...results.map(resultRow),
      ...silent.map(({ name, kind }): TableRow => ({ tone: 'bad', cells: ['no result', `${name} (${kind})`, '-', '-', '-'], details: [] })),
    ],
  };
}

function resultRow({ status, name, kind, expected, found, durationMs, details = [] }: RecordedResult): TableRow {
  const label = name === kind ? name : `${name} (${kind})`;
  return { tone: status === 'passed' ? 'good' : 'bad', cells: [status, label, expected, found, spanWords(durationMs)], details };
}

function restore({ test, achieved }: Pick<EvidenceRecord, 'test' | 'achieved'>): FactsBlock {
  return {
    form: 'facts',
    heading: 'What was restored',
    facts: [
      ['Source', test.sourceArn],
      ['Recovery point', test.recoveryPointArn],
      ['Made', `${moment(test.recoveryPointMs)}, ${spanWords(achieved.recoveryPoint.pointAgeMs)} before the test`],
      ['Vault', test.vaultArn],
      ['Restored as', test.createdArn ?? '-'],
      ['Restore job', `${test.restoreJobId}, started ${moment(test.startedMs)}`],
      ['Account and Region', `${test.account}, ${test.region}`],
      ['Restore testing plan', test.planArn],
    ],
  };
}

function cleanUp({ cleanUp: { status, left, problem } }: Pick<EvidenceRecord, 'cleanUp'>): ListBlock {
  const said = { clean: 'Everything that the test made is gone.', left: 'Still there:', unknown: 'Nobody knows what is still there.' };
  return { form: 'list', heading: 'Clean-up', items: [said[status], ...left, ...(problem === undefined ? [] : [`Because: ${problem}`])] };
}
