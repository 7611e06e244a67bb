import { CronSchedule, HORIZON_START } from '../../../lib/model/schedule';
import { DAY, sumMs } from '../../../lib/model/time';
import { claimsOf } from '../../../lib/model/worst-case';
import { Chance } from './chance';
import { type Plan, randomPlan } from './random-plan';
import { feeds, worstSeen } from './worst-seen';

type ClaimMs = (plan: Plan, container: string) => number;

interface Outcome {
  readonly plan: Plan;
  readonly container: string;
  readonly claimMs: number;
  readonly seenMs: number;
}

const claimed: ClaimMs = ({ rules, times }, container) => {
  const { staleness } = claimsOf(rules, times).find((claim) => claim.container === container)!;
  return staleness.reduce((sum, { ms }) => sum + ms, 0);
};

/**
 * Plays one place of each random plan, until `plans` of them could be played: not those whose recovery points expire too
 * soon, which the assessor tells, and not those that would take thousands of jobs.
 */
function play(plans: number, seed: number, claim: ClaimMs): readonly Outcome[] {
  const chance = new Chance(seed);
  const outcomes: Outcome[] = [];
  while (outcomes.length < plans) {
    const plan = randomPlan(chance);
    const claims = claimsOf(plan.rules, plan.times);
    if (claims.length === 0) {
      continue;
    }
    const { container, shortestKeptMs, staleness } = chance.pick(claims);
    const expires = shortestKeptMs !== 'forever' && shortestKeptMs < sumMs(staleness);
    const seenMs = expires ? undefined : worstSeen(plan, container, chance);
    if (seenMs !== undefined) {
      outcomes.push({ plan, container, claimMs: claim(plan, container), seenMs });
    }
  }
  return outcomes;
}

const broken = (outcomes: readonly Outcome[]) => outcomes.filter(({ seenMs, claimMs }) => seenMs > claimMs);

describe('the claims of 10,000 random plans', () => {
  let outcomes: readonly Outcome[];
  beforeAll(() => {
    outcomes = play(10_000, 1, claimed);
  }, 600_000);

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
    ({ rules, times }, container) =>
      claimsOf(rules, times)
        .find((claim) => claim.container === container)!
        .staleness.filter((term) => !term.name.startsWith(name))
        .reduce((sum, { ms }) => sum + ms, 0);

  const naive =
    (gapOf: (runs: readonly number[]) => number): ClaimMs =>
    ({ rules, times }, container) => {
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
