import type { Claim } from '../../model/assessment';
import type { ConcernFact, CopyFact, Fact, FailoverFact, Term } from '../../model/facts';
import { STRATEGY_WORDS, servesEverywhere } from '../../model/recovery';
import { type FailoverTimes, failoverTimes, nextStrategy, type ObjectiveMs } from '../../model/recovery/expected-times';
import { judgeFailover } from '../../model/recovery/judge-failover';
import { sumMs, words } from '../../model/time';
import { adapterOf } from '../../services';
import type { Target } from '../../services/service';
import type { RecoverySite } from '../recovery-site';
import type { ArrangedDrill } from './arranged-drill';
import { SiteRecords } from './site-records';

/** A recovery, as far as it is judged. */
export interface JudgedRecovery {
  /** Construct path. */
  readonly by: string;
  /** Home first. */
  readonly sites: readonly RecoverySite[];
  readonly detectionMs?: number;
  /** How long the loss of a site goes unnoticed where it is watched. */
  readonly watchedMs?: number;
  readonly drills: readonly ArrangedDrill[];
}

/** What is told of the data at home: what they are, and what takes over where. */
export function failoverFacts(recovery: JudgedRecovery): readonly Fact[] {
  const [home, ...others] = recovery.sites;
  const drill = drillOf(recovery.drills);
  return [...home._data.values()].flatMap(({ target }): readonly Fact[] => {
    if (target === undefined) {
      return [];
    }
    const failovers = others.map(
      (other): FailoverFact => ({
        kind: 'failover',
        resource: target.id,
        by: recovery.by,
        region: other.region,
        strategy: `${STRATEGY_WORDS[other._plan.strategy.kind]} in ${other.region}`,
        ...timesOf(recovery, other),
        ...(drill && { drill }),
      }),
    );
    return [adapterOf(target.type).describe(target), ...failovers];
  });
}

/** Whether the sites keep what is promised, once all copies are known. */
export function failoverConcerns(recovery: JudgedRecovery, facts: readonly Fact[]): readonly Fact[] {
  const [home, ...others] = recovery.sites;
  const { objective } = home._plan;
  const about = facts.filter((fact) => fact.kind === 'objective' || fact.kind === 'exclusion');
  const hasBackup = (id: string) => facts.some((fact) => fact.kind === 'copy' && fact.resource === id && fact.form !== 'replica');
  // coverage tells already of what this app defines and nothing backs up
  const isTold = ({ id, cfn }: Target) => about.some(({ resource }) => resource === id) || (cfn !== undefined && !hasBackup(id));
  const told = [...home._data].flatMap(([name, { target }]) => (target === undefined ? [] : [{ name, target }]));
  return [
    ...told.filter(({ target }) => !isTold(target)).map(({ name, target }) => bare(home._stack.node.path, name, target)),
    ...(objective === undefined ? [] : others.flatMap((other) => judgedAt(other, objective, told, recovery, facts))),
  ];
}

function judgedAt(
  other: RecoverySite,
  objective: ObjectiveMs,
  told: readonly Pick<Judged, 'name' | 'target'>[],
  recovery: JudgedRecovery,
  facts: readonly Fact[],
): readonly ConcernFact[] {
  const ofData = told.flatMap(({ name, target }) => concernsOf({ name, target, other, objective, recovery, facts }));
  return ofData.some(({ code }) => code === 'FailoverTooSlow') ? ofData : [...ofData, ...slowWithoutData(other, objective, recovery)];
}

/** What is configured may take too long whatever the data: copies that nobody knows, or none, are no excuse. */
function slowWithoutData(other: RecoverySite, { rtoMs }: ObjectiveMs, recovery: JudgedRecovery): readonly ConcernFact[] {
  const { before, after } = timesOf(recovery, other);
  const { strategy } = other._plan;
  // where all sites serve users, records move them before anybody has approved
  const terms = [...(servesEverywhere(strategy) ? [] : before), ...after].filter(({ basis }) => basis !== 'estimated');
  const ms = sumMs(terms);
  return ms <= rtoMs
    ? []
    : [
        {
          kind: 'concern',
          severity: 'error',
          code: 'FailoverTooSlow',
          by: recovery.by,
          message: `'objective' promises 'rto' ${words(rtoMs)}, but a failover to ${other.region} takes ${words(ms)} without anything being recovered (${inWords(terms)}): shorten the slowest part, or relax it`,
        },
      ];
}

