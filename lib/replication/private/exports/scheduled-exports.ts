import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { BucketReplication } from '../../bucket-replication';
import type { ExportOptions } from '../../export-options';
import { type Engine, type EngineOptions, engineOf } from './engine';
import { type RecordedExport, recordExports } from './facts';
import { rhythmOf } from './rhythm';
import { chainOf, type ExportSteps } from './steps';
import { timesOf } from './times';

/** What is particular to the exports of one kind of resource. */
export type ExportKind = Omit<RecordedExport, 'rhythm' | 'times'> &
  Pick<EngineOptions, 'wildcards'> & { stepsIn(scope: Construct): ExportSteps };

/** Exports that are made on a schedule, told to the record and watched. */
export interface ScheduledExports extends Engine {
  readonly replication?: BucketReplication;
  /** All alarms, those of the replication included. */
  readonly alarms: Alarm[];
}

/** Makes what exports a resource to its store again and again. */
export function scheduledExports(owner: Construct, props: ExportOptions, { wildcards, stepsIn, ...kind }: ExportKind): ScheduledExports {
  const { target, store } = kind;
  const rhythm = rhythmOf(owner, props);
  const times = timesOf(owner, target.type, props, rhythm);
  const { timeZone, alarmActions } = props;
  const engine = engineOf(owner, {
    of: target.id,
    rhythm,
    timeZone,
    times,
    alarmActions,
    wildcards,
    chainIn: (steps) => chainOf(steps, stepsIn(steps)),
  });
  recordExports(owner, { ...kind, rhythm, times });
  const replication = store.offSite?.replication;
  return { ...engine, replication, alarms: [engine.failureAlarm, engine.absenceAlarm, ...(replication?.alarms ?? [])] };
}
