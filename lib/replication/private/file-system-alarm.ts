import {
  type Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { SERVICE_LIMITS } from '../../model/limits/services';
import { SECOND } from '../../model/time';
import { addAlarm } from './alarms';

/** A sync may begin just after a change and take as long as EFS aims at, so a healthy lag comes close to the aim. */
const TOLERANCE = 2;
const PERIOD_MINUTES = 5;
const PERIODS = 3;

/** The lag above which an alarm goes off, unless somebody says otherwise. */
export const USUAL_MAX_LAG_MS = TOLERANCE * SERVICE_LIMITS.fileReplicaLag.value;

/** What is watched of one replicated file system. */
export interface WatchedFileSystem {
  readonly fileSystemId: string;
  /** Left out where EFS makes the destination, whose id nobody knows before. */
  readonly destinationId?: string;
  readonly maxLagMs: number;
  readonly actions?: readonly IAlarmAction[];
}

/**
 * Goes off where the last sync is long ago. EFS publishes that all the time, so silence is as bad: nothing has been replicated yet, or
 * somebody has deleted the replication.
 */
export function addSyncAlarm(scope: Construct, id: string, watched: WatchedFileSystem): Alarm {
  const { maxLagMs, actions } = watched;
  return addAlarm(scope, id, {
    metric: watched.destinationId === undefined ? ofAnyDestination(watched) : ofDestination(watched, watched.destinationId),
    threshold: maxLagMs / SECOND,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
    evaluationPeriods: PERIODS,
    section: 'file-systems-out-of-sync',
    wrong: `The replica of the file system was last in sync more than ${maxLagMs / SECOND} s ago, or never, or is not replicated to any more: what was written since would be lost with this Region`,
    actions,
  });
}

function ofDestination({ fileSystemId }: WatchedFileSystem, destinationId: string): IMetric {
  return new Metric({
    namespace: 'AWS/EFS',
    metricName: 'TimeSinceLastSync',
    dimensionsMap: { FileSystemId: fileSystemId, DestinationFileSystemId: destinationId },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(PERIOD_MINUTES),
  });
}

/** A query finds the metric without the id of the destination; a file system has one destination at most. */
function ofAnyDestination({ fileSystemId }: WatchedFileSystem): IMetric {
  return new MathExpression({
    expression: `SELECT MAX(TimeSinceLastSync) FROM SCHEMA("AWS/EFS", DestinationFileSystemId, FileSystemId) WHERE FileSystemId = '${fileSystemId}'`,
    label: 'TimeSinceLastSync',
    usingMetrics: {},
    period: Duration.minutes(PERIOD_MINUTES),
  });
}
