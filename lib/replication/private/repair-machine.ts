import { type Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { DefinitionBody, type IChainable, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct, IDependable } from 'constructs';
import { descriptionOf } from '../../core/private/descriptions';
import { uniqueName } from '../../core/private/inventory';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import { addAlarm } from './alarms';
import { hashOf } from './hash-of';
import { failuresOf, schedulerOf } from './scheduled';

/** Steps that run by themselves, with whoever is told when they fail. */
export interface RepairMachine {
  readonly steps: IChainable;
  readonly schedule: ScheduleExpression;
  /** What the steps do, for descriptions. */
  readonly words: string;
  readonly actions?: readonly IAlarmAction[];
  /** What the steps are about: when it changes, they run at once, where the schedule is a rate. */
  readonly subject: unknown;
  /** What has to be there before the first run, which a rate starts at once. */
  readonly after: readonly IDependable[];
}

/**
 * A state machine on a schedule of EventBridge Scheduler: by a rate it runs first when it is deployed (EventBridge Scheduler User Guide:
 * schedule types). Answers the alarm on its failures.
 */
export function repairMachine(scope: Construct, { steps, schedule, words, actions, after, subject }: RepairMachine): Alarm {
  const machine = new StateMachine(scope, 'Machine', {
    definitionBody: DefinitionBody.fromChainable(steps),
    comment: words,
    timeout: Duration.days(14),
    tracingEnabled: true,
    logs: {
      level: LogLevel.ALL,
      destination: new LogGroup(scope, 'Log', {
        // the policy that lets logs be delivered is short of room, which names that begin so take none of
        logGroupName: `/aws/vendedlogs/states/${outermostStackOf(scope).stackName}/${uniqueName(scope, 150)}`,
        retention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    },
  });
  const jobs = Stack.of(scope).formatArn({ service: 's3', resource: 'job', resourceName: '*' });
  acknowledgeWildcards(machine.role as Role, {
    resources: ['*', jobs],
    reason: 'starting a job of S3, delivering logs and tracing know no resource, and jobs have names that S3 chooses',
  });
  const role = new Role(scope, 'ScheduleRole', {
    description: descriptionOf('role', `EventBridge Scheduler starts ${machine.node.path} with it`),
    assumedBy: schedulerOf(scope),
  });
  // another id is another schedule, and a new rate starts at once
  const made = new Schedule(scope, `Schedule-${hashOf(scope, subject)}`, {
    schedule,
    description: descriptionOf('schedule', words),
    target: new StepFunctionsStartExecution(machine, { role }),
  });
  // the machine itself waits for its policy, but who may start it does not
  made.node.addDependency(...after, role.node.findChild('DefaultPolicy'));
  return watch(scope, machine, words, actions);
}

function watch(scope: Construct, machine: StateMachine, words: string, actions: RepairMachine['actions']): Alarm {
  return addAlarm(scope, 'FailureAlarm', {
    metric: failuresOf(machine, Duration.hours(1), 'runs that failed'),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    section: 'failed-runs-of-bucket-replication',
    wrong: `A run that should have done this has failed: ${words}. Look at the last executions of the state machine`,
    actions,
  });
}