function inWords(terms: readonly Term[]): string {
  return terms.map(({ name, ms }) => `${name} ${words(ms)}`).join(' + ');
}

function bare(by: string, name: string, { id }: Target): ConcernFact {
  return {
    kind: 'concern',
    severity: 'warning',
    code: 'DataWithoutBackup',
    by,
    resource: id,
    message: `'${name}' ('${id}') is at several sites, but no Protection makes recovery points of it, and a replica follows every error: protect it, or acknowledge this where that is done elsewhere`,
  };
}

interface Judged {
  readonly name: string;
  readonly target: Target;
  readonly other: RecoverySite;
  readonly objective: ObjectiveMs;
  readonly recovery: JudgedRecovery;
  readonly facts: readonly Fact[];
}

function concernsOf({ name, target, other, objective, recovery, facts }: Judged): readonly ConcernFact[] {
  const copies = facts.filter(
    (fact): fact is CopyFact =>
      fact.kind === 'copy' && fact.resource === target.id && fact.place.region === other.region && fact.impossible === undefined,
  );
  const { rpo, rto, loses, takes } = judgeFailover(copies, timesOf(recovery, other), objective);
  const { kind } = other._plan.strategy;
  const judged = (severity: ConcernFact['severity'], code: string, message: string): ConcernFact => ({
    kind: 'concern',
    severity,
    code,
    // the CDK shows warnings of stacks only
    by: severity === 'error' ? recovery.by : other._stack.node.path,
    resource: target.id,
    message,
  });
  if (rpo === undefined && rto === undefined) {
    return [
      judged(
        'warning',
        'FailoverUnknown',
        `'objective' promises 'rpo' ${words(objective.rpoMs)} and 'rto' ${words(objective.rtoMs)}, but no copy of '${name}' in ${other.region} is known to this app, so that nobody can judge it: replicate it by a construct of this library, or acknowledge this`,
      ),
    ];
  }
  const next = nextStrategy(kind, objective);
  const dearer = next === undefined ? '' : `take ${STRATEGY_WORDS[next]}, the cheapest strategy that keeps it, `;
  const late = (claim: Claim | undefined, grade: string, code: string, text: (claim: Claim) => string) =>
    claim === undefined || (grade !== 'broken' && grade !== 'doubtful')
      ? []
      : [judged(grade === 'broken' ? 'error' : 'warning', code, text(claim))];
  return [
    ...late(
      rto,
      takes,
      takes === 'broken' ? 'FailoverTooSlow' : 'FailoverMayBeTooSlow',
      (claim) =>
        `'objective' promises 'rto' ${words(objective.rtoMs)}, but ${STRATEGY_WORDS[kind]} may take ${words(claim.ms)} until users have '${name}' again in ${other.region} (${inWords(claim.terms)}): ${dearer}shorten the slowest part, or relax it`,
    ),
    ...late(
      rpo,
      loses,
      loses === 'broken' ? 'FailoverLosesTooMuch' : 'FailoverMayLoseTooMuch',
      (claim) =>
        `'objective' promises 'rpo' ${words(objective.rpoMs)}, but the copy of '${name}' in ${other.region} may lack ${words(claim.ms)} (${inWords(claim.terms)}): ${dearer}have it follow closer, or relax it`,
    ),
  ];
}

function timesOf({ detectionMs, watchedMs }: JudgedRecovery, other: RecoverySite): FailoverTimes {
  const { strategy, approvalMs } = other._plan;
  const traffic = SiteRecords.configOf(other);
  return failoverTimes({
    strategy,
    detectionMs,
    watchedMs,
    approvalMs,
    scales: strategy.standbyCapacity < 1 && other._compute.size > 0,
    verifies: other._probes.length + other._checks.length > 0,
    settleMs: traffic.kind === 'none' ? 0 : traffic.settleMs,
  });
}

/** The drill that comes most often. */
function drillOf(drills: readonly ArrangedDrill[]): FailoverFact['drill'] {
  const [first] = [...drills].sort((one, other) => one.everyMs - other.everyMs);
  return first && { everyMs: first.everyMs, words: first.mode === 'REHEARSAL' ? 'rehearsed' : 'drilled' };
}
