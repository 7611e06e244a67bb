import { AGE, COUNTS, HEARTBEAT, NAMESPACE, PLACE, PROTECTION, RPO_USED, WATCH } from './names';
import { ALARM_MEMORY_MS, graceMs, type Judgement, type Verdict } from './verdict';

/** Details of so many resources are written for each verdict of a plan and place; counts have all. */
export const DETAILS_AT_MOST = 100;

/** Something judged, with where it belongs. */
export interface Judged {
  readonly protection: string;
  readonly place: string;
  /** ARN of a resource, or words for what stands for several. */
  readonly resource: string;
  readonly judgement: Judgement;
  readonly thresholdMs?: number;
  readonly rpoMs?: number;
}

interface Group {
  readonly protection: string;
  readonly place: string;
  readonly counts: Record<Verdict, number>;
  readonly details: Record<Verdict, number>;
  oldestMs?: number;
  rpoUsed?: number;
}

const VERDICTS = Object.keys(COUNTS) as readonly Verdict[];

/** Counts verdicts, and writes them as log lines from which CloudWatch makes metrics. It grows with plans and places only. */
export class Tally {
  private readonly groups = new Map<string, Group>();
  private overdueSoon = 0;

  /** `write` gets a line for whatever is not fresh; fresh things are counted in silence. */
  constructor(private readonly write: (line: string) => void) {}

  public add({ protection, place, resource, judgement, thresholdMs, rpoMs }: Judged): void {
    const group = this.groupOf(protection, place);
    const { verdict, ageMs, reason, running } = judgement;
    group.counts[verdict]++;
    if (verdict === 'awaited' && !running && graceMs(thresholdMs) <= ALARM_MEMORY_MS) {
      this.overdueSoon++;
    }
    if (ageMs !== undefined) {
      group.oldestMs = Math.max(group.oldestMs ?? 0, ageMs);
      group.rpoUsed = rpoMs === undefined ? group.rpoUsed : Math.max(group.rpoUsed ?? 0, ageMs / rpoMs);
    }
    if (verdict !== 'fresh' && group.details[verdict]++ < DETAILS_AT_MOST) {
      this.write(JSON.stringify({ verdict, protection, place, resource, ageSeconds: seconds(ageMs), reason }));
    }
  }

  /** How often a verdict was given. */
  public count(verdict: Verdict): number {
    return [...this.groups.values()].reduce((sum, { counts }) => sum + counts[verdict], 0);
  }

  /**
   * Writes the metrics in CloudWatch's embedded metric format: of each plan and place, and of the whole watch.
   * Of what is awaited only that counts for the watch which an alarm can remember for long enough.
   */
  public publish(watch: string, nowMs: number): void {
    for (const { protection, place, counts, details, oldestMs, rpoUsed } of this.groups.values()) {
      for (const verdict of VERDICTS.filter((one) => details[one] > DETAILS_AT_MOST)) {
        this.write(JSON.stringify({ verdict, protection, place, more: details[verdict] - DETAILS_AT_MOST }));
      }
      const { stale, missing, unknown } = counts;
      this.write(
        metrics(nowMs, { [WATCH]: watch, [PROTECTION]: protection, [PLACE]: place }, [
          [COUNTS.stale, stale, 'Count'],
          [COUNTS.missing, missing, 'Count'],
          [COUNTS.unknown, unknown, 'Count'],
          ...(oldestMs === undefined ? [] : [[AGE, Math.round(oldestMs / 1000), 'Seconds'] as const]),
          ...(rpoUsed === undefined ? [] : [[RPO_USED, Math.round(rpoUsed * 100), 'Percent'] as const]),
        ]),
      );
    }
    const totals = VERDICTS.map(
      (verdict) => [COUNTS[verdict], verdict === 'awaited' ? this.overdueSoon : this.count(verdict), 'Count'] as const,
    );
    this.write(metrics(nowMs, { [WATCH]: watch }, [...totals, [HEARTBEAT, 1, 'Count']]));
  }

  private groupOf(protection: string, place: string): Group {
    const key = JSON.stringify([protection, place]);
    const group = this.groups.get(key) ?? { protection, place, counts: zeros(), details: zeros() };
    this.groups.set(key, group);
    return group;
  }
}

function zeros(): Record<Verdict, number> {
  return { fresh: 0, late: 0, stale: 0, missing: 0, awaited: 0, unjudged: 0, unknown: 0 };
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms / 1000);
}

function metrics(
  timestamp: number,
  dimensions: Readonly<Record<string, string>>,
  values: readonly (readonly [name: string, value: number, unit: 'Count' | 'Seconds' | 'Percent'])[],
): string {
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: NAMESPACE,
          Dimensions: [Object.keys(dimensions)],
          Metrics: values.map(([Name, , Unit]) => ({ Name, Unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(values.map(([name, value]) => [name, value])),
  });
}
