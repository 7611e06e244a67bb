import {
  type Alarm,
  ComparisonOperator,
  type IAlarmAction,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from './alarms';

/** What is watched of one replica. */
export interface WatchedReplica {
  readonly tableName: string;
  readonly region: string;
  readonly maxLagMs: number;
  readonly actions?: readonly IAlarmAction[];
}

const NAMESPACE = 'AWS/DynamoDB';
/** DynamoDB aggregates the lag over five minutes. */
const PERIOD_MINUTES = 5;
const PERIODS = 3;
/** Requests that write, by what the expression calls them. */
const WRITES = {
  puts: 'PutItem',
  updates: 'UpdateItem',
  deletes: 'DeleteItem',
  batches: 'BatchWriteItem',
  transactions: 'TransactWriteItems',
} as const;

/** Goes off where items arrive late. A table that nobody writes to publishes no lag, which says nothing, so the state stays. */
export function addLagAlarm(scope: Construct, id: string, { region, maxLagMs, actions, ...watched }: WatchedReplica): Alarm {
  return addAlarm(scope, id, {
    metric: lagOf({ region, ...watched }, Stats.MAXIMUM),
    threshold: maxLagMs,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.IGNORE,
    evaluationPeriods: PERIODS,
    section: 'replicas-of-tables-that-lag',
    wrong: `Items reach the replica in ${region} later than ${maxLagMs} ms, for ${PERIODS * PERIOD_MINUTES} minutes: what was written since would be lost with this Region`,
    actions,
  });
}

/** Goes off where items are written but none arrives: the lag is measured of items that do, so it stays silent then. */
export function addStoppedAlarm(scope: Construct, id: string, { region, actions, ...watched }: Omit<WatchedReplica, 'maxLagMs'>): Alarm {
  const names = Object.keys(WRITES);
  return addAlarm(scope, id, {
    metric: new MathExpression({
      expression: `IF((${names.map((name) => `FILL(${name}, 0)`).join(' + ')}) > 0 AND FILL(lag, -1) < 0, 1, 0)`,
      label: `written, but not arrived in ${region}`,
      period: Duration.minutes(PERIOD_MINUTES),
      usingMetrics: { ...requestsOf(watched.tableName), lag: lagOf({ region, ...watched }, Stats.AVERAGE) },
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    evaluationPeriods: PERIODS,
    section: 'replicas-of-tables-that-stand-still',
    wrong: `Items are written, but for ${PERIODS * PERIOD_MINUTES} minutes none has reached the replica in ${region}: replication stands still, and what is written would be lost with this Region`,
    actions,
  });
}

function lagOf({ tableName, region }: Pick<WatchedReplica, 'tableName' | 'region'>, statistic: string): Metric {
  return new Metric({
    namespace: NAMESPACE,
    metricName: 'ReplicationLatency',
    dimensionsMap: { TableName: tableName, ReceivingRegion: region },
    statistic,
    period: Duration.minutes(PERIOD_MINUTES),
  });
}

/** The number of samples of the latency is that of successful requests. */
function requestsOf(tableName: string): Record<string, Metric> {
  return Object.fromEntries(
    Object.entries(WRITES).map(([name, operation]) => [
      name,
      new Metric({
        namespace: NAMESPACE,
        metricName: 'SuccessfulRequestLatency',
        dimensionsMap: { TableName: tableName, Operation: operation },
        statistic: Stats.SAMPLE_COUNT,
        period: Duration.minutes(PERIOD_MINUTES),
      }),
    ]),
  );
}
