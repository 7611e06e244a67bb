import { labelOf, type ResourceType } from '../services';
import { DAY, words } from '../time';
import { withArticle } from '../with-article';
import { documented, model } from './limit';
import { error, type Problem, warning } from './problem';

const RDS_GUIDE = 'RDS User Guide: exporting DB snapshot data to Amazon S3';
const AURORA_GUIDE = 'Aurora User Guide: exporting DB cluster data to Amazon S3';

/** Numbers and names that exports to S3, and the machinery that starts and watches them, depend on. */
export const EXPORT_LIMITS = {
  engines: documented<readonly string[]>(
    ['mariadb', 'mysql', 'postgres', 'aurora', 'aurora-mysql', 'aurora-postgresql'],
    'engines whose data RDS exports',
    RDS_GUIDE,
  ),
  absentRegions: documented<readonly string[]>(
    ['ap-east-2', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'mx-central-1'],
    'Regions where RDS exports nothing',
    'Aurora User Guide: supported Regions for exporting snapshot data',
  ),
  taskIdentifier: documented(60, 'characters of the identifier of an export task', RDS_GUIDE),
  snapshotRhythm: documented(DAY, 'ms between two automated snapshots', 'RDS User Guide: introduction to backups'),
  runningTasks: documented(5, 'export tasks of RDS at a time in an account', AURORA_GUIDE),
  alarmRange: model(7 * DAY, 'ms that an alarm looks back', 'API model monitoring 2010-08-01'),
  executionsKept: documented(90 * DAY, 'ms that Step Functions remembers an execution', 'Step Functions Developer Guide: quotas'),
  executionEvents: documented(25_000, 'events in the history of an execution', 'Step Functions Developer Guide: quotas'),
  startAge: model({ min: 60, max: 86_400 }, 'seconds that EventBridge Scheduler tries to start a target', 'API model scheduler 2021-06-30'),
  startRetries: model({ min: 0, max: 185 }, 'times that EventBridge Scheduler tries again', 'API model scheduler 2021-06-30'),
} as const;

/** A database whose data is to be exported, as far as it is known. */
export interface ExportSource {
  readonly type: ResourceType;
  readonly engine?: string;
  readonly region?: string;
}

/** Checks that a service exports such a resource to S3 at all. */
export function checkExportSource({ type, engine, region }: ExportSource): readonly Problem[] {
  const { engines, absentRegions } = EXPORT_LIMITS;
  return [
    ...(engine === undefined || engines.value.includes(engine)
      ? []
      : [
          error(
            'EngineNotExportable',
            `'engine' is ${engine}, but RDS exports ${engines.value.join(', ')} only: dump ${labelOf(type, engine)} with the tools of its engine, and rely on recovery points`,
          ),
        ]),
    ...(region === undefined || !absentRegions.value.includes(region)
      ? []
      : [
          warning(
            'ExportRegionUnsupported',
            `the database is in ${region}, where RDS exported nothing when this was read (${absentRegions.readOn}): see that a first export succeeds, or rely on recovery points`,
          ),
        ]),
  ];
}

/** Warns where the newest automated snapshot is older most of the day than an export accepts. */
export function checkSnapshotAge(ms: number): Problem | undefined {
  const rhythm = EXPORT_LIMITS.snapshotRhythm.value;
  return ms < rhythm
    ? warning(
        'SnapshotAgeTooShort',
        `'maxSnapshotAge' is ${words(ms)}, but RDS makes an automated snapshot every ${words(rhythm)}, so that exports fail where the newest one is older: give more than ${words(rhythm)}, or have snapshots made more often`,
      )
    : undefined;
}

/** How an export fits into its schedule, all in ms. */
export interface ExportRhythm {
  readonly longestGapMs: number;
  readonly shortestGapMs: number;
  /** Until an export that has not succeeded counts as missing, counted from the last one. */
  readonly missedMs: number;
  readonly exportMs: number;
  /** Whether somebody stated how long an export takes. */
  readonly declared: boolean;
  /** Left out where it is derived from the schedule. */
  readonly timeoutMs?: number;
  /**
   * What is made.
   * @default 'export'
   */
  readonly made?: 'export' | 'backup';
}

/** An export gives up so long before the next one starts. */
export const EXPORT_MARGIN_MS = 5 * 60_000;

/** The longest time that an export may take, where nobody says: the history of an execution has room for no more polls than that. */
export const EXPORT_TIMEOUT_MS = 7 * DAY;

/** The time after which an export counts as failed, whatever becomes of it. */
export function exportTimeout({ shortestGapMs, timeoutMs }: Pick<ExportRhythm, 'shortestGapMs' | 'timeoutMs'>): number {
  return timeoutMs ?? Math.min(shortestGapMs - EXPORT_MARGIN_MS, EXPORT_TIMEOUT_MS);
}

/** Checks that exports neither overlap, nor take longer than they may, nor come so rarely that a missing one goes unseen. */
export function checkExportRhythm(rhythm: ExportRhythm): readonly Problem[] {
  const { longestGapMs, shortestGapMs, missedMs, timeoutMs, made = 'export' } = rhythm;
  const most = Math.min(shortestGapMs - EXPORT_MARGIN_MS, EXPORT_TIMEOUT_MS);
  const kept = EXPORT_LIMITS.executionsKept.value;
  return [
    ...(timeoutMs !== undefined && timeoutMs > most
      ? [
          error(
            'ExportTimeoutTooLong',
            `'timeout' is ${words(timeoutMs)}, but ${withArticle(made)} has to end ${words(EXPORT_MARGIN_MS)} before the next one starts, and within ${words(EXPORT_TIMEOUT_MS)}: give at most ${words(most)}, or have ${made}s less often`,
          ),
        ]
      : []),
    ...outlasting(rhythm),
    ...(missedMs > kept
      ? [
          error(
            'ExportTooRare',
            `up to ${words(longestGapMs)} pass between two ${made}s, but Step Functions remembers the last one for ${words(kept)} only, so that nobody would see that one is missing: have one a month or more`,
          ),
        ]
      : []),
  ];
}

/** What was declared can be believed, our estimate only doubted. */
function outlasting(rhythm: ExportRhythm): readonly Problem[] {
  const { exportMs, declared, made = 'export' } = rhythm;
  const mostMs = exportTimeout(rhythm);
  if (exportMs <= mostMs) {
    return [];
  }
  const message = (by: string, remedy: string) =>
    `${withArticle(made)} takes ${words(exportMs)}${by}, but counts as failed after ${words(mostMs)}: ${remedy}lengthen 'timeout' or have ${made}s less often`;
  return [
    declared
      ? error('ExportOutlastsTimeout', message('', ''))
      : warning('ExportOutlastsTimeout', message(' by our estimate', "state 'expects', ")),
  ];
}
