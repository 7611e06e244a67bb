import type { CopyPlace } from '../../../lib/model/assessment';
import { Disruption } from '../../../lib/model/disruption';
import type { Fact } from '../../../lib/model/facts';
import { CronSchedule, HORIZON_START } from '../../../lib/model/schedule';
import { DAY, sumMs } from '../../../lib/model/time';
import type { Disaster } from './disaster';
import { type ClaimMs, claimed, type Outcome, play } from './plays';
import { assessor, type Breach, DISASTERS, type Judge, type Visits, visit } from './visits';
import { feeds } from './worst-seen';

/** Plans with what was claimed and seen of them; the disasters visit the same plans. */
let outcomes: readonly Outcome[];
beforeAll(() => {
  outcomes = play(10_000, 1, claimed);
}, 600_000);

const broken = (outcomes: readonly Outcome[]) => outcomes.filter(({ seenMs, claimMs }) => seenMs > claimMs);

describe('the claims of 10,000 random plans', () => {
  test('no simulated loss exceeds its claim', () => {
    expect(outcomes).toHaveLength(10_000);
    expect(broken(outcomes).slice(0, 1)).toEqual([]);
  });

  test('the claims are tight: reached to within 10 % in the median, and within 30 % by nine of ten', () => {
    const ratios = outcomes.map(({ claimMs, seenMs }) => seenMs / claimMs).sort((a, b) => a - b);
    expect(ratios[Math.floor(ratios.length / 2)]).toBeGreaterThan(0.9);
    expect(ratios[Math.floor(ratios.length / 10)]).toBeGreaterThan(0.7);
  });
});

describe('the simulation notices a claim that', () => {
  const without =
    (name: string): ClaimMs =>
    (_, { staleness }) =>
      sumMs(staleness.filter((term) => !term.name.startsWith(name)));

  const naive =
    (gapOf: (runs: readonly number[]) => number): ClaimMs =>
    ({ rules, times }, { container }) => {
      const feeders = rules.filter((rule) => feeds(rule, container));
      const runs = feeders
        .flatMap((rule) => CronSchedule.parse(rule.expression, rule.timeZone).runs(HORIZON_START, HORIZON_START + 400 * DAY))
        .sort((a, b) => a - b);
      const copied = feeders.some((rule) => rule.container !== container || rule.continuous);
      const windowMs = Math.max(...feeders.map(({ startWindowMs }) => startWindowMs));
      return gapOf(runs) + windowMs + times.backupMs + (copied ? times.copyMs : 0);
    };
  const longest = (runs: readonly number[]) => Math.max(...runs.slice(1).map((run, i) => run - runs[i]));
  const average = (runs: readonly number[]) => (runs[runs.length - 1] - runs[0]) / (runs.length - 1);

  test.each<[string, ClaimMs]>([
    ['forgets the start window', without('start window')],
    ['forgets the backup', without('backup')],
    ['forgets the copy', without('copy')],
    ['forgets jobs in the way', without('runs that expire')],
    ['ignores swallowed runs', naive(longest)],
    ['takes the average gap', naive(average)],
  ])(
    '%s',
    (_, claim) => {
      expect(broken(play(150, 2, claim)).length).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe('disasters that visit 10,000 random worlds, one around each plan', () => {
  let visits: Visits;
  beforeAll(() => {
    visits = visit(outcomes, assessor);
  }, 600_000);

  test('leave every copy that is said to survive there, readable and as fresh as claimed, and lose those that are said to be lost', () => {
    expect(visits.breaches.slice(0, 3)).toEqual([]);
  });

  test.each(DISASTERS)('find copies to rely on at %s', (kind) => {
    expect(visits.relied.get(kind)).toBeGreaterThan(1_000);
  });
});

describe('the simulation notices a judgement by which', () => {
  /** A judge who says something else of some copies. */
  const saying =
    (change: (place: CopyPlace, facts: readonly Fact[]) => Partial<CopyPlace>): Judge =>
    (facts) => {
      const judged = assessor(facts);
      const places = judged.copies.places.map((place) => ({ ...place, ...change(place, facts) }));
      return { ...judged, copies: { ...judged.copies, places } };
    };
  const surviving = (disruption: Disruption, which: (place: CopyPlace, facts: readonly Fact[]) => boolean): Judge =>
    saying((place, facts) => (which(place, facts) ? { survives: [...place.survives, disruption] } : {}));
  const counting =
    (part: 'offSite' | 'otherAccount'): Judge =>
    (facts) => {
      const judged = assessor(facts);
      const key = part === 'offSite' ? 'region' : 'account';
      const away = judged.copies.places.filter(({ place }) => place[key] !== undefined && place[key] !== judged.place[key]);
      return { ...judged, copies: { ...judged.copies, [part]: new Set(away.map(({ place }) => place.container)).size } };
    };
  const { OPERATOR_ERROR, REGION_LOSS, ACCOUNT_COMPROMISE, ZONE_LOSS } = Disruption;

  test.each<[string, Judge, Breach['what'], Disaster['kind']]>([
    ['a replica survives an operator error', surviving(OPERATOR_ERROR, ({ form }) => form === 'replica'), 'lost', OPERATOR_ERROR],
    ['a replica survives its zone, wherever it lies', surviving(ZONE_LOSS, ({ form }) => form === 'replica'), 'lost', ZONE_LOSS],
    ['a copy under the key of the resource survives that key', saying(() => ({ keyIndependent: true })), 'unreadable', 'KEY_LOSS'],
    ['no copy is behind the data', saying(({ lag }) => ({ lag: lag && { ms: 0, terms: [] } })), 'older', REGION_LOSS],
    [
      'the last term of a lag is left out',
      saying(({ lag }) => ({ lag: lag && { ...lag, ms: lag.ms - lag.terms[lag.terms.length - 1].ms } })),
      'older',
      REGION_LOSS,
    ],
    ['a copy in the same Region survives that Region', surviving(REGION_LOSS, ({ form }) => form === 'points'), 'lost', REGION_LOSS],
    [
      'a governance lock holds against an intruder',
      surviving(ACCOUNT_COMPROMISE, ({ immutable }) => immutable === 'governance'),
      'lost',
      ACCOUNT_COMPROMISE,
    ],
    [
      'a lock holds, however soon it ends',
      (facts) => assessor(facts.map((fact) => (fact.kind === 'copy' ? { ...fact, lockedMs: undefined } : fact))),
      'lost',
      ACCOUNT_COMPROMISE,
    ],
    [
      'whatever is in another account survives, whosever key it has',
      surviving(ACCOUNT_COMPROMISE, ({ form, place }) => form === 'points' && place.account === '222222222222'),
      'lost',
      ACCOUNT_COMPROMISE,
    ],
    ['whatever is in another Region counts as off-site', counting('offSite'), 'counted', REGION_LOSS],
    ['whatever is in another account counts as there', counting('otherAccount'), 'counted', ACCOUNT_COMPROMISE],
    [
      'nothing survives an intruder',
      saying(({ survives, lost }) => ({
        survives: survives.filter((each) => each !== ACCOUNT_COMPROMISE),
        lost: [...lost, { disruption: ACCOUNT_COMPROMISE, certain: true, why: 'x' }],
      })),
      'spared',
      ACCOUNT_COMPROMISE,
    ],
  ])('%s', (_what, judge, what, disaster) => {
    const { breaches } = visit(outcomes.slice(0, 300), judge);
    expect(breaches.filter((breach) => breach.what === what && breach.disaster === disaster).length).toBeGreaterThan(0);
  });
});
