import { Connections, type ISecurityGroup, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IStateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { type Size, SizeRoundingBehavior, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known, requireMs } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkScratch, SELF_MANAGED_LIMITS, scratchFor } from '../../model/limits/self-managed';
import { type BackupEngine, type KeeperSettings, readSettings } from '../../model/self-managed';
import { promiseOf } from '../../protection/private/promise';
import { machineOf } from '../../replication/private/exports/machine';
import type { NetworkBackupOptions } from '../network-backup-options';
import { recordBackups } from './facts';
import { backUpStatements, restoreStatements, retireStatements } from './grants';
import { KeeperTask, SCRATCH } from './keeper-task';
import { keptBy } from './kept';
import { timingOf } from './rhythm-for';
import { backUpOnSchedule, type Scheduled } from './scheduled';
import { sourceNameOf } from './source-name';

/** What is particular to one engine. */
export interface NetworkEngine {
  readonly engine: BackupEngine;
  readonly port: number;
  /** In words, such as `PostgreSQL`. */
  readonly label: string;
  readonly tables?: string[];
}

/** Backups of a database that is reached over a network. */
export interface NetworkBackup extends Scheduled {
  readonly sourceName: string;
  readonly restoreMachine: IStateMachine;
  readonly connections: Connections;
}

const JOBS = 2;
const MAX_JOBS = 16;
const CPU_UNIT = 1_024;
/** What stands for a part of the server that only deployment knows. */
const STAND_INS: Readonly<Record<string, unknown>> = { host: 'host', port: 1 };
const RESTORE_TIMEOUT_MS = 7 * 24 * 3_600_000;

/** Makes the tasks that back up, verify, retire and restore a database over a network, with what schedules and watches them. */
export function networkBackup(scope: Construct, options: NetworkBackupOptions, engine: NetworkEngine): NetworkBackup {
  const { repository, server, expects = {} } = options;
  const source = sourceNameOf(scope, repository, options.sourceName);
  const promised = promiseOf(scope, options, repository.replication !== undefined);
  const kept = keptBy(scope, options);
  const timing = timingOf(scope, options, promised.rpoMs);
  const jobs = jobsOf(scope, options.jobs);
  const securityGroups = groupsOf(scope, options, engine);
  const connections = new Connections({ securityGroups, defaultPort: Port.tcp(server.port ?? engine.port) });
  const vCpus = SELF_MANAGED_LIMITS.vCpus.value.find((count) => count >= jobs)!;
  const base: KeeperSettings = {
    version: 1,
    source,
    engine: engine.engine,
    form: 'logical',
    repository: { bucket: repository.bucket.bucketName, region: Stack.of(repository).region },
    scratch: SCRATCH,
    jobs,
    server: {
      host: server.host,
      port: server.port ?? engine.port,
      database: server.database,
      secretArn: server.credentials.secretFullArn ?? server.credentials.secretArn,
      certificateAuthorities: server.certificateAuthorities,
    },
    tables: engine.tables,
    recipients: options.recipients,
    keep: kept.keep,
  };
  requireUsable(scope, base);
  const task = (id: string, does: string, statements: PolicyStatement[]): KeeperTask =>
    new KeeperTask(scope, id, {
      settings: base,
      network: { vpc: server.vpc, subnets: server.subnets, securityGroups },
      statements,
      description: `${does}-${source}`,
      scratchGib: scratchOf(scope, options.scratchSize, timing.sizeGib),
      cpu: vCpus * CPU_UNIT,
      memoryMib: vCpus * CPU_UNIT * 2,
    });
  const grant = { repository, source };
  const backup = task('Backup', 'backup', backUpStatements(grant));
  const restore = task('Restore', 'restore', restoreStatements(grant));
  const retire = task('Retire', 'retire', retireStatements(grant));
  for (const { role } of [backup, restore]) {
    server.credentials.grantRead(role);
  }
  const scheduled = backUpOnSchedule(scope, options, {
    of: source,
    timing,
    backup: (steps) => backup.step(steps, 'Back up', ['backup']).next(Succeed.jsonata(steps, 'Backed up')),
    verification: (steps) => restore.step(steps, 'Verify', ['verify']).next(Succeed.jsonata(steps, 'Verified')),
    retirement: (steps) => retire.step(steps, 'Retire', ['retire']).next(Succeed.jsonata(steps, 'Retired')),
  });
  backup.letRun(scheduled.machine);
  restore.letRun(scheduled.verificationMachine);
  retire.letRun(scheduled.retirementMachine);
  recordBackups(scope, {
    repository,
    source,
    label: engine.label,
    backups: 'dumps',
    promised,
    kept,
    timing,
    restoreMs: expects.restoreTime && requireMs(scope, 'expects.restoreTime', expects.restoreTime),
    responseMs: expects.responseTime && requireMs(scope, 'expects.responseTime', expects.responseTime),
  });
  return { ...scheduled, sourceName: source, restoreMachine: restoreMachineOf(scope, restore, source), connections };
}

/** Runs `keeper restore` as an execution says: `{ "command": ["restore", "--dry-run"] }`. */
function restoreMachineOf(scope: Construct, task: KeeperTask, source: string): IStateMachine {
  const place = new Construct(scope, 'RestoreRun');
  const run = task.step(place, 'Restore', '{% $states.input.command %}', 0);
  const machine = machineOf(
    place,
    run,
    `Restores ${source}: start an execution with { "command": ["restore", "--dry-run"] }`,
    RESTORE_TIMEOUT_MS,
  );
  task.letRun(machine);
  return machine;
}

function jobsOf(scope: Construct, jobs = JOBS): number {
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MAX_JOBS) {
    throw new ConfigurationError('InvalidJobs', `'jobs' is ${jobs}: give a whole number from 1 to ${MAX_JOBS}`, scope);
  }
  return jobs;
}

/** Whatever the keeper would refuse when it runs is refused now, as far as it is known now. */
function requireUsable(scope: Construct, settings: KeeperSettings): void {
  const { repository, server } = settings;
  const plain = {
    ...settings,
    repository: { bucket: known(repository.bucket) ?? 'some-bucket', region: known(repository.region) ?? 'eu-west-1' },
    server: server && Object.fromEntries(Object.entries(server).map(([name, value]) => [name, known(value) ?? STAND_INS[name]])),
  };
  const read = readSettings(JSON.stringify(plain));
  if ('problems' in read) {
    throw new ConfigurationError('InvalidBackupSettings', read.problems.join('; '), scope);
  }
}

function scratchOf(scope: Construct, size: Size | undefined, dataGib: number): number {
  if (size?.isUnresolved()) {
    throw new ConfigurationError(
      'SizeUnknown',
      "'scratchSize' is only known at deploy time, and the task cannot be made of it: give a plain Size",
      scope,
    );
  }
  const gib = size?.toGibibytes({ rounding: SizeRoundingBehavior.NONE }) ?? scratchFor(dataGib);
  insist(scope, checkScratch(gib, size ? 'scratchSize' : 'expects.dataSize'));
  return gib;
}

function groupsOf(scope: Construct, { server }: NetworkBackupOptions, { label }: NetworkEngine): ISecurityGroup[] {
  const { vpc, securityGroups = [new SecurityGroup(scope, 'SecurityGroup', { vpc, description: `Tasks that back up ${label}` })] } = server;
  if (securityGroups.length === 0) {
    throw new ConfigurationError('InvalidBackupSettings', "'server.securityGroups' is empty: name one, or leave it out", scope);
  }
  return securityGroups;
}
