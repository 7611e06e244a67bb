import type { Claim, Demand, DisruptionVerdict, Finding } from '../../assessment';
import { Disruption } from '../../disruption';
import type { CopyFact, ObjectiveFact } from '../../facts';
import { copyObstacle, LIMITS } from '../../limits';
import { abilitiesOf } from '../../services';
import { MINUTE, words } from '../../time';
import { gradeOf } from './grade';
import { byExport, keyFirst } from './remedies';
import type { Subject } from './subject';
import { either, sumWords, WHEN, WHERE } from './words';

/** What a reader has to know about the promise of one disruption: nothing where it holds. */
export function promiseFindings(subject: Subject, verdict: DisruptionVerdict): readonly Finding[] {
  const { objective } = subject;
  if (objective === undefined || verdict.objective === undefined || verdict.outcome === 'kept' || verdict.outcome === 'expected') {
    return [];
  }
  const demand = verdict.objective;
  if (verdict.mechanism === undefined) {
    return [nothingSurvives(subject, objective, verdict.disruption, demand)];
  }
  const late = [tooOld(subject, objective, verdict, demand.rpoMs), tooSlow(subject, objective, verdict, demand.rtoMs)].filter(
    (finding) => finding !== undefined,
  );
  return late.length > 0 ? late : [unknown(subject, objective, verdict, demand)];
}

function nothingSurvives({ resource }: Subject, { by }: ObjectiveFact, disruption: Disruption, { rpoMs, rtoMs }: Demand): Finding {
  const { awsBackup, airGapped } = abilitiesOf(resource.type);
  const obstacle = copyObstacle(resource.type, {
    otherRegion: disruption === Disruption.REGION_LOSS,
    otherAccount: disruption === Disruption.ACCOUNT_COMPROMISE && !airGapped,
  });
  const remedy: Record<Disruption, string> = {
    [Disruption.OPERATOR_ERROR]: awsBackup ? 'add recovery points' : `${obstacle}, so add a backup of its own service or an export`,
    [Disruption.ZONE_LOSS]: awsBackup ? 'spread it over several zones or add recovery points' : 'spread it over several zones',
    [Disruption.REGION_LOSS]: obstacle
      ? `${obstacle}, so ${byExport(resource.type) === '' ? 'replicate or ' : ''}export the data there${byExport(resource.type, 'recoveryRegion')}`
      : "set 'recoveryRegion' to copy its recovery points there",
    [Disruption.ACCOUNT_COMPROMISE]: obstacle
      ? `${obstacle}, so export the data to another account${byExport(resource.type, 'recoveryAccount')}`
      : `${airGapped ? '' : keyFirst(resource)}copy its recovery points to another account or to a ${airGapped ? 'logically air-gapped' : 'compliance-locked'} vault with another key`,
  };
  return {
    severity: 'error',
    code: 'NothingSurvives',
    at: by,
    resource: resource.id,
    message:
      `'${resource.name}' promises 'rpo' ${words(rpoMs)} and 'rto' ${words(rtoMs)} when ${WHEN[disruption]}, ` +
      `but it has no copy ${WHERE[disruption]}: ${remedy[disruption]}, or take ${disruption} out of what it survives`,
  };
}

function tooOld(subject: Subject, { by }: ObjectiveFact, verdict: DisruptionVerdict, rpoMs: number): Finding | undefined {
  const { disruption, rpo, copy: id, mechanism } = verdict;
  const severity = severityOf(rpo, rpoMs);
  if (rpo === undefined || severity === undefined) {
    return undefined;
  }
  const { resource, copies } = subject;
  const copy = copies.find((candidate) => candidate.id === id && candidate.mechanism === mechanism);
  const aged = copy?.form === 'replica' ? 'behind' : 'old';
  return {
    severity,
    code: severity === 'error' ? 'RecoveryPointTooOld' : 'RecoveryPointMayBeTooOld',
    at: by,
    resource: resource.id,
    message:
      `'${resource.name}' promises 'rpo' ${words(rpoMs)} when ${WHEN[disruption]}, but the freshest copy ${WHERE[disruption]} ` +
      `may be ${words(rpo.ms)} ${aged} (${sumWords(rpo.terms)}): ${fresher(subject, copy, disruption, rpoMs)}`,
  };
}

