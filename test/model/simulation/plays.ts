import { sumMs } from '../../../lib/model/time';
import { claimsOf, type PlaceClaim } from '../../../lib/model/worst-case';
import { Chance } from './chance';
import { type Plan, randomPlan } from './random-plan';
import { expires } from './telling';
import { worstSeen } from './worst-seen';

/** A plan with what is claimed of each of its places. */
export interface ClaimedPlan {
  readonly plan: Plan;
  readonly claims: readonly PlaceClaim[];
}

/** One place of a plan, played. */
export interface Outcome extends ClaimedPlan {
  readonly container: string;
  readonly claimMs: number;
  readonly seenMs: number;
}

/** Whoever says how old the newest recovery point of a place may be. */
export type ClaimMs = (plan: Plan, claim: PlaceClaim) => number;

export const claimed: ClaimMs = (_, { staleness }) => sumMs(staleness);

/**
 * Plays one place of each random plan, until `plans` of them could be played: not those whose recovery points expire too
 * soon, which the assessor tells, and not those that would take thousands of jobs.
 */
export function play(plans: number, seed: number, claimMs: ClaimMs): readonly Outcome[] {
  const chance = new Chance(seed);
  const outcomes: Outcome[] = [];
  while (outcomes.length < plans) {
    const plan = randomPlan(chance);
    const claims = claimsOf(plan.rules, plan.times);
    if (claims.length === 0) {
      continue;
    }
    const claim = chance.pick(claims);
    const { container } = claim;
    const seenMs = expires(claim) ? undefined : worstSeen(plan, container, chance);
    if (seenMs !== undefined) {
      outcomes.push({ plan, claims, container, claimMs: claimMs(plan, claim), seenMs });
    }
  }
  return outcomes;
}
