import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { IChainable, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { TimeZone } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledgeWildcards, type Wildcards } from '../../../core/private/wildcards';
import { letSeeItself, machineOf, roleOf } from './machine';
import type { Rhythm } from './rhythm';
import { startOnSchedule } from './starter';
import type { Made } from './steps';
import type { ExportTimes } from './times';
import { watch } from './watch';

/** What makes exports or backups on a schedule, and tells when it does not. */
export interface Engine {
  readonly machine: StateMachine;
  readonly failureAlarm: Alarm;
  readonly absenceAlarm: Alarm;
}

export interface EngineOptions {
  /** What is exported or backed up, for people. */
  readonly of: string;
  readonly rhythm: Rhythm;
  readonly timeZone?: TimeZone;
  readonly times: ExportTimes;
  readonly alarmActions?: readonly IAlarmAction[];
  readonly wildcards?: Wildcards;
  /** @default 'export' */
  readonly made?: Made;
  chainIn(scope: Construct): IChainable;
}

const DOES: Readonly<Record<Made, string>> = {
  export: 'Exports',
  backup: 'Backs up',
  verification: 'Verifies backups of',
  retirement: 'Retires backups of',
};

/** Makes the state machine of an export or a backup, its schedule and its alarms. */
export function engineOf(scope: Construct, options: EngineOptions): Engine {
  const { of, rhythm, timeZone, times, alarmActions, wildcards, made = 'export', chainIn } = options;
  const words = `${DOES[made]} ${of}`;
  const steps = new Construct(scope, 'Steps');
  const machine = machineOf(scope, chainIn(steps), words, times.timeoutMs);
  if (wildcards) {
    acknowledgeWildcards(roleOf(machine), wildcards);
  }
  letSeeItself(scope, machine);
  const queue = startOnSchedule(scope, machine, ScheduleExpression.expression(rhythm.expression, timeZone), words);
  const { failure, absence } = watch(scope, machine, {
    of,
    made,
    missedMs: times.missedMs,
    deadLetters: queue.queueName,
    actions: alarmActions,
  });
  return { machine, failureAlarm: failure, absenceAlarm: absence };
}
