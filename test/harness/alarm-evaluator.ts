/** One raw value of a metric. */
export interface MetricValue {
  readonly atMs: number;
  readonly value: number;
}

/** Raw values by the name of their metric; other dimensions than those of the alarm are not put in. */
export type MetricSeries = Readonly<Record<string, readonly MetricValue[]>>;

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface MetricStat {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string }; readonly Period: number; readonly Stat: string };
  readonly ReturnData?: boolean;
}

/** The properties of `AWS::CloudWatch::Alarm` that its state depends on. */
export interface AlarmProperties {
  readonly MetricName?: string;
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly MetricStat[];
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData?: string;
}

/**
 * CloudWatch looks at more periods than it evaluates, so that few missing data points do not matter: the user guide shows 5
 * for 3. How many more is not documented for other numbers.
 */
const FURTHER_PERIODS = 2;

/**
 * The state of an alarm after an evaluation, as the CloudWatch user guide describes it (alarm evaluation; how missing data is
 * treated). Only the expressions that this library uses are known: sums of `FILL(id, number)`.
 */
export function evaluate(alarm: AlarmProperties, series: MetricSeries, nowMs: number, before: AlarmState): AlarmState {
  const count = alarm.EvaluationPeriods;
  const needed = alarm.DatapointsToAlarm ?? count;
  const points = dataPoints(alarm, series, nowMs, count + FURTHER_PERIODS);
  const newest = points.filter((point) => point !== undefined).slice(-count);
  const breaching = newest.filter((value) => breaches(alarm, value)).length;
  const absent = count - newest.length;
  if (breaching >= needed) {
    return 'ALARM';
  }
  if (absent === 0) {
    return 'OK';
  }
  switch (alarm.TreatMissingData ?? 'missing') {
    case 'breaching':
      return breaching + absent >= needed ? 'ALARM' : 'OK';
    case 'notBreaching':
      return 'OK';
    case 'ignore':
      return newest.length > breaching ? 'OK' : before;
    case 'missing':
      return newest.length === 0 ? 'INSUFFICIENT_DATA' : newest.length > breaching ? 'OK' : 'ALARM';
    default:
      throw new Error(`unknown treatment of missing data '${alarm.TreatMissingData}'`);
  }
}

function breaches({ ComparisonOperator, Threshold }: AlarmProperties, value: number): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
    default:
      throw new Error(`unknown comparison '${ComparisonOperator}'`);
  }
}

/** One value for each of the last whole periods, oldest first. */
function dataPoints(alarm: AlarmProperties, series: MetricSeries, nowMs: number, periods: number): readonly (number | undefined)[] {
  const returned = alarm.Metrics?.find(({ ReturnData }) => ReturnData !== false);
  if (!alarm.Metrics || !returned) {
    return aggregated(series, alarm.MetricName as string, alarm.Statistic as string, alarm.Period as number, nowMs, periods);
  }
  const inputs = new Map(
    alarm.Metrics.flatMap(({ Id, MetricStat: stat }) =>
      stat ? [[Id, aggregated(series, stat.Metric.MetricName, stat.Stat, stat.Period, nowMs, periods)] as const] : [],
    ),
  );
  const terms = (returned.Expression as string).split('+').map((term) => /^\s*FILL\((\w+), (\d+)\)\s*$/.exec(term));
  return Array.from({ length: periods }, (_, index) =>
    terms.reduce<number | undefined>((sum, term) => {
      const input = inputs.get(term?.[1] as string);
      if (!term || !input) {
        throw new Error(`unknown expression '${returned.Expression}'`);
      }
      // what has no data at all in the range is not sure to be filled
      const known = input.some((point) => point !== undefined);
      return known ? (sum ?? 0) + (input[index] ?? Number(term[2])) : sum;
    }, undefined),
  );
}

function aggregated(
  series: MetricSeries,
  metric: string,
  statistic: string,
  periodSeconds: number,
  nowMs: number,
  periods: number,
): readonly (number | undefined)[] {
  const periodMs = periodSeconds * 1000;
  const endMs = Math.floor(nowMs / periodMs) * periodMs;
  const values = series[metric] ?? [];
  return Array.from({ length: periods }, (_, index) => {
    const fromMs = endMs - (periods - index) * periodMs;
    return statisticOf(statistic, valuesBetween(values, fromMs, fromMs + periodMs));
  });
}

/** Values lie in order of time; the newest are asked for most often. */
function valuesBetween(values: readonly MetricValue[], fromMs: number, untilMs: number): readonly number[] {
  const found: number[] = [];
  for (let i = values.length - 1; i >= 0 && values[i].atMs >= fromMs; i--) {
    if (values[i].atMs < untilMs) {
      found.push(values[i].value);
    }
  }
  return found;
}

function statisticOf(statistic: string, values: readonly number[]): number | undefined {
  if (values.length === 0) {
    return undefined;
  }
  switch (statistic) {
    case 'Maximum':
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'SampleCount':
      return values.length;
    default:
      throw new Error(`unknown statistic '${statistic}'`);
  }
}
