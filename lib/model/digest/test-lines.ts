import { DAY, words } from '../time';
import type { TestedFigures, TestFigures } from './figures';

/** How many resources are named in a line: the worst come first. */
const MOST_NAMED = 5;

/** What a line of a digest is, and its words. */
export type Line = readonly [kind: 'blind' | 'bad' | 'good' | 'notes', words: string];

/** What became of restore tests in the week. Tests that nobody has looked at are not well, whatever was told of some of them. */
export function testLines(tests: readonly TestFigures[], toMs: number): readonly Line[] {
  return tests.flatMap((one): readonly Line[] => {
    const label = `${one.label}: restore tests in ${one.region}`;
    const say = (kind: Line[0], text: string): Line => [kind, `${label}: ${text}`];
    if (one.lastMs === undefined || one.lastMs < toMs - DAY) {
      return [say('blind', `nobody has looked whether any is missing, in the ${one.lastMs === undefined ? 'whole week' : 'last day'}`)];
    }
    const wrong = wrongWith(one).map((text) => say('bad', text));
    const done = sum(one.resources.map(({ successful }) => successful));
    const succeeded =
      done === 0 ? say('notes', 'none was successful in the week') : say('good', [`${done} successful`, ...slowest(one)].join(', '));
    return [...wrong, succeeded, say(one.resources.some(isUnverified) ? 'notes' : 'good', verifiedWhen(one.resources, toMs))];
  });
}

function wrongWith({ resources, failed, missing, slow, old, remains }: TestFigures): readonly string[] {
  const bad = resources.filter(({ tests, successful }) => tests > successful);
  const count = sum(bad.map(({ tests, successful }) => tests - successful));
  const all = sum(resources.map(({ tests }) => tests));
  return [
    ...(count > 0 ? [`${count} of ${all} failed: ${named(bad.map(({ id }) => id))}`] : []),
    ...(count === 0 && failed > 0 ? [`up to ${failed} of which the last test had failed`] : []),
    ...(missing > 0 ? [`up to ${missing} missing for longer than a test may take`] : []),
    ...(slow > 0 ? [[`up to ${slow} slower than the promised RTO`, ...slowest({ resources })].join(', ')] : []),
    ...(old > 0 ? [`up to ${old} that found data older than the promised RPO`] : []),
    ...(remains > 0 ? [`up to ${remains} that left something behind`] : []),
  ];
}

/** The restore that took most of what is promised. */
function slowest({ resources }: Pick<TestFigures, 'resources'>): readonly string[] {
  const share = ({ slowestMs = 0, rtoMs }: TestedFigures): number => (rtoMs ? slowestMs / rtoMs : 0);
  const [first] = resources.filter(({ slowestMs }) => slowestMs !== undefined).sort((one, other) => share(other) - share(one));
  if (first?.slowestMs === undefined) {
    return [];
  }
  const { id, slowestMs, rtoMs } = first;
  return [`the slowest of ${id}: ${words(slowestMs)}${rtoMs === undefined ? ', with no promised RTO' : ` of a promised ${words(rtoMs)}`}`];
}

/** When each resource was last verified, the longest ago first. */
function verifiedWhen(resources: readonly TestedFigures[], toMs: number): string {
  const never = resources.filter(isUnverified).map(({ id, lookedBackMs }) => `${id} not in ${words(lookedBackMs)}`);
  const verified = resources
    .filter((resource) => !isUnverified(resource))
    .sort((one, other) => (one.verifiedMs ?? 0) - (other.verifiedMs ?? 0))
    .map(({ id, verifiedMs = 0 }) => `${id} ${words(Math.max(0, toMs - verifiedMs))} ago`);
  return `last verified: ${named([...never, ...verified])}`;
}

function isUnverified({ verifiedMs }: TestedFigures): boolean {
  return verifiedMs === undefined;
}

function named(texts: readonly string[]): string {
  const left = texts.length - MOST_NAMED;
  return `${texts.slice(0, MOST_NAMED).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
