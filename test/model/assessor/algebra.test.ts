import * as fc from 'fast-check';
import type { Assessment, Outcome } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import { DISRUPTIONS } from '../../../lib/model/disruption';
import type { CopyFact, Fact, KeyFact, ObjectiveFact, Place, ResourceFact, Term, ZoneFact } from '../../../lib/model/facts';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { copied, database, ID, objective, points, restoreTest, stateful } from '../facts';

/** From the best outcome to the worst. */
const ORDER: readonly Outcome[] = ['kept', 'expected', 'unknown', 'doubtful', 'broken'];

const span = fc.constantFrom(0, MINUTE, HOUR, 2 * HOUR, DAY, 7 * DAY);
const terms: fc.Arbitrary<Term[]> = fc.array(
  fc.record<Term>({ name: fc.constantFrom('a', 'b'), ms: span, basis: fc.constantFrom('configured', 'measured', 'estimated') }),
  { maxLength: 3 },
);
const place: fc.Arbitrary<Place> = fc.record(
  { region: fc.constantFrom('here', 'there'), account: fc.constantFrom('ours', 'theirs'), container: fc.constantFrom('one', 'two') },
  { requiredKeys: [] },
);
const key: fc.Arbitrary<KeyFact> = fc.record(
  { kind: fc.constantFrom('customer', 'service-managed', 'aws-owned', 'none', 'unknown'), id: fc.constantFrom('k1', 'k2') },
  { requiredKeys: ['kind'] },
);
const copy = (id: fc.Arbitrary<string>): fc.Arbitrary<CopyFact> =>
  fc.record({
    kind: fc.constant('copy'),
    resource: fc.constantFrom(ID, 'Other'),
    id,
    by: fc.constantFrom('Plan', 'Other plan'),
    mechanism: fc.constantFrom('points', 'log', 'replica'),
    form: fc.constantFrom('points', 'continuous', 'replica'),
    place,
    lostWithZone: fc.constantFrom(undefined, true, false),
    medium: fc.constantFrom('service', 'backup', 'export'),
    staleness: terms,
    restore: terms,
    keptMs: fc.constantFrom(undefined, DAY, 'forever' as const),
    shortestKeptMs: fc.constantFrom(undefined, HOUR, DAY, 'forever' as const),
    immutable: fc.constantFrom('no', 'governance', 'compliance'),
    key,
    impossible: fc.constantFrom(undefined, undefined, undefined, 'too large'),
  });
const zones: fc.Arbitrary<ZoneFact> = fc.record({
  kind: fc.constantFrom('spread', 'standby', 'single', 'unknown'),
  words: fc.constant('zones'),
  failoverMs: fc.constantFrom(undefined, 0, MINUTE, DAY),
});
const resource: fc.Arbitrary<ResourceFact> = fc.record({ place, key, zones }).map((parts) => database(parts));
const promise: fc.Arbitrary<ObjectiveFact> = fc
  .array(fc.record({ disruption: fc.constantFrom(...DISRUPTIONS), rpoMs: span, rtoMs: span }), { maxLength: 5 })
  .map((survives) => objective({ survives }));
const copies = fc.array(copy(fc.constantFrom('c1', 'c2', 'c3')), { maxLength: 5 });
const facts: fc.Arbitrary<Fact[]> = fc
  .tuple(
    resource,
    promise,
    copies,
    fc.array(fc.constantFrom<Fact>(restoreTest(), objective({ by: 'Twin' }), objective({ resource: 'Other' }))),
  )
  .map(([data, promised, made, more]) => [data, promised, ...made, ...more]);

const judged = (facts: readonly Fact[]): Assessment =>
  assess(facts, [stateful(), stateful({ id: 'Other', name: 'Other' })], { unprotected: 'warn' });
const ranks = (facts: readonly Fact[]): number[] =>
  judged(facts).resources[0].disruptions.map(({ outcome }) => (outcome === 'not-promised' ? -1 : ORDER.indexOf(outcome)));

describe('property', () => {
  test('the order of facts makes no difference', () => {
    fc.assert(
      fc.property(
        facts.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        ([given, shuffled]) => {
          expect(judged(shuffled)).toEqual(judged(given));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('one more copy never makes a verdict worse', () => {
    fc.assert(
      fc.property(resource, promise, copies, copy(fc.constant('new')), (data, promised, made, more) => {
        const [before, after] = [ranks([data, promised, ...made]), ranks([data, promised, ...made, { ...more, resource: ID }])];
        expect(after.filter((rank, index) => rank > before[index])).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('one more copy never lowers the 3-2-1 count', () => {
    fc.assert(
      fc.property(resource, copies, copy(fc.constant('new')), (data, made, more) => {
        const count = (facts: readonly Fact[]) => judged([data, objective(), ...facts]).resources[0].copies;
        const [before, after] = [count(made), count([...made, { ...more, resource: ID }])];
        for (const part of ['copies', 'media', 'offSite', 'otherAccount'] as const) {
          expect(after[part]).toBeGreaterThanOrEqual(before[part]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a promise of more time never fares worse', () => {
    fc.assert(
      fc.property(resource, promise, copies, span, span, (data, promised, made, moreRpo, moreRto) => {
        const survives = promised.survives.map((each) => ({ ...each, rpoMs: each.rpoMs + moreRpo, rtoMs: each.rtoMs + moreRto }));
        const [strict, relaxed] = [ranks([data, promised, ...made]), ranks([data, { ...promised, survives }, ...made])];
        expect(relaxed.filter((rank, index) => rank > strict[index])).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('a claim is the sum of its terms, and an outcome says how it compares', () => {
    fc.assert(
      fc.property(resource, promise, copies, (data, promised, made) => {
        for (const { outcome, rpo, rto, objective: demand } of judged([data, promised, ...made]).resources[0].disruptions) {
          for (const claim of [rpo, rto].filter((one) => one !== undefined)) {
            expect(claim.ms).toBe(claim.terms.reduce((sum, { ms }) => sum + ms, 0));
          }
          if (outcome === 'kept' || outcome === 'expected') {
            expect([rpo!.ms <= demand!.rpoMs, rto!.ms <= demand!.rtoMs]).toEqual([true, true]);
          }
          expect(demand === undefined).toBe(outcome === 'not-promised');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what fails has a finding, and what holds has none', () => {
    fc.assert(
      fc.property(resource, promise, copies, (data, promised, made) => {
        const { resources, findings } = judged([data, promised, ...made]);
        const outcomes = resources[0].disruptions.map(({ outcome }) => outcome);
        const about = (pattern: RegExp) => findings.some(({ code, resource }) => resource === ID && pattern.test(code));
        expect(about(/^(NothingSurvives|RecoveryPointTooOld|RecoveryTooSlow)$/)).toBe(outcomes.includes('broken'));
        expect(about(/^PromiseUnknown$/)).toBe(outcomes.includes('unknown'));
        if (outcomes.includes('doubtful')) {
          expect(about(/MayBe/)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test('judges a thousand resources with three copies each in less than a second', () => {
  const many = Array.from({ length: 1000 }, (_, index): Fact[] => {
    const id = `Resource${index}`;
    const of = { resource: id };
    return [database({ id }), objective(of), points(of), copied(of), points({ ...of, id: 'third' }), restoreTest(of)];
  }).flat();
  const start = performance.now();
  expect(assess(many, [], { unprotected: 'warn' }).resources).toHaveLength(1000);
  expect(performance.now() - start).toBeLessThan(1000);
});
