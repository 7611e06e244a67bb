import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { TimeZone } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledgeWildcards, type Wildcards } from '../../../core/private/wildcards';
import { letSeeItself, machineOf, roleOf } from './machine';
import type { Rhythm } from './rhythm';
import { startOnSchedule } from './starter';
import { chainOf, type ExportSteps } from './steps';
import type { ExportTimes } from './times';
import { watch } from './watch';

/** What makes exports on a schedule, and tells when it does not. */
export interface Engine {
  readonly machine: StateMachine;
  readonly failureAlarm: Alarm;
  readonly absenceAlarm: Alarm;
}

export interface EngineOptions {
  /** What is exported, for people. */
  readonly of: string;
  readonly rhythm: Rhythm;
  readonly timeZone?: TimeZone;
  readonly times: ExportTimes;
  readonly alarmActions?: readonly IAlarmAction[];
  readonly wildcards: Wildcards;
  stepsIn(scope: Construct): ExportSteps;
}

/** Makes the state machine of an export, its schedule and its alarms. */
export function engineOf(scope: Construct, { of, rhythm, timeZone, times, alarmActions, wildcards, stepsIn }: EngineOptions): Engine {
  const steps = new Construct(scope, 'Steps');
  const machine = machineOf(scope, chainOf(steps, stepsIn(steps)), `Exports ${of}`, times.timeoutMs);
  acknowledgeWildcards(roleOf(machine), wildcards);
  letSeeItself(scope, machine);
  const queue = startOnSchedule(scope, machine, ScheduleExpression.expression(rhythm.expression, timeZone), `Exports ${of}`);
  const { failure, absence } = watch(scope, machine, {
    of,
    missedMs: times.missedMs,
    deadLetters: queue.queueName,
    actions: alarmActions,
  });
  return { machine, failureAlarm: failure, absenceAlarm: absence };
}
