import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { namedKey } from '../../core/private/keys';
import { known } from '../../core/private/known';
import { RecoveryRecord } from '../../core/private/record';
import type { CopyFact, Fact, ResourceFact, Term } from '../../model/facts';
import { SERVICE_LIMITS } from '../../model/limits/services';
import type { Promised } from '../../protection/private/promise';
import { START_MS } from '../../replication/private/exports/times';
import { term } from '../../services/facts';
import { replicaKnowledge } from '../../services/replica-knowledge';
import { restoreTerms } from '../../services/restore-terms';
import type { BackupRepository } from '../backup-repository';
import type { Kept } from './kept';
import type { Timing } from './rhythm-for';

/** What is told about backups of something that people run themselves. */
export interface Recorded {
  readonly repository: BackupRepository;
  readonly source: string;
  /** The thing in words, such as `PostgreSQL`. */
  readonly label: string;
  /** Backups in words, such as `dumps`. */
  readonly backups: string;
  readonly promised: Promised;
  readonly kept: Kept;
  readonly timing: Timing;
  readonly restoreMs?: number;
  readonly responseMs?: number;
  /** Where logs are archived all the time: how far the newest one that can be restored lags. */
  readonly logs?: readonly Term[];
}

/** Tells the record of a thing that no template describes, of what is promised for it, and of its backups. */
export function recordBackups(owner: IConstruct, recorded: Recorded): void {
  RecoveryRecord.of(owner).add({ owner, facts: () => factsOf(owner, recorded) });
}

function factsOf(owner: IConstruct, recorded: Recorded): readonly Fact[] {
  const { promised } = recorded;
  const resource = owner.node.path;
  return [resourceOf(owner, recorded), { kind: 'objective', resource, by: resource, ...promised }, ...copiesOf(owner, recorded)];
}

function resourceOf(owner: IConstruct, { label }: Recorded): ResourceFact {
  const { region, account } = Stack.of(owner);
  return {
    kind: 'resource',
    id: owner.node.path,
    name: owner.node.path,
    type: 'SelfManaged',
    label,
    place: { region: known(region), account: known(account) },
    key: { kind: 'unknown' },
    zones: { kind: 'unknown', words: 'run by yourselves: zones not known' },
  };
}

function copiesOf(owner: IConstruct, { repository, source, backups, kept, timing, restoreMs, responseMs, logs }: Recorded): CopyFact[] {
  const { bucket, encryptionKey, replication, lockedFor, isCompliance } = repository;
  const { region, account } = Stack.of(repository);
  const name = bucket.node.path;
  const home: CopyFact = {
    kind: 'copy',
    resource: owner.node.path,
    id: `backups of ${source} in ${name}`,
    by: owner.node.path,
    mechanism: `${backups} in ${repository.node.path}`,
    form: logs ? 'continuous' : 'points',
    medium: 'export',
    place: { region: known(region), account: known(account), container: name },
    beside: true,
    staleness: logs ?? stalenessOf(timing),
    restore: restoreTerms('SelfManaged', { sizeGib: timing.sizeGib, restoreMs, responseMs }),
    keptMs: kept.longestMs,
    shortestKeptMs: kept.shortestMs,
    immutable: isCompliance ? 'compliance' : 'governance',
    lockedMs: lockedFor.toMilliseconds(),
    key: namedKey(encryptionKey.keyArn),
  };
  if (!replication) {
    return [home];
  }
  const { beside: _, ...copy } = home;
  const replica = known(replication.replicaName) ?? `the replica of ${name}`;
  const knowledge = replicaKnowledge(bucket.node.defaultChild as CfnBucket, replication.replicaArn);
  return [
    home,
    {
      ...copy,
      id: `backups of ${source} in ${replica}`,
      mechanism: `${backups} in ${replica}`,
      place: { region: known(replication.recoveryRegion), account: knowledge.account, container: replica },
      staleness: [...copy.staleness, term('replication lag', SERVICE_LIMITS.objectReplicaLag)],
      key: knowledge.key ?? { kind: 'unknown' },
    },
  ];
}

function stalenessOf({ rhythm, times }: Timing): readonly Term[] {
  return [
    { name: `longest gap between runs (${rhythm.expression})`, ms: rhythm.longestGapMs, basis: 'configured' },
    { name: 'start', ms: START_MS, basis: 'configured' },
    { name: 'backup until published', ms: times.exportMs, basis: times.declared ? 'declared' : 'estimated' },
  ];
}