/** Below this age no schedule of AWS Backup helps: it runs hourly at most, and a run may wait for as long as its start window. */
const POINTS_FLOOR_MS = (LIMITS.scheduleFloor.value + LIMITS.startWindow.value.min) * MINUTE;

/** The cheapest ways to lose less. */
function fresher({ resource }: Subject, copy: CopyFact | undefined, disruption: Disruption, rpoMs: number): string {
  const relax = `relax 'rpo' for ${disruption}`;
  const { continuous } = abilitiesOf(resource.type);
  const replicaHelps = disruption === Disruption.ZONE_LOSS || disruption === Disruption.REGION_LOSS;
  if (rpoMs === 0) {
    const lag = continuous && disruption === Disruption.OPERATOR_ERROR ? `, such as to ${words(continuous.lagMs)}` : '';
    return replicaHelps
      ? `no recovery point is as new as the data, so ${either('add synchronous replication', relax)}`
      : `nothing is as new as the data and yet free of the damage, so ${relax}${lag}`;
  }
  const replicate = replicaHelps ? 'add live replication' : undefined;
  if (copy?.form !== 'points') {
    return either(replicate, relax);
  }
  const log = continuous && disruption !== Disruption.REGION_LOSS && disruption !== Disruption.ACCOUNT_COMPROMISE;
  const isOwn = resource.type === 'SelfManaged';
  const newer = [isOwn ? 'archive its logs with a tool of the engine' : log ? 'turn on continuous backup' : undefined, replicate, relax];
  return rpoMs < POINTS_FLOOR_MS
    ? `${isOwn ? 'backups start' : 'AWS Backup makes recovery points'} hourly at most and may start an hour late, so ${either(...newer)}`
    : either('shorten the schedule', 'shorten the start window', ...newer);
}

function tooSlow({ resource }: Subject, { by }: ObjectiveFact, verdict: DisruptionVerdict, rtoMs: number): Finding | undefined {
  const { disruption, rto, mechanism } = verdict;
  const severity = severityOf(rto, rtoMs);
  if (rto === undefined || severity === undefined) {
    return undefined;
  }
  const measure = severity === 'warning' ? ['state the size of the data', 'measure it with a restore test'] : [];
  const faster =
    rtoMs === 0 ? ['keep a live copy that takes over by itself, because no restore takes no time'] : [...measure, 'keep a standby'];
  return {
    severity,
    code: severity === 'error' ? 'RecoveryTooSlow' : 'RecoveryMayBeTooSlow',
    at: by,
    resource: resource.id,
    message:
      `'${resource.name}' promises 'rto' ${words(rtoMs)} when ${WHEN[disruption]}, but ${mechanism} ` +
      `may take ${words(rto.ms)} (${sumWords(rto.terms)}): ${either(...faster, `relax 'rto' for ${disruption}`)}`,
  };
}

function unknown(
  { resource }: Subject,
  { by }: ObjectiveFact,
  { disruption, mechanism, rpo, rto, notes }: DisruptionVerdict,
  demand: Demand,
): Finding {
  const silent = [rpo ? undefined : 'how old its data is', rto ? undefined : 'how long it takes'].filter(Boolean);
  const why = silent.length > 0 ? [`${mechanism} does not say ${silent.join(' and ')}`] : notes;
  return {
    severity: 'warning',
    code: 'PromiseUnknown',
    at: by,
    resource: resource.id,
    message:
      `'${resource.name}' promises 'rpo' ${words(demand.rpoMs)} and 'rto' ${words(demand.rtoMs)} when ${WHEN[disruption]}, ` +
      `but whether that holds is not known at synth (${why.join('; ')}): ` +
      `give stacks an explicit 'env' and plain values, or take ${disruption} out of what it survives`,
  };
}

function severityOf(claim: Claim | undefined, objectiveMs: number): Finding['severity'] | undefined {
  const grade = gradeOf(claim, objectiveMs);
  return grade === 'broken' ? 'error' : grade === 'doubtful' ? 'warning' : undefined;
}
