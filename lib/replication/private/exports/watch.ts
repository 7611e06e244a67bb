import { type Alarm, ComparisonOperator, type IAlarmAction, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Choice, Condition, Fail, type StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { EXPORT_LIMITS } from '../../../model/limits/exports';
import { DAY, HOUR, MINUTE, words } from '../../../model/time';
import { withArticle } from '../../../model/with-article';
import { addAlarm } from '../alarms';
import { failuresOf } from '../scheduled';
import { machineOf } from './machine';
import { startOnSchedule } from './starter';
import { capital, expression, type Made, read } from './steps';

const OF_EXPORTS = { failure: { section: 'failed-exports' }, absence: { section: 'missing-exports' } } as const;
const OF_BACKUPS = {
  failure: { section: 'failed-backups-of-servers-and-files' },
  absence: { section: 'missing-backups-of-servers-and-files' },
} as const;
/** The sections of the runbook. */
const SECTIONS = { export: OF_EXPORTS, backup: OF_BACKUPS, verification: OF_BACKUPS, retirement: OF_BACKUPS } as const;

/** The name of the resource whose exports or backups are watched, and what it takes to tell somebody. */
export interface WatchOptions {
  readonly of: string;
  readonly made: Made;
  readonly missedMs: number;
  /** Name of the queue that tells what could not be started. */
  readonly deadLetters: string;
  readonly actions?: readonly IAlarmAction[];
}

/** The alarms of an export or a backup. */
export interface Alarms {
  readonly failure: Alarm;
  readonly absence: Alarm;
}

/** Tells when an export fails, and when none has succeeded for too long, for whatever reason. */
export function watch(scope: Construct, machine: StateMachine, options: WatchOptions): Alarms {
  const { of, made, actions } = options;
  const failure = addAlarm(scope, 'FailureAlarm', {
    metric: failuresOf(machine, Duration.minutes(5), `${capital(made)}s that came to no good end`),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    ...SECTIONS[made].failure,
    wrong: `${capital(withArticle(made))} of ${of} failed, was stopped or took too long: read 'cause' in the last execution of ${machine.stateMachineName}, mend it, and start an execution by hand`,
    actions,
  });
  return { failure, absence: absenceAlarm(scope, machine, options) };
}

function absenceAlarm(scope: Construct, machine: StateMachine, options: WatchOptions): Alarm {
  const hours = Math.ceil(options.missedMs / HOUR);
  const direct = hours * HOUR <= EXPORT_LIMITS.alarmRange.value;
  const watched = direct ? machine : watcherOf(scope, machine, options);
  const { of, made, missedMs, deadLetters, actions } = options;
  return addAlarm(scope, 'AbsenceAlarm', {
    metric: watched.metricSucceeded({ period: Duration.hours(1), statistic: Stats.SUM }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
    evaluationPeriods: direct ? hours : WATCH_ALARM_MS / HOUR,
    ...SECTIONS[made].absence,
    wrong:
      `No ${made} of ${of} has succeeded for ${words(direct ? hours * HOUR : missedMs)}: look for executions of ${machine.stateMachineName}; ` +
      `where there are none, see in the queue ${deadLetters} why its schedule could not start one, and start one by hand`,
    actions,
  });
}

/** A watcher that finds nothing missing is seen twice a day; without it, something is amiss with the export or the watcher. */
const WATCH_EVERY_MS = 12 * HOUR;
const WATCH_ALARM_MS = DAY + 2 * HOUR;

/** An alarm looks back a week at most: for rarer exports, a second machine reads in the list of executions when the last one succeeded. */
function watcherOf(scope: Construct, machine: StateMachine, { of, made, missedMs }: WatchOptions): StateMachine {
  const watcher = new Construct(scope, 'Watcher');
  const steps = new Construct(watcher, 'Steps');
  const arn = machine.stateMachineArn;
  const born = read(steps, 'Find creation', {
    service: 'sfn',
    action: 'describeStateMachine',
    parameters: { StateMachineArn: arn },
    iamAction: 'states:DescribeStateMachine',
    iamResources: [arn],
    assign: { since: expression('$toMillis($states.result.CreationDate)') },
  });
  const last = read(steps, `Find last ${made}`, {
    service: 'sfn',
    action: 'listExecutions',
    parameters: { StateMachineArn: arn, StatusFilter: 'SUCCEEDED', MaxResults: 1 },
    iamAction: 'states:ListExecutions',
    iamResources: [arn],
    assign: { since: expression('$max($append([$since], $states.result.Executions.$toMillis(StopDate)))') },
  });
  const missing = Fail.jsonata(steps, `${capital(made)} missing`, {
    error: `${capital(made)}Missing`,
    cause: expression(`'no ${made} of ${of} has succeeded since ' & $fromMillis($since)`),
  });
  const late = Condition.jsonata(expression(`$toMillis($states.context.Execution.StartTime) - $since > ${missedMs}`));
  const chain = born.next(last).next(Choice.jsonata(steps, 'Is it late?').when(late, missing).otherwise(Succeed.jsonata(steps, 'In time')));
  const eye = machineOf(watcher, chain, `Sees that ${made}s of ${of} are made`, 10 * MINUTE);
  startOnSchedule(watcher, eye, ScheduleExpression.rate(Duration.millis(WATCH_EVERY_MS)), `Looks for the last ${made} of ${of}`);
  return eye;
}
