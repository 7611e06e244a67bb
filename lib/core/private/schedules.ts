import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { CronSchedule, HORIZON_START, ScheduleError } from '../../model/schedule';
import { ConfigurationError } from './errors';

/** Refuses a schedule that AWS Backup does not take; one that is only known at deploy time is left to it. */
export function checkSchedule(scope: IConstruct, subject: string, expression: string, timeZone: string | undefined): void {
  if (Token.isUnresolved(expression) || Token.isUnresolved(timeZone)) {
    return;
  }
  try {
    if (CronSchedule.parse(expression, timeZone).nextRun(HORIZON_START) === undefined) {
      const message = `${subject}: expression '${expression}' never runs any more: name days that come, or leave out the years`;
      throw new ConfigurationError('InvalidSchedule', message, scope);
    }
  } catch (error) {
    if (error instanceof ScheduleError) {
      throw new ConfigurationError('InvalidSchedule', `${subject}: ${error.message}`, scope);
    }
    throw error;
  }
}

/** Refuses a part of a schedule that rules are derived from and that is only known at deploy time. */
export function requirePlain<T>(scope: IConstruct, prop: string, value: T): T {
  if (Token.isUnresolved(value)) {
    throw new ConfigurationError(
      'InvalidSchedule',
      `'${prop}' is only known at deploy time, but schedules are derived from it: give a plain value, or write the rules of a ProtectionPlan`,
      scope,
    );
  }
  return value;
}
