import { MINUTE, SECOND } from '../../model/time';
import { CONFIG_STATE, WORK_AFTER_LOOKING_MS, type WorkflowConfig } from '../../model/verification';

/** What a definition of the workflow is made of. */
export interface WorkflowParts {
  /** ARN of the function that takes the steps. */
  readonly stepsArn: string;
  readonly partition: string;
  readonly config: WorkflowConfig;
}

type State = Readonly<Record<string, unknown>>;

/** Between two looks; the history of an execution has room for days of them. */
const PAUSE_SECONDS = 30;

/** A step is a few calls of AWS; a function that checks has the longest time that Lambda gives, and some more to answer. */
const STEP_SECONDS = (3 * MINUTE) / SECOND;
const CHECK_SECONDS = (16 * MINUTE) / SECOND;

/** Checkers share the restored resource, so that too many at a time would only wait for each other. */
const CHECKERS_AT_A_TIME = 5;

/** What passes by itself; whatever else a function fails with, it would fail with again. */
const PASSING = ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'];

/**
 * The states of a restore test. Written as they are and not by constructs: each has to keep what the others know, and the whole is
 * short enough to be read.
 */
export function workflowDefinition({ stepsArn, partition, config }: WorkflowParts): object {
  const step = (name: string, more: State): State => ({
    Type: 'Task',
    Resource: stepsArn,
    Parameters: { step: name, 'state.$': '$' },
    TimeoutSeconds: STEP_SECONDS,
    // a step may always be taken again
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 4, BackoffRate: 3, JitterStrategy: 'FULL' }],
    ...more,
  });
  const otherwise = (next: string, path: string) => [{ ErrorEquals: ['States.ALL'], ResultPath: path, Next: next }];
  const pause = (next: string): State => ({ Type: 'Wait', Seconds: PAUSE_SECONDS, Next: next });
  const choice = (variable: string, next: Readonly<Record<string, string>>, fallback: string): State => ({
    Type: 'Choice',
    Choices: Object.entries(next).map(([value, Next]) => ({ Variable: variable, StringEquals: value, Next })),
    Default: fallback,
  });
  return {
    Comment: `Verifies restores of ${config.verification}`,
    StartAt: CONFIG_STATE,
    TimeoutSeconds: Math.ceil((config.patienceMs + WORK_AFTER_LOOKING_MS) / SECOND),
    States: {
      [CONFIG_STATE]: { Type: 'Pass', Result: config, ResultPath: '$.config', Next: 'Begin' },
      Begin: step('begin', { Next: 'Is it restored?', Catch: otherwise('Conclude', '$.error') }),
      'Is it restored?': choice(
        '$.stage',
        { restoring: 'Wait for the restore', look: 'Look', settle: 'Wait for the step that was stopped' },
        'Clean up',
      ),
      'Wait for the restore': pause(CONFIG_STATE),
      // stopping an execution does not stop the function that it has called, which may be making an instance just now
      'Wait for the step that was stopped': { Type: 'Wait', Seconds: STEP_SECONDS, Next: 'Clean up' },
      Look: step('look', { ResultPath: '$.looked', Next: 'Is it usable?', Catch: otherwise('Clean up', '$.error') }),
      'Is it usable?': choice('$.looked.status', { waiting: 'Wait until usable', usable: 'Check' }, 'Clean up'),
      'Wait until usable': pause('Look'),
      Check: {
        Type: 'Map',
        ItemsPath: '$.groups',
        MaxConcurrency: CHECKERS_AT_A_TIME,
        ItemSelector: {
          'functionArn.$': '$$.Map.Item.Value.functionArn',
          input: {
            version: 1,
            'test.$': '$.test',
            'target.$': '$.looked.target',
            'checks.$': '$$.Map.Item.Value.checks',
            'baselines.$': '$$.Map.Item.Value.baselines',
          },
        },
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Run checks', States: checkStates(partition) },
        ResultPath: '$.answers',
        Next: 'Clean up',
        Catch: otherwise('Clean up', '$.error'),
      },
      'Clean up': step('clean', { ResultPath: '$.cleaned', Next: 'Is it clean?', Catch: otherwise('Conclude', '$.cleanError') }),
      'Is it clean?': choice('$.cleaned.status', { waiting: 'Wait until clean' }, 'Conclude'),
      'Wait until clean': pause('Clean up'),
      Conclude: step('conclude', { End: true, Catch: otherwise('Tell without evidence', '$.unrecorded') }),
      'Tell without evidence': step('conclude', { Next: 'No evidence' }),
      'No evidence': { Type: 'Fail', Error: 'NoEvidence', Cause: 'The evidence of the test could not be kept, so it counts as failed.' },
    },
  };
}

function checkStates(partition: string): Readonly<Record<string, State>> {
  return {
    'Run checks': {
      Type: 'Task',
      Resource: `arn:${partition}:states:::lambda:invoke`,
      Parameters: { 'FunctionName.$': '$.functionArn', 'Payload.$': '$.input' },
      ResultSelector: { 'answer.$': '$.Payload' },
      TimeoutSeconds: CHECK_SECONDS,
      Retry: [{ ErrorEquals: PASSING, IntervalSeconds: 5, MaxAttempts: 5, BackoffRate: 2, JitterStrategy: 'FULL' }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'No answer' }],
      End: true,
    },
    'No answer': { Type: 'Pass', Parameters: { 'error.$': '$.error' }, End: true },
  };
}
