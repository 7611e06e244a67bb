import type { Term } from '../facts';
import { sumMs, words } from '../time';
import { leaderOf } from './private/leader';
import { keptOf, runsOf } from './private/runs';
import { copiedBy, disturbs, feeds, type Worst, worstOf } from './private/staleness';
import { outcomesOf } from './private/swallowing';
import type { JobTimes, PlaceClaim, RuleModel } from './rule-model';

type Outcomes = ReturnType<typeof outcomesOf>;

const known = new Map<string, readonly PlaceClaim[]>();

/**
 * What the rules of one plan promise for each place that they bring discrete recovery points to, in the order of the plan.
 *
 * A continuous rule promises nothing here for its own vault: its lag is the service's, and the caller knows it. The
 * copies of a continuous rule are snapshots, one for each run.
 * Runs that may be swallowed by another rule (see `overlapsOf`) do not count, and neither do rules that end some year.
 * Equal arguments give the same object.
 * @throws ScheduleError for an expression or time zone that AWS Backup would refuse
 */
export function claimsOf(rules: readonly RuleModel[], times: JobTimes): readonly PlaceClaim[] {
  const key = JSON.stringify([rules, times]);
  let claims = known.get(key);
  if (!claims) {
    claims = computeClaims(rules, times);
    known.set(key, claims);
  }
  return claims;
}

function computeClaims(rules: readonly RuleModel[], times: JobTimes): readonly PlaceClaim[] {
  const outcomesBySubset = new Map<string, Outcomes>();
  const containers = new Set(rules.flatMap((rule) => [rule.container, ...rule.copies.map((copy) => copy.container)]));
  return [...containers].flatMap((container) => {
    const feeders = rules.filter((rule) => feeds(rule, container));
    if (feeders.length === 0) {
      return [];
    }
    const relevant = rules.filter((rule) => feeders.includes(rule) || disturbs(rule, feeders, times));
    const leader = leaderOf(relevant, container);
    const looked = leader ? [leader] : relevant;
    const key = [...looked, undefined, ...feeders].map((rule) => (rule ? rules.indexOf(rule) : '')).join();
    const outcomes = outcomesBySubset.get(key) ?? outcomesOf(runsOf(looked, leader ? looked : feeders));
    outcomesBySubset.set(key, outcomes);
    return [claimFor(container, feeders, outcomes, times)];
  });
}

function claimFor(container: string, rules: readonly RuleModel[], outcomes: Outcomes, times: JobTimes): PlaceClaim {
  const staleness = outcomes
    .map((outcome) => termsOf(worstOf(outcome, container, times), container, times))
    .reduce((worst, terms) => (sumMs(terms) > sumMs(worst) ? terms : worst));
  const kept = rules.map((rule) => keptAt(rule, container));
  return {
    container,
    copied: rules.every((rule) => copiedBy(rule, container)),
    staleness,
    keptMs: asKept(Math.max(...kept)),
    shortestKeptMs: asKept(Math.min(...kept)),
    rules: rules.map(({ name }) => name),
    cautions: cautionsOf(rules, staleness, outcomes.length > 1, times),
  };
}

const CLASH = 'runs that expire while another job of the resource goes on';

function termsOf(worst: Worst | undefined, container: string, times: JobTimes): readonly Term[] {
  if (!worst) {
    return [{ name: 'no run is sure to be followed by another', ms: Number.POSITIVE_INFINITY, basis: 'configured' }];
  }
  const { before, after, gapMs, clashMs } = worst;
  const between = before === after ? described(after) : `${described(before)} then ${described(after)}`;
  const copy = copiedBy(after, container);
  return [
    { name: `longest gap between runs (${between})`, ms: gapMs, basis: 'configured' },
    { name: `start window of rule ${after.name}`, ms: after.startWindowMs, basis: 'configured' },
    { name: 'backup until complete', ms: times.backupMs, basis: times.basis },
    ...(copy ? [{ name: 'copy until complete', ms: times.copyMs, basis: times.basis }] : []),
    ...(clashMs > 0 ? [{ name: CLASH, ms: clashMs, basis: times.basis }] : []),
  ];
}

function described({ name, expression, timeZone }: RuleModel): string {
  return `${name}: ${expression}${timeZone === undefined || timeZone === 'UTC' ? '' : ` ${timeZone}`}`;
}

function cautionsOf(rules: readonly RuleModel[], staleness: readonly Term[], tied: boolean, times: JobTimes): readonly string[] {
  const cautions: string[] = [];
  if (staleness.some(({ name }) => name === CLASH)) {
    cautions.push('a job may still run when the start window of the next one ends, which then expires: space the runs further apart');
  }
  if (tied) {
    cautions.push('start windows of rules with equal retention overlap, and which of them backs up is not documented: let one keep longer');
  }
  for (const { name, startWindowMs, completionWindowMs } of rules) {
    if (startWindowMs + times.backupMs > completionWindowMs) {
      cautions.push(`a backup of rule ${name} may pass its completion window of ${words(completionWindowMs)} and be cancelled: widen it`);
    }
  }
  return cautions;
}

function keptAt(rule: RuleModel, container: string): number {
  return keptOf(copiedBy(rule, container) ? rule.copies.find((copy) => copy.container === container)! : rule);
}

function asKept(ms: number): number | 'forever' {
  return Number.isFinite(ms) ? ms : 'forever';
}
