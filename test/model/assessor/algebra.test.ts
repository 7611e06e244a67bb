import * as fc from 'fast-check';
import type { Assessment, Outcome } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import type { CopyFact, Fact } from '../../../lib/model/facts';
import { copies, copy, facts, promise, resource, span } from '../arbitrary-facts';
import { ID, objective, restoreTest, stateful } from '../facts';

/** From the best outcome to the worst. */
const ORDER: readonly Outcome[] = ['kept', 'expected', 'unknown', 'doubtful', 'broken'];

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
      { numRuns: 200 },
    );
  });

  test('one more copy never makes a verdict worse', () => {
    fc.assert(
      fc.property(resource, promise, copies, copy(fc.constant('new')), (data, promised, made, more) => {
        const [before, after] = [ranks([data, promised, ...made]), ranks([data, promised, ...made, { ...more, resource: ID }])];
        expect(after.filter((rank, index) => rank > before[index])).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('one more copy never lowers the 3-2-1 count', () => {
    fc.assert(
      fc.property(resource, copies, copy(fc.constant('new')), (data, made, more) => {
        const count = (facts: readonly Fact[]) => judged([data, objective(), ...facts]).resources[0].copies;
        const [before, after] = [count(made), count([...made, { ...more, resource: ID }])];
        for (const part of ['copies', 'media', 'offSite', 'otherAccount', 'airGapped'] as const) {
          expect(after[part]).toBeGreaterThanOrEqual(before[part]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a promise of more time never fares worse', () => {
    fc.assert(
      fc.property(resource, promise, copies, span, span, (data, promised, made, moreRpo, moreRto) => {
        const survives = promised.survives.map((each) => ({ ...each, rpoMs: each.rpoMs + moreRpo, rtoMs: each.rtoMs + moreRto }));
        const [strict, relaxed] = [ranks([data, promised, ...made]), ranks([data, { ...promised, survives }, ...made])];
        expect(relaxed.filter((rank, index) => rank > strict[index])).toEqual([]);
      }),
      { numRuns: 400 },
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
      { numRuns: 200 },
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
      { numRuns: 400 },
    );
  });

  test('a resource is judged beside one that is almost like it as it is alone', () => {
    const name = 'Twin';
    const renamed = (facts: readonly Fact[]) =>
      facts.map((fact) => ('resource' in fact ? { ...fact, resource: name } : { ...fact, id: name, name })) as Fact[];
    const parts = [
      ...(['by', 'mechanism', 'form', 'place', 'beside', 'lostWithZone', 'medium', 'staleness', 'restore'] as const),
      ...(['keptMs', 'shortestKeptMs', 'immutable', 'airGapped', 'key', 'impossible'] as const),
    ];
    const own = copies.map((made) => made.map((one): CopyFact => ({ ...one, resource: ID })));
    const change = fc.record({
      twin: resource,
      promised: promise,
      more: copy(fc.constantFrom('c1', 'c2')),
      part: fc.constantFrom(...parts),
    });
    fc.assert(
      fc.property(resource, promise, own, change, (data, promised, made, { twin, promised: another, more, part }) => {
        const changed = made.map((one, index) => (index === 0 ? { ...one, [part]: more[part] } : one));
        for (const second of [
          [data, promised, ...changed],
          [{ ...data, key: twin.key }, promised, ...made],
          [{ ...data, zones: twin.zones }, promised, ...made],
          [{ ...data, place: twin.place }, promised, ...made],
          [data, another, ...made],
          [data, promised, ...made, restoreTest({ copy: more.id })],
        ]) {
          const [alone] = judged(renamed(second)).resources;
          expect(judged([data, promised, ...made, ...renamed(second)]).resources.find(({ id }) => id === name)).toEqual(alone);
        }
      }),
      { numRuns: 400 },
    );
  });
});
