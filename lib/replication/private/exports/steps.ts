import {
  Choice,
  Condition,
  CustomState,
  Fail,
  type IChainable,
  JitterType,
  type RetryProps,
  Succeed,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService, type CallAwsServiceJsonataProps } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Aws, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Minutes between two questions how an export fares: short beside any export, and rare enough for the history of the longest one. */
const POLL_MINUTES = 5;

/** No call of AWS takes longer; without a limit, a lost answer would hold the execution until its own end. */
const CALL_SECONDS = 60;

/** Steps that export something: how it is started, asked after and recognised as done. Conditions and words are JSONata. */
export interface ExportSteps {
  /** Variables that are set before the first step. */
  readonly remembered?: Readonly<Record<string, unknown>>;
  /** Leads to `begin`. */
  readonly first: IChainable;
  /** The call that starts the export. */
  readonly begin: CallAwsService;
  /** Errors of that call which say that the export runs already. */
  readonly alreadyBegun?: string[];
  /** Asks how the export fares; what it puts out is what an execution returns. */
  readonly ask: CallAwsService;
  /** The export is complete, and nothing is missing in it. */
  readonly done: string;
  /** Asked where it is not done: the export has come to another end. */
  readonly failed: string;
  /** Why it failed, in words. */
  readonly cause: string;
}

/** What is made again and again, in words of people. */
export type Made = 'export' | 'backup' | 'verification' | 'retirement';

/** Joins the steps to a whole: nothing while an earlier export runs, then start it, and ask until it has come to an end. */
export function chainOf(scope: Construct, steps: ExportSteps, made: Made = 'export'): IChainable {
  const { remembered, first, begin, alreadyBegun, ask, done, failed, cause } = steps;
  const wait = Wait.jsonata(scope, 'Wait', { time: WaitTime.duration(Duration.minutes(POLL_MINUTES)) });
  const fail = Fail.jsonata(scope, `${capital(made)} failed`, { error: `${capital(made)}Failed`, cause: expression(cause) });
  begin.next(wait);
  if (alreadyBegun) {
    begin.addCatch(wait, { errors: alreadyBegun });
  }
  wait.next(ask).next(
    Choice.jsonata(scope, 'Is it complete?')
      .when(Condition.jsonata(expression(done)), Succeed.jsonata(scope, made === 'export' ? 'Exported' : 'Backed up'))
      .when(Condition.jsonata(expression(failed)), fail)
      .otherwise(wait),
  );
  return whenAlone(scope, first, made, remembered);
}

/** Goes on only where no earlier execution is still at work. */
export function whenAlone(scope: Construct, first: IChainable, made: Made, remembered?: ExportSteps['remembered']): IChainable {
  const busy = Fail.jsonata(scope, `Earlier ${made} runs`, {
    error: `Earlier${capital(made)}Runs`,
    cause: `an earlier execution is still running, and two ${made}s at a time only slow each other down: let it end, or have them less often`,
  });
  const alone = Choice.jsonata(scope, 'Is it alone?')
    .when(Condition.jsonata(expression('$earlier > 0')), busy)
    .otherwise(first);
  return findEarlier(scope, made, remembered).next(alone);
}

/** The word with its first letter in upper case. */
export function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Counts running executions that have started before this one; of two of the same moment, one has the smaller ARN. */
function findEarlier(scope: Construct, made: Made, remembered: ExportSteps['remembered']): CustomState {
  const own = '$states.context.Execution';
  const earlier = [
    `$toMillis(StartDate) < $toMillis(${own}.StartTime)`,
    `($toMillis(StartDate) = $toMillis(${own}.StartTime) and ExecutionArn < ${own}.Id)`,
  ].join(' or ');
  const state = new CustomState(scope, `Find earlier ${made}`, {
    stateJson: {
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:sfn:listExecutions`,
      Arguments: { StateMachineArn: expression('$states.context.StateMachine.Id'), StatusFilter: 'RUNNING' },
      TimeoutSeconds: CALL_SECONDS,
      Assign: { ...remembered, earlier: expression(`$count($states.result.Executions[${earlier}])`) },
    },
  });
  state.addRetry(readAgain());
  return state;
}

/** A call that changes nothing: it is simply made again when it fails. */
export function read(scope: Construct, id: string, props: CallAwsServiceJsonataProps): CallAwsService {
  return call(scope, id, props).addRetry(readAgain()) as CallAwsService;
}

/** A call that starts something; a repetition has to be harmless. Errors by name, because a refusal is no reason to try again. */
export function start(scope: Construct, id: string, passing: readonly string[], props: CallAwsServiceJsonataProps): CallAwsService {
  return call(scope, id, props).addRetry({
    errors: [...passing, 'States.Timeout'],
    interval: Duration.minutes(1),
    maxAttempts: 7,
    backoffRate: 2,
    maxDelay: Duration.minutes(15),
    jitterStrategy: JitterType.FULL,
  }) as CallAwsService;
}

function call(scope: Construct, id: string, props: CallAwsServiceJsonataProps): CallAwsService {
  return CallAwsService.jsonata(scope, id, { taskTimeout: Timeout.duration(Duration.seconds(CALL_SECONDS)), ...props });
}

function readAgain(): RetryProps {
  return {
    errors: ['States.ALL'],
    interval: Duration.seconds(20),
    maxAttempts: 6,
    backoffRate: 2,
    maxDelay: Duration.minutes(5),
    jitterStrategy: JitterType.FULL,
  };
}

/** JSONata as the fields of a state take it. */
export function expression(jsonata: string): string {
  return `{% ${jsonata} %}`;
}
