import { CronSchedule, HORIZON_START } from '../../../lib/model/schedule';
import { DAY } from '../../../lib/model/time';
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

const PLANS = 10_000;

const claimed: ClaimMs = ({ rules, times }, container) => {
  const { staleness } = claimsOf(rules, times).find((claim) => claim.container === container)!;
  return staleness.reduce((sum, { ms }) => sum + ms, 0);
};

/** Plays one place of random plans until `plans` of them could be played. */
function play(plans: number, seed: number, claim: ClaimMs): { outcomes: readonly Outcome[]; unplayed: number } {
  const chance = new Chance(seed);
  const outcomes: Outcome[] = [];
  let unplayed = 0;
  while (outcomes.length < plans) {
    const plan = randomPlan(chance);
    const containers = claimsOf(plan.rules, plan.times).filter(({ shortestKeptMs }) => shortestKeptMs !== 0);
    if (containers.length === 0) {
      continue;
    }
    const { container, shortestKeptMs } = chance.pick(containers);
    const claimMs = claim(plan, container);
    const outlives = shortestKeptMs === 'forever' || shortestKeptMs >= claimMs;
    const seenMs = outlives || claimMs === Number.POSITIVE_INFINITY ? worstSeen(plan, container, chance) : undefined;
    if (seenMs === undefined) {
      unplayed++;
    } else {
      outcomes.push({ plan, container, claimMs, seenMs });
    }
  }
  return { outcomes, unplayed };
}

const broken = (outcomes: readonly Outcome[]) => outcomes.filter(({ seenMs, claimMs }) => seenMs > claimMs);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

describe('the claims of 10,000 random plans', () => {
  let outcomes: readonly Outcome[];
  beforeAll(() => {
    outcomes = play(PLANS, 1, claimed).outcomes;
  }, 120_000);

  test('no simulated loss exceeds its claim', () => {
    expect(broken(outcomes).slice(0, 1)).toEqual([]);
  });

  test('the claims are tight: reached to within 10 % in the median', () => {
    const finite = outcomes.filter(({ claimMs }) => Number.isFinite(claimMs));
    const ratios = finite.map(({ claimMs, seenMs }) => seenMs / claimMs).sort((a, b) => a - b);
    console.log(
      outcomes.length,
      finite.length,
      [0.01, 0.05, 0.1, 0.25, 0.5].map((q) => ratios[Math.floor(ratios.length * q)].toFixed(3)),
    );
    expect(finite.length).toBeGreaterThan(0.7 * outcomes.length);
    expect(median(ratios)).toBeGreaterThan(0.9);
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
  ])('%s', (_, claim) => {
    expect(broken(play(300, 2, claim).outcomes).length).toBeGreaterThan(0);
  });
});
