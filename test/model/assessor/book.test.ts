import * as fc from 'fast-check';
import { assess } from '../../../lib/model/assessor';
import type { CopyFact, Fact, Term } from '../../../lib/model/facts';
import { HOUR, MINUTE } from '../../../lib/model/time';
import { copy } from '../arbitrary-facts';
import { database, ID, objective, points, term } from '../facts';

function told(...copies: readonly CopyFact[]) {
  return assess([database(), objective(), ...copies], [], { unprotected: 'ignore' });
}

const declared = [term('restore', 20 * MINUTE, 'declared')];
const estimated = [term('restore', HOUR, 'estimated')];
const gap = (basis: Term['basis']) => [term('longest gap', HOUR), term('copy', 30 * MINUTE, basis)];

describe('one copy that two sources tell of', () => {
  test.each<[string, Partial<CopyFact>, Partial<CopyFact>]>([
    ['the one with fewer estimates of the restore', { restore: declared }, { restore: estimated }],
    ['the one with fewer estimates of the age', { staleness: gap('measured') }, { staleness: gap('estimated') }],
    [
      'the one with fewer estimates, however many terms it has',
      { restore: [...declared, ...declared, ...declared] },
      { restore: estimated },
    ],
    ['an estimate rather than nothing at all', { restore: estimated, staleness: gap('estimated') }, { restore: estimated, staleness: [] }],
    ['nine estimates rather than ten', { restore: Array(9).fill(estimated[0]) }, { restore: Array(10).fill(estimated[0]) }],
  ])('counts once, by %s', (_what, surer, other) => {
    for (const facts of [
      [points(surer), points(other)],
      [points(other), points(surer)],
    ]) {
      const { resources, findings } = told(...facts);
      expect(resources[0].copies.places).toHaveLength(1);
      expect(resources).toEqual(told(points(surer)).resources);
      expect(findings).toEqual(told(points(surer)).findings);
    }
  });

  test('is none where one of them knows that it cannot be made', () => {
    const { resources, findings } = told(points({ restore: declared }), points({ restore: estimated, impossible: 'too large' }));
    expect(resources[0].copies.places).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(['NothingSurvives', 'ImpossibleCopy']);
  });

  test.each<[string, Partial<CopyFact>]>([
    ['another mechanism', { by: 'Orders/Nightly' }],
    ['another name', { id: 'other' }],
  ])('is two under %s', (_what, parts) => {
    expect(told(points({ restore: declared }), points({ restore: estimated, ...parts })).resources[0].copies.places).toHaveLength(2);
  });

  test('is one of each resource', () => {
    const twin: Fact[] = [database({ id: 'Twin', name: 'Twin' }), points({ resource: 'Twin', restore: estimated })];
    const { resources } = assess([database(), points({ restore: declared }), ...twin], [], { unprotected: 'ignore' });
    expect(resources.map(({ disruptions }) => disruptions[0].rto?.terms)).toEqual([declared, estimated]);
  });

  test('property: it is the same in whatever order they tell', () => {
    const versions = fc.array(copy(fc.constant('one')), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(
        versions.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        ([given, other]) => {
          const own = (copies: readonly CopyFact[]) => copies.map((one) => ({ ...one, resource: ID, by: 'Plan' }));
          expect(told(...own(other))).toEqual(told(...own(given)));
          expect(told(...own(given)).resources[0].copies.places.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
