import { judgeFreshness } from '../../lib/handlers/freshness/judge-freshness';
import type { BackupJob, Ports, RecoveryPoint } from '../../lib/handlers/freshness/ports';
import type { BackupSelection, FreshnessConfig } from '../../lib/model/freshness';
import { CronSchedule } from '../../lib/model/schedule';
import { DAY, MINUTE } from '../../lib/model/time';
import { type AlarmProperties, type AlarmState, evaluate, type MetricValue } from '../harness/alarm-evaluator';

export const RESOURCE = 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders';

/** What becomes of one run of the schedule for one resource. */
export interface Run {
  /** From the scheduled time to the start of the job. */
  readonly waitsMs: number;
  readonly takesMs: number;
  readonly end: 'COMPLETED' | 'FAILED';
}

/** A life of backups: what the schedule makes of each run, and what the selection has when. */
export interface Life {
  readonly expression: string;
  readonly timeZone?: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Nothing where no job comes of a run. */
  readonly runAt: (scheduledMs: number) => Run | undefined;
  /** The selections of the plan at a moment. */
  readonly selectionsAt: (nowMs: number) => readonly BackupSelection[];
  /** What the tagging API finds at a moment. */
  readonly taggedAt?: (nowMs: number) => readonly string[];
  /** What becomes of a run of the watch itself. */
  readonly watchAt?: (nowMs: number) => 'runs' | 'fails' | 'is silent';
}

/** When an alarm changed its state. */
export interface Change {
  readonly atMs: number;
  readonly alarm: string;
  readonly state: AlarmState;
}

const EVERY = 15 * MINUTE;

/** Lives through it: runs the watch every quarter of an hour, and evaluates every alarm after each run. */
export async function live(
  config: FreshnessConfig,
  alarms: Readonly<Record<string, AlarmProperties>>,
  life: Life,
): Promise<readonly Change[]> {
  const jobs = CronSchedule.parse(life.expression, life.timeZone)
    .runs(life.fromMs - 35 * DAY, life.untilMs)
    .flatMap((scheduledMs) => {
      const run = life.runAt(scheduledMs);
      return run ? [{ ...run, startMs: scheduledMs + run.waitsMs, endMs: scheduledMs + run.waitsMs + run.takesMs }] : [];
    });
  const series: Record<string, MetricValue[]> = {};
  const states = new Map<string, AlarmState>(Object.keys(alarms).map((name) => [name, 'INSUFFICIENT_DATA']));
  const changes: Change[] = [];
  for (let nowMs = life.fromMs; nowMs < life.untilMs; nowMs += EVERY) {
    const watch = life.watchAt?.(nowMs) ?? 'runs';
    if (watch !== 'is silent') {
      const failed = watch === 'fails' || (await look(config, life, jobs, nowMs, series));
      put(series, 'Errors', nowMs, failed ? 1 : 0);
    }
    for (const [name, alarm] of Object.entries(alarms)) {
      const before = states.get(name) as AlarmState;
      const state = evaluate(alarm, series, nowMs + EVERY, before);
      states.set(name, state);
      if (state !== before) {
        changes.push({ atMs: nowMs, alarm: name, state });
      }
    }
  }
  return changes;
}

interface Job extends Run {
  readonly startMs: number;
  readonly endMs: number;
}

/** Answers whether the run failed. */
async function look(
  config: FreshnessConfig,
  life: Life,
  jobs: readonly Job[],
  nowMs: number,
  series: Record<string, MetricValue[]>,
): Promise<boolean> {
  const lines: string[] = [];
  const failed = await judgeFreshness(config, portsAt(life, jobs, nowMs, lines)).then(
    () => false,
    () => true,
  );
  for (const line of lines.map((text): Record<string, unknown> => JSON.parse(text)).filter((one) => '_aws' in one && !('Place' in one))) {
    for (const [name, value] of Object.entries(line)) {
      if (typeof value === 'number') {
        put(series, name, nowMs, value);
      }
    }
  }
  return failed;
}

function put(series: Record<string, MetricValue[]>, name: string, atMs: number, value: number): void {
  series[name] ??= [];
  series[name].push({ atMs, value });
}

function portsAt(life: Life, jobs: readonly Job[], nowMs: number, lines: string[]): Ports {
  async function* one<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
    yield items;
  }
  const points = jobs
    .filter(({ end, endMs }) => end === 'COMPLETED' && endMs <= nowMs)
    .map((job): RecoveryPoint => ({ arn: 'point', resourceArn: RESOURCE, status: 'COMPLETED', createdMs: job.startMs }));
  const known = jobs
    .filter(({ startMs }) => startMs <= nowMs)
    .map(
      (job): BackupJob => ({
        resourceArn: RESOURCE,
        createdMs: job.startMs,
        state: job.endMs <= nowMs ? job.end : 'RUNNING',
        message: 'broken',
      }),
    );
  return {
    region: 'ap-northeast-1',
    now: () => nowMs,
    write: (line) => lines.push(line),
    planIds: () => one(['1']),
    selections: () => one(life.selectionsAt(nowMs)),
    taggedResources: () => one((life.taggedAt?.(nowMs) ?? []).map((arn) => ({ arn, tags: { backup: 'yes' } }))),
    recoveryPoints: (_vault, { createdAfterMs = 0, createdBeforeMs = nowMs }) =>
      one(points.filter(({ createdMs }) => createdMs > createdAfterMs && createdMs < createdBeforeMs)),
    databases: () => one([]),
    tableRecovery: async () => ({ isOn: true, latestRestorableMs: nowMs }),
    replicatedBackups: () => one([]),
    backupJobs: (_region, state, sinceMs) => one(known.filter((job) => job.state === state && job.createdMs > sinceMs)),
    vaultCreatedMs: async () => life.fromMs - 100 * DAY,
  };
}
