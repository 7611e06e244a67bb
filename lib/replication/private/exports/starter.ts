import { Role } from 'aws-cdk-lib/aws-iam';
import { Schedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { descriptionOf } from '../../../core/private/descriptions';
import { ownChild } from '../../../core/private/own-child';
import { schedulerOf } from '../scheduled';
import { START_MS } from './times';

const QUEUE_ID = 'ExportDeadLetters';

/** Spread over the hour with growing pauses; more only matter while nothing can be started anyway. */
const RETRIES = 20;

/** Starts a state machine on a schedule; returns the queue that tells what could not be started within the hour, and why. */
export function startOnSchedule(scope: Construct, machine: StateMachine, schedule: ScheduleExpression, description: string): Queue {
  const stack = Stack.of(scope);
  const deadLetterQueue = ownChild(stack, QUEUE_ID, () => newQueue(stack));
  const role = new Role(scope, 'StartRole', { description: descriptionOf('role', description), assumedBy: schedulerOf(scope) });
  new Schedule(scope, 'Schedule', {
    description: descriptionOf('schedule', description),
    schedule,
    target: new StepFunctionsStartExecution(machine, {
      role,
      deadLetterQueue,
      maxEventAge: Duration.millis(START_MS),
      retryAttempts: RETRIES,
    }),
  });
  return deadLetterQueue;
}

/** One for all exports of a stack: a message names its schedule. */
function newQueue(stack: Stack): Queue {
  const queue = new Queue(stack, QUEUE_ID, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'is the dead-letter queue itself, of the schedules of exports' });
  return queue;
}
