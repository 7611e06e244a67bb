import type { RunRecord } from './register';
import type { SiteConfig } from './site-config';

/** Whether what was promised was kept; `unknown`: promised, and not measured. */
export type RecoveryVerdict = 'kept' | 'missed' | 'unknown' | 'not-promised';

/** What a run has shown about the objective. */
export interface Measured {
  readonly recoveryTime: MeasuredTime;
  readonly recoveryPoint: MeasuredPoint;
}

export interface MeasuredTime {
  readonly verdict: RecoveryVerdict;
  readonly promisedMs?: number;
  /** From the disruption until requests were answered here. */
  readonly ms?: number;
  /** Steps in the order in which they began. */
  readonly parts: readonly { readonly step: string; readonly ms: number }[];
}

export interface MeasuredPoint {
  readonly verdict: RecoveryVerdict;
  readonly promisedMs?: number;
  /** That of the data that lost most, or for how long this site has taken writes that are in no data any more. */
  readonly ms?: number;
  /** By name of the data; left out where nobody could measure it. */
  readonly items: Readonly<Record<string, number>>;
  /** Names of data of which nobody knows. */
  readonly unknown: readonly string[];
}

/** The step that ends a run which makes no site active. */
const LAST_STEP = { rebuild: 'join', rehearsal: 'rehearse' } as const;

/** How the step is called under which the loss of a data item is kept; its facts say `lagMs`. */
export function measureStep(item: string): string {
  return `measure:${item}`;
}

/** What is measured of a run, as its site remembers it or as evidence has it. */
export type MeasuredRun = Pick<RunRecord, 'input' | 'begunMs' | 'steps'>;

/** What a run is held against. */
export interface Promised {
  readonly objective?: Partial<NonNullable<SiteConfig['objective']>>;
  readonly data: readonly { readonly name: string }[];
}

/** Holds what a run took and lost against what was promised. A switchover loses nothing, for it waits. */
export function measuredOf(run: MeasuredRun, { objective, data }: Promised): Measured {
  return { recoveryTime: timeOf(run, objective?.rtoMs), recoveryPoint: pointOf(run, data, objective?.rpoMs) };
}

function timeOf({ input, begunMs, steps }: MeasuredRun, promisedMs: number | undefined): MeasuredTime {
  const endMs = endOf(input.kind, steps);
  // clocks of two places may differ: nothing ends before it begins
  const ms = endMs === undefined ? undefined : Math.max(0, endMs - (input.sinceMs ?? begunMs));
  const parts = Object.entries(steps)
    .filter(([, { untilMs }]) => untilMs !== undefined)
    .sort(([, one], [, other]) => one.sinceMs - other.sinceMs)
    .map(([step, { sinceMs, untilMs = sinceMs }]) => ({ step, ms: untilMs - sinceMs }));
  return {
    verdict: verdictOf(ms, promisedMs),
    ...(promisedMs === undefined ? {} : { promisedMs }),
    ...(ms === undefined ? {} : { ms }),
    parts,
  };
}

/** Clients have the new answer when settling begins, which is after the time to live of the records. */
function endOf(kind: RunRecord['input']['kind'], steps: RunRecord['steps']): number | undefined {
  if (kind !== 'rebuild' && kind !== 'rehearsal') {
    return steps.settle?.sinceMs;
  }
  const last = Object.entries(steps).filter(([step]) => step === LAST_STEP[kind] || step.startsWith(`${LAST_STEP[kind]}:`));
  const ends = last.map(([, { untilMs }]) => untilMs);
  return ends.length === 0 || ends.includes(undefined) ? undefined : Math.max(...(ends as number[]));
}

function pointOf({ steps }: MeasuredRun, data: Promised['data'], promisedMs: number | undefined): MeasuredPoint {
  const lags = data.map(({ name }) => [name, steps[measureStep(name)]?.facts?.lagMs] as const);
  const items = Object.fromEntries(lags.filter((lag): lag is readonly [string, number] => typeof lag[1] === 'number'));
  const unknown = lags.filter(([, ms]) => typeof ms !== 'number').map(([name]) => name);
  const late = steps.join?.facts?.lateMs;
  const losses = [...Object.values(items), ...(typeof late === 'number' ? [late] : [])];
  const ms = losses.length === 0 ? undefined : Math.max(...losses);
  const verdict = verdictOf(ms, promisedMs);
  return {
    verdict: verdict === 'kept' && unknown.length > 0 ? 'unknown' : data.length === 0 ? 'not-promised' : verdict,
    ...(promisedMs === undefined ? {} : { promisedMs }),
    ...(ms === undefined ? {} : { ms }),
    items,
    unknown,
  };
}

function verdictOf(ms: number | undefined, promisedMs: number | undefined): RecoveryVerdict {
  if (promisedMs === undefined) {
    return 'not-promised';
  }
  return ms === undefined ? 'unknown' : ms <= promisedMs ? 'kept' : 'missed';
}
