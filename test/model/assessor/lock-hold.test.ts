import type { Finding, ResourceAssessment } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import { Disruption } from '../../../lib/model/disruption';
import type { CopyFact, CopyRuleFact, Fact } from '../../../lib/model/facts';
import { renderMarkdown, toReport } from '../../../lib/model/report';
import { DAY, HOUR } from '../../../lib/model/time';
import { continuous, database, ID, OSAKA, objective, points, replica, restoreTest, survives, term } from '../facts';

const daily = (parts: Partial<CopyFact> = {}) =>
  points({ immutable: 'compliance', staleness: [term('longest gap', DAY), term('start', HOUR)], key: { kind: 'aws-owned' }, ...parts });
const guess = { staleness: [term('longest gap', DAY), term('export until complete', 5 * HOUR, 'estimated' as const)] };

function assessed(copyRule: CopyRuleFact, ...facts: readonly Fact[]) {
  const promise = objective({ copyRule, survives: [survives(Disruption.ACCOUNT_COMPROMISE, 7 * DAY, 7 * DAY)] });
  return assess([database(), promise, ...facts], [], { unprotected: 'ignore' });
}

function judged(copy: CopyFact): {
  readonly resource: ResourceAssessment;
  readonly codes: readonly string[];
  readonly findings: readonly Finding[];
} {
  const { resources, findings } = assessed({ immutable: 1 }, copy);
  return { resource: resources[0], codes: findings.map(({ code }) => code), findings };
}

const compromised = ({ disruptions }: ResourceAssessment) =>
  disruptions.find(({ disruption }) => disruption === Disruption.ACCOUNT_COMPROMISE)!;

describe('a lock on recovery points', () => {
  test.each<[string, Partial<CopyFact>, 'no' | 'compliance', string, string[]]>([
    ['lasts as long as they are kept where nothing else is said', {}, 'compliance', 'kept', []],
    ['counts where it ends as the next one is there', { lockedMs: 25 * HOUR }, 'compliance', 'kept', []],
    [
      'does not count a millisecond below',
      { lockedMs: 25 * HOUR - 1 },
      'no',
      'broken',
      ['NoImmutableCopy', 'NothingSurvives', 'LockEndsBeforeNext'],
    ],
    [
      'counts with a warning where only an estimate says that it ends before',
      { ...guess, lockedMs: DAY },
      'compliance',
      'expected',
      ['LockEndsBeforeNext'],
    ],
    [
      'is nothing to rely on where only deployment tells its length',
      { lockedMs: 'unknown' },
      'no',
      'unknown',
      ['PromiseUnknown', 'PromiseUnknown'],
    ],
    [
      'is nothing to rely on where the age of the next is not known',
      { staleness: [], lockedMs: DAY },
      'no',
      'unknown',
      ['PromiseUnknown', 'PromiseUnknown'],
    ],
  ])('%s', (_case, parts, immutable, outcome, codes) => {
    const { resource, ...told } = judged(daily(parts));
    expect(resource.copies.immutable).toBe(immutable);
    expect(compromised(resource).outcome).toBe(outcome);
    expect([...told.codes].sort()).toEqual([...codes].sort());
  });

  test('tells its length, when the next one is there, and the remedy', () => {
    expect(judged(daily({ lockedMs: DAY })).findings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "'Orders / database': 'lock' of recovery points in vault orders is 24 h, but the next one may be usable only after 25 h (longest gap " +
          '24 h + start 1 h), and until then none is locked, so that they do not count as immutable: lock them longer or shorten the schedule',
        "'Orders / database' asks for 1 immutable copy, but has 0; 'recovery points in vault orders' does not count, because it is locked for " +
          '24 h, which may end before the next one is there: lock a vault; a governance lock costs nothing and can be lifted',
      ]),
    );
  });

  test('is all that outlasts an intruder, however long they are kept', () => {
    expect(compromised(judged(daily({ lockedMs: 7 * DAY })).resource)).toMatchObject({ keptMs: 7 * DAY, shortestKeptMs: 7 * DAY });
    expect(compromised(judged(daily({ lockedMs: 7 * DAY, keptMs: 'forever' })).resource)).toMatchObject({ keptMs: 7 * DAY });
    const [operator] = judged(daily({ lockedMs: 7 * DAY })).resource.disruptions;
    expect(operator).toMatchObject({ disruption: Disruption.OPERATOR_ERROR, keptMs: 35 * DAY });
  });

  test('makes no difference where the intruder does not get', () => {
    const elsewhere = daily({ place: { ...OSAKA, account: '444455556666', container: 'bunker' }, lockedMs: HOUR });
    expect(compromised(judged(elsewhere).resource)).toMatchObject({ outcome: 'kept', keptMs: 35 * DAY });
  });

  test('is not said to be too short where only deployment tells whether the intruder gets there', () => {
    const [short, long] = [HOUR, 7 * DAY].map((lockedMs) =>
      compromised(judged(daily({ place: { region: 'x', container: 'v' }, lockedMs })).resource),
    );
    expect(short).toMatchObject({ outcome: 'unknown', notes: [expect.stringMatching(/another account is known only at deploy time/)] });
    expect(long).toMatchObject({ outcome: 'kept' });
  });

  test('fails where it ends before anybody notices, and says so', () => {
    const { findings } = assessed({}, daily({ lockedMs: 9 * DAY }), restoreTest({ everyMs: 7 * DAY }));
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'error',
        code: 'NoticedTooLate',
        message: expect.stringMatching(/has 'lock' 9 days for .*, and by then none from before it is locked: lock them 14 days, or test/),
      }),
    ]);
    expect(assessed({}, daily({ lockedMs: 14 * DAY }), restoreTest({ everyMs: 7 * DAY })).findings).toEqual([]);
  });
});

describe('a lock on a replica', () => {
  const held = (parts: Partial<CopyFact>) => replica({ immutable: 'compliance', ...parts });
  test.each<[string, Partial<CopyFact>, 'no' | 'compliance']>([
    ['does not count where objects stay, each locked from when it was written', { lockedMs: 3650 * DAY }, 'no'],
    ['does not count where objects live longer', { lockedMs: 35 * DAY - 1, keptMs: 35 * DAY }, 'no'],
    ['counts where it lasts as long as every object', { lockedMs: 35 * DAY, keptMs: 35 * DAY }, 'compliance'],
  ])('%s', (_case, parts, immutable) => {
    const { resource, codes } = judged(held(parts));
    expect(resource.copies.immutable).toBe(immutable);
    expect(codes.includes('NoImmutableCopy')).toBe(immutable === 'no');
  });

  test('is no reason to test more often', () => {
    const facts = [held({ lockedMs: DAY }), continuous(), restoreTest({ copy: 'continuous', everyMs: 7 * DAY })];
    expect(assessed({}, ...facts).findings.map(({ code }) => code)).not.toContain('NoticedTooLate');
  });
});

test('the report tells how long a copy is locked', () => {
  const told = (parts: Partial<CopyFact>) => renderMarkdown(toReport(assessed({}, daily(parts)), ''));
  expect(told({ lockedMs: 7 * DAY })).toContain('| compliance lock, 7 days |');
  expect(told({ lockedMs: 'unknown' })).toContain('| compliance lock, how long is known at deploy time |');
  expect(told({})).toContain('| compliance lock |');
  expect(toReport(assessed({}, daily({ lockedMs: 7 * DAY })), '').resources[0]).toMatchObject({
    id: ID,
    copies: { places: [{ lockedMs: 7 * DAY }] },
  });
});
