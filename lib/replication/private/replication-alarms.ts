import {
  type Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { addAlarm } from './alarms';
import { hashOf } from './hash-of';
import { countInsightsAlarm } from './room';

/** S3 publishes the metrics every minute, as far as it can. */
const PERIOD_MINUTES = 5;

/** One rule of one direction, with the places where S3 publishes its metrics. */
export interface WatchedRule {
  readonly id: string;
  readonly source: WatchedEnd;
  readonly destination: WatchedEnd;
}

export interface WatchedEnd {
  /** In a stack of the Region of this bucket, in the account of the source: metrics belong to whoever replicates. */
  readonly place: Construct;
  /** What descriptions call the bucket. */
  readonly words: string;
  /** The name of the bucket as the stack of its own Region writes it. */
  readonly name: string;
  /** The name as the other stack may write it; left out where CloudFormation makes it up. */
  readonly nameFromAfar?: string;
  /** What actions the alarms there take. */
  readonly actions?: readonly IAlarmAction[];
}

/** When alarms go off. */
export interface AlarmLimits {
  readonly maxLag: Duration;
  /** Operations that wait; left out: no alarm on their number. */
  readonly maxPendingOperations?: number;
}

/** The alarms of one or more rules. */
export interface RuleAlarms {
  readonly lag: readonly Alarm[];
  readonly backlog: readonly Alarm[];
  readonly failure: readonly Alarm[];
}

/**
 * Alarms of a rule: lag and backlog in the Region of the destination, failures in that of the source, for that is where S3
 * publishes them (S3 User Guide: using S3 Replication metrics).
 */
export function watchRule(rule: WatchedRule, { maxLag, maxPendingOperations }: AlarmLimits): RuleAlarms {
  const { id, source, destination } = rule;
  const words = `of replication rule '${id}' from ${source.words} to ${destination.words}`;
  // ids of constructs have no '/', for which the CDK puts what another rule may have in its place
  const called = id.includes('/') ? `${id}-${hashOf(source.place, id)}` : id;
  const atDestination = { treatMissingData: TreatMissingData.MISSING, actions: destination.actions };
  const lag = addAlarm(destination.place, `LagAlarm-${called}`, {
    ...atDestination,
    metric: largest(rule, 'ReplicationLatency'),
    threshold: maxLag.toSeconds(),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    section: 'objects-that-arrive-late',
    wrong: `Objects ${words} arrive more than ${maxLag.toHumanString()} late, or nobody tells how late any more: look at the metrics of the source bucket and at the permissions of its role`,
  });
  if (source.nameFromAfar === undefined) {
    countInsightsAlarm(source.place, Stack.of(destination.place));
  }
  // S3 tells the lag also when nothing is replicated, so silence means that replication is gone; at first there is none yet
  lag.addInsufficientDataAction(...(destination.actions ?? []));
  const backlog =
    maxPendingOperations === undefined
      ? []
      : [
          addAlarm(destination.place, `BacklogAlarm-${called}`, {
            ...atDestination,
            metric: largest(rule, 'OperationsPendingReplication'),
            threshold: maxPendingOperations,
            comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
            section: 'objects-that-arrive-late',
            wrong: `More than ${maxPendingOperations} operations ${words} wait: look at the rate of writes and at the quotas of AWS KMS`,
          }),
        ];
  const failure = addAlarm(source.place, `FailureAlarm-${called}`, {
    metric: new Metric({
      namespace: 'AWS/S3',
      metricName: 'OperationsFailedReplication',
      dimensionsMap: { SourceBucket: source.name, DestinationBucket: destination.nameFromAfar ?? destination.name, RuleId: id },
      statistic: 'Sum',
      period: Duration.minutes(PERIOD_MINUTES),
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // S3 publishes failures only, so no data is no failure
    treatMissingData: TreatMissingData.NOT_BREACHING,
    section: 'objects-that-cannot-be-replicated',
    wrong: `Operations ${words} have failed: look at the replication status of objects, at the policies of the role, the replica bucket and both keys`,
    actions: source.actions,
  });
  return { lag: [lag], backlog, failure: [failure] };
}

/** A metric in the Region of the destination. It asks by the other dimensions where the name of the source is not known there. */
function largest({ id, source, destination }: WatchedRule, metricName: string): IMetric {
  const period = Duration.minutes(PERIOD_MINUTES);
  if (source.nameFromAfar === undefined) {
    return new MathExpression({
      expression: `SELECT MAX(${metricName}) FROM SCHEMA("AWS/S3", DestinationBucket, RuleId, SourceBucket) WHERE DestinationBucket = '${destination.name}' AND RuleId = '${id}'`,
      label: metricName,
      period,
    });
  }
  return new Metric({
    namespace: 'AWS/S3',
    metricName,
    dimensionsMap: { SourceBucket: source.nameFromAfar, DestinationBucket: destination.name, RuleId: id },
    statistic: 'Maximum',
    period,
  });
}

/** The alarms of several rules together. */
export function together(all: readonly RuleAlarms[]): RuleAlarms {
  return {
    lag: all.flatMap(({ lag }) => lag),
    backlog: all.flatMap(({ backlog }) => backlog),
    failure: all.flatMap(({ failure }) => failure),
  };
}
