import { type CfnResource, Stack } from 'aws-cdk-lib/core';
import { checkBackupAlarm, checkReplicationAlarm, type Problem } from '../../../model/limits';
import type { Inventory } from '../inventory';
import { known } from '../known';
import { listIn, mentions, type Properties, partIn, templateOf, textIn } from './properties';

const NAMESPACES = ['AWS/Backup', 'AWS/S3'];

/** Alarms on metrics of AWS Backup and of replicated buckets: whether they ever get data. */
export function judgeAlarm(cfn: CfnResource, inventory: Inventory): readonly Problem[] {
  if (!mentions(cfn, 'Namespace', NAMESPACES) && !mentions(cfn, 'Metrics', NAMESPACES)) {
    return [];
  }
  const alarm = templateOf(cfn);
  const queries = listIn(alarm.Metrics).map((query) => partIn(partIn(partIn(query)?.MetricStat)?.Metric));
  const metrics = [alarm, ...queries].filter((metric) => metric !== undefined);
  const ofBackup = metrics.filter(({ Namespace }) => Namespace === 'AWS/Backup');
  return [
    ...(ofBackup.length === 0
      ? []
      : checkBackupAlarm({
          metrics: ofBackup.map(({ MetricName, Dimensions }) => ({ name: textIn(MetricName), dimensions: namesIn(Dimensions) })),
          treatsMissingData: alarm.TreatMissingData !== undefined,
        })),
    ...metrics
      .filter(({ Namespace }) => Namespace === 'AWS/S3')
      .map((metric) => replicationProblem(Stack.of(cfn), metric, inventory))
      .filter((problem) => problem !== undefined),
  ];
}

function namesIn(dimensions: unknown): readonly string[] | undefined {
  if (dimensions !== undefined && !Array.isArray(dimensions)) {
    return undefined;
  }
  const names = listIn(dimensions).map((dimension) => textIn(partIn(dimension)?.Name));
  return names.every((name) => name !== undefined) ? names : undefined;
}

function replicationProblem(stack: Stack, { MetricName, Dimensions }: Properties, inventory: Inventory): Problem | undefined {
  const bucket = (dimension: string) => listIn(Dimensions).find((one) => partIn(one)?.Name === dimension) as Properties | undefined;
  return checkReplicationAlarm({
    metric: textIn(MetricName) ?? '',
    region: known(stack.region),
    sourceRegion: regionOf(stack, bucket('SourceBucket')?.Value, inventory),
    destinationRegion: regionOf(stack, bucket('DestinationBucket')?.Value, inventory),
  });
}

/** The Region of the bucket of this app that a value in the template of `stack` names. */
function regionOf(stack: Stack, value: unknown, inventory: Inventory): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const wanted = JSON.stringify(value);
  const named = [...inventory.values()].find(({ type, cfn, stack: home }) => {
    const { ref, bucketName } = cfn as CfnResource & { readonly bucketName?: unknown };
    if (type !== 'S3') {
      return false;
    }
    const seen = JSON.stringify(stack.resolve(ref));
    // a bucket that this stack does not refer to looks from here as it does at home, like a bucket of this stack
    const refersHere = home === stack || seen !== JSON.stringify(home.resolve(ref));
    return (refersHere && seen === wanted) || (typeof value === 'string' && home.resolve(bucketName) === value);
  });
  return named && known(named.stack.region);
}
