import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { HOUR } from '../../model/time';
import type { DigestPorts, MetricQuery, Point } from './ports';

/** CloudWatch takes no more in one request (CloudWatch API Reference: GetMetricData). */
const MOST_QUERIES = 500;

/** Binds the ports to CloudWatch. `signal` ends every request that is under way. */
export function metricPorts(config: object, signal: AbortSignal): Pick<DigestPorts, 'metrics' | 'points'> {
  const clients = new Map<string, CloudWatchClient>();
  const clientOf = (region: string): CloudWatchClient => {
    const client = clients.get(region) ?? new CloudWatchClient({ ...config, region });
    clients.set(region, client);
    return client;
  };
  return {
    metrics: async (region, Namespace, MetricName, having) => {
      const found: Record<string, string>[] = [];
      let NextToken: string | undefined;
      do {
        const request = new ListMetricsCommand({ Namespace, MetricName, Dimensions: having.map((Name) => ({ Name })), NextToken });
        const page = await clientOf(region).send(request, { abortSignal: signal });
        requireProgress(NextToken, page.NextToken);
        found.push(
          ...(page.Metrics ?? []).map(({ Dimensions = [] }) => Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]))),
        );
        NextToken = page.NextToken || undefined;
      } while (NextToken);
      return found;
    },
    points: async (region, queries, fromMs, toMs) => {
      const all: (readonly Point[])[] = [];
      for (let first = 0; first < queries.length; first += MOST_QUERIES) {
        all.push(...(await pointsOf(clientOf(region), queries.slice(first, first + MOST_QUERIES), { fromMs, toMs, signal })));
      }
      return all;
    },
  };
}

async function pointsOf(
  client: CloudWatchClient,
  queries: readonly MetricQuery[],
  { fromMs, toMs, signal }: { readonly fromMs: number; readonly toMs: number; readonly signal: AbortSignal },
): Promise<readonly (readonly Point[])[]> {
  const points = queries.map((): Point[] => []);
  const complete = new Set<number>();
  let NextToken: string | undefined;
  do {
    const request = new GetMetricDataCommand({
      MetricDataQueries: queries.map(({ namespace, name, dimensions, statistic }, index) => ({
        Id: `q${index}`,
        MetricStat: {
          Metric: {
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          },
          Period: HOUR / 1000,
          Stat: statistic,
        },
      })),
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      NextToken,
    });
    const page = await client.send(request, { abortSignal: signal });
    requireProgress(NextToken, page.NextToken);
    for (const result of page.MetricDataResults ?? []) {
      const index = Number(result.Id?.slice(1));
      points[index]?.push(...toPoints(result));
      if (result.StatusCode === 'Complete') {
        complete.add(index);
      }
    }
    NextToken = page.NextToken || undefined;
  } while (NextToken);
  if (complete.size < queries.length) {
    throw new Error(`CloudWatch answered for ${complete.size} of ${queries.length} metrics only`);
  }
  return points;
}

function toPoints({ Timestamps = [], Values = [] }: MetricDataResult): readonly Point[] {
  return Values.map((value, index) => ({ atMs: (Timestamps[index] as Date).getTime(), value }));
}

/** A list that never ends is no answer. */
function requireProgress(before: string | undefined, next: string | undefined): void {
  if (next && next === before) {
    throw new Error('the list repeats a page instead of going on');
  }
}
