import type { Claim, Demand, DisruptionVerdict } from '../../assessment';
import { Disruption } from '../../disruption';
import { type CopyFact, type FailoverFact, type ObjectiveFact, type ResourceFact, TAKEOVER, type Term } from '../../facts';
import { claimOf, type Grade, gradeOf, rankOf, worst } from './grade';
import type { Subject } from './subject';
import { survivalOf } from './survival';

/** Something that may bring the data back. */
interface Candidate {
  readonly copy?: CopyFact;
  readonly mechanism: string;
  readonly certain: boolean;
  readonly lockedMs?: number;
  readonly rpo?: Claim;
  readonly rto?: Claim;
  /** Who makes it take over. */
  readonly failover?: FailoverFact;
}

/** What happens to a resource in one disruption, and whether the promise holds. */
export function verdictOf(subject: Subject, disruption: Disruption): DisruptionVerdict {
  const objective = demandOf(subject.objective, disruption);
  const { candidates, notes } = survivors(subject, disruption);
  const graded = candidates.map((candidate) => ({ candidate, grade: objective ? gradeAgainst(candidate, objective) : 'unknown' }) as const);
  const best = graded.reduce<(typeof graded)[number] | undefined>(
    (winner, next) => (winner === undefined || compare(next, winner) < 0 ? next : winner),
    undefined,
  );
  const { copy, mechanism, rpo, rto, lockedMs, failover } = best?.candidate ?? {};
  const test = subject.tests.filter((fact) => fact.copy === copy?.id).sort((a, b) => a.everyMs - b.everyMs || b.checks - a.checks)[0];
  return {
    disruption,
    outcome: objective ? (best?.grade ?? 'broken') : 'not-promised',
    mechanism,
    copy: copy?.id,
    rpo,
    rto,
    objective,
    keptMs: atMost(copy?.keptMs, lockedMs),
    shortestKeptMs: atMost(copy?.shortestKeptMs, lockedMs),
    test: test && { everyMs: test.everyMs, checks: test.checks },
    failover: failover && { strategy: failover.strategy, drill: failover.drill },
    notes: [...notes, ...rivalPlans(subject, copy)].sort(),
  };
}

/** Beyond its lock nothing is sure to be kept. */
function atMost(keptMs: CopyFact['keptMs'], lockedMs: number | undefined): CopyFact['keptMs'] {
  return lockedMs === undefined ? keptMs : typeof keptMs === 'number' ? Math.min(keptMs, lockedMs) : lockedMs;
}

/** A worst case is computed plan by plan, but AWS Backup runs one job of a resource at a time, whichever plan starts it. */
function rivalPlans({ copies }: Subject, copy: CopyFact | undefined): readonly string[] {
  const plans = new Set(copies.filter(({ medium }) => medium === 'backup').map(({ by }) => by));
  return copy?.medium === 'backup' && plans.size > 1
    ? [`jobs of ${plans.size} plans may be in each other's way, which is not counted: ${[...plans].sort().join(', ')}`]
    : [];
}

/** The objective that holds for a disruption: the strictest where several are given. */
function demandOf(objective: ObjectiveFact | undefined, disruption: Disruption): Demand | undefined {
  const demands = objective?.survives.filter((demand) => demand.disruption === disruption) ?? [];
  return demands.length === 0
    ? undefined
    : { rpoMs: Math.min(...demands.map(({ rpoMs }) => rpoMs)), rtoMs: Math.min(...demands.map(({ rtoMs }) => rtoMs)) };
}

function survivors({ resource, copies, failovers }: Subject, disruption: Disruption): { candidates: Candidate[]; notes: string[] } {
  const candidates = disruption === Disruption.ZONE_LOSS ? itself(resource) : [];
  const notes = new Set<string>();
  for (const copy of copies) {
    const { survives, why, notable, lockedMs } = survivalOf(copy, resource, disruption);
    if (notable) {
      notes.add(`${copy.mechanism}: ${why}`);
    }
    if (survives !== 'no') {
      const failover = disruption === Disruption.REGION_LOSS ? failovers.find(({ region }) => region === copy.place.region) : undefined;
      const rto = claimOf(failover ? takenOver(copy.restore, failover) : copy.restore);
      candidates.push({
        copy,
        mechanism: copy.mechanism,
        certain: survives === 'yes',
        lockedMs,
        rpo: claimOf(copy.staleness),
        rto,
        failover,
      });
    }
  }
  return { candidates, notes: [...notes] };
}

/** What a site does takes the place of what somebody would do by hand; where it is not known how long the data takes, the whole is not. */
function takenOver(restore: readonly Term[], { before, after }: FailoverFact): readonly Term[] {
  return restore.length === 0 ? [] : [...before, ...restore.filter(({ name }) => name !== TAKEOVER), ...after];
}

/** The resource itself, where it lives on when a zone is lost. */
function itself({ zones }: ResourceFact): Candidate[] {
  const { kind, words, failoverMs, basis = 'documented' } = zones;
  if (kind === 'single') {
    return [];
  }
  if (kind === 'unknown') {
    return [{ mechanism: words, certain: false }];
  }
  const rto = failoverMs ?? (kind === 'spread' ? 0 : undefined);
  return [
    {
      mechanism: words,
      certain: true,
      rpo: { ms: 0, terms: [{ name: words, ms: 0, basis: 'documented' }] },
      rto: rto === undefined ? undefined : { ms: rto, terms: [{ name: rto === 0 ? words : 'failover', ms: rto, basis }] },
    },
  ];
}

function gradeAgainst({ certain, rpo, rto }: Candidate, { rpoMs, rtoMs }: Demand): Grade {
  return worst(certain ? 'kept' : 'unknown', gradeOf(rpo, rpoMs), gradeOf(rto, rtoMs));
}

/** The better outcome first; then what is certain, the freshest and the fastest. Equal ones stay in the order of their ids. */
function compare(a: { candidate: Candidate; grade: Grade }, b: { candidate: Candidate; grade: Grade }): number {
  return (
    rankOf(a.grade) - rankOf(b.grade) ||
    Number(b.candidate.certain) - Number(a.candidate.certain) ||
    gap(a.candidate.rpo, b.candidate.rpo) ||
    gap(a.candidate.rto, b.candidate.rto)
  );
}

/** A claim that is not known comes last; infinite ones are equal. */
function gap(a: Claim | undefined, b: Claim | undefined): number {
  const [left, right] = [a?.ms ?? Number.POSITIVE_INFINITY, b?.ms ?? Number.POSITIVE_INFINITY];
  return left === right ? 0 : left - right;
}
