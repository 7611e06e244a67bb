import { differ } from '../differ';
import { documented, model } from './limit';
import { error, type Problem, warning } from './problem';

/** An alarm on metrics of AWS Backup; what is only known at deploy time is left out. */
export interface BackupAlarm {
  readonly metrics: readonly {
    readonly name?: string;
    /** Names of the dimensions. */
    readonly dimensions?: readonly string[];
  }[];
  /** Whether the alarm says what missing data means. */
  readonly treatsMissingData: boolean;
}

/** Warns of alarms on metrics of AWS Backup that are sure to stay without data, or that leave open what its absence means. */
export function checkBackupAlarm({ metrics, treatsMissingData }: BackupAlarm): readonly Problem[] {
  const nameless = metrics.find(({ dimensions }) => dimensions !== undefined && !dimensions.includes('BackupVaultName'));
  return [
    ...(nameless === undefined
      ? []
      : [
          warning(
            'AlarmWithoutVault',
            `'dimensions' of the alarm on ${nameless.name ?? 'a metric'} of AWS Backup ${words(nameless.dimensions!)}, but AWS Backup promises no data without the name of a vault and the alarm may never see any: add 'BackupVaultName', and 'ResourceType' if need be`,
          ),
        ]),
    ...(treatsMissingData
      ? []
      : [
          warning(
            'MissingDataUntreated',
            `'treatMissingData' of the alarm on ${metrics[0]?.name ?? 'a metric'} of AWS Backup is left out, but AWS Backup publishes no zeros, so that the alarm mostly has no data: set notBreaching for failures, breaching where something has to happen`,
          ),
        ]),
  ];
}

function words(dimensions: readonly string[]): string {
  return dimensions.length === 0 ? 'is empty' : `has only '${dimensions.join("', '")}'`;
}

/** Whose Region S3 publishes the metrics of replication in. */
export const REPLICATION_METRICS = documented<ReadonlyMap<string, 'source' | 'destination'>>(
  new Map([
    ['ReplicationLatency', 'destination'],
    ['BytesPendingReplication', 'destination'],
    ['OperationsPendingReplication', 'destination'],
    ['OperationsFailedReplication', 'source'],
  ]),
  'bucket whose Region has the metric',
  'S3 User Guide: replication metrics',
);

/** An alarm on the replication of a bucket; a Region that is only known at deploy time, or to nobody, is left out. */
export interface ReplicationAlarm {
  readonly metric: string;
  /** Where the alarm is. */
  readonly region?: string;
  readonly sourceRegion?: string;
  readonly destinationRegion?: string;
}

/** Warns of an alarm that is not in the Region where S3 publishes its metric: it never gets data. */
export function checkReplicationAlarm({ metric, region, sourceRegion, destinationRegion }: ReplicationAlarm): Problem | undefined {
  const publisher = REPLICATION_METRICS.value.get(metric);
  const home = publisher === 'source' ? sourceRegion : destinationRegion;
  return publisher === undefined || differ(region, home) !== true
    ? undefined
    : warning(
        'ReplicationAlarmElsewhere',
        `'metric' ${metric} is alarmed on in ${region}, but S3 publishes it in the Region of the ${publisher}, ${home}, and the alarm never sees data: put the alarm into a stack of ${home}`,
      );
}

const ALARM_ACTIONS = model(5, 'actions of an alarm for each of its states', 'API model monitoring 2010-08-01');

/** Checks the actions of an alarm by their ARNs; a Region or ARN that is only known at deploy time is left out. */
export function checkAlarmActions(region: string | undefined, arns: readonly (string | undefined)[]): readonly Problem[] {
  const { value: most, unit } = ALARM_ACTIONS;
  const regions = arns.map((arn) => arn?.split(':')[3] || undefined);
  const stray = regions.findIndex((one) => differ(one, region) === true);
  return [
    ...(arns.length > most
      ? [
          error(
            'TooManyAlarmActions',
            `the alarm has ${arns.length} actions, but CloudWatch takes at most ${most} ${unit}: let one of them reach several`,
          ),
        ]
      : []),
    ...(stray < 0
      ? []
      : [
          error(
            'AlarmActionElsewhere',
            `the alarm is in ${region}, but its action ${arns[stray]} is in ${regions[stray]}, and CloudWatch reaches those of its own Region only: give one of ${region}`,
          ),
        ]),
  ];
}
