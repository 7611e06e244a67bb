import { GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { RECOVERY_METRICS, type SiteConfig } from '../../model/recovery';
import { HOUR, MINUTE, SECOND } from '../../model/time';
import type { AwsClients } from './aws-clients';

/** Until a loss is noticed and somebody has decided, a lost Region publishes nothing. */
const LOOK_BACK_MS = 3 * HOUR;

/** A value that CloudWatch has, and when it was. */
export interface DataPoint {
  readonly value: number;
  readonly atMs: number;
}

/** Where a metric is looked for: all that have these dimensions, and maybe more. */
export interface MetricPlace {
  readonly namespace: string;
  /** Names of all dimensions of the metric, as it is searched by. */
  readonly schema: readonly string[];
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly region?: string;
  /** How far back values are of any use; left out: three hours. */
  readonly lookBackMs?: number;
}

/** The newest values of the last hours, of every metric that fits; the newest first. */
export async function newestPoints(clients: AwsClients, place: MetricPlace, nowMs: number): Promise<readonly DataPoint[]> {
  const { namespace, schema, metric, dimensions, region, lookBackMs = LOOK_BACK_MS } = place;
  const terms = Object.entries(dimensions).map(([name, value]) => `${name}="${value}"`);
  const exact = schema.length === terms.length;
  const query = exact
    ? {
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: metric,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: MINUTE / SECOND,
          Stat: 'Maximum',
        },
      }
    : {
        Expression: `SEARCH('{${namespace},${schema.join(',')}} MetricName="${metric}" ${terms.join(' ')}', 'Maximum', ${MINUTE / SECOND})`,
      };
  const { MetricDataResults } = await clients.cloudwatch(region).send(
    new GetMetricDataCommand({
      StartTime: new Date(nowMs - lookBackMs),
      EndTime: new Date(nowMs),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [{ Id: 'found', ...query }],
    }),
  );
  return (MetricDataResults ?? [])
    .flatMap(({ Values = [], Timestamps = [] }) => Values.map((value, index) => ({ value, atMs: Timestamps[index]?.getTime() ?? 0 })))
    .sort((one, other) => other.atMs - one.atMs);
}

/** Publishes values of this site. */
export async function publish(
  clients: AwsClients,
  { recovery, site }: SiteConfig,
  values: Readonly<Record<string, number>>,
  nowMs: number,
): Promise<void> {
  const [first, second] = RECOVERY_METRICS.dimensions;
  await clients.cloudwatch().send(
    new PutMetricDataCommand({
      Namespace: RECOVERY_METRICS.namespace,
      MetricData: Object.entries(values).map(([MetricName, Value]) => ({
        MetricName,
        Value,
        Timestamp: new Date(nowMs),
        Dimensions: [
          { Name: first, Value: recovery },
          { Name: second, Value: site },
        ],
      })),
    }),
  );
}
