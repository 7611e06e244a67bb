import { HOUR, SECOND } from '../time';
import { ASK_AGAIN, groupName, ITEM, ITEMS_AT_A_TIME, otherwise, RESTORE_PAUSE_FACTOR, type State, Steps } from './private/machine-states';
import type { SiteConfig } from './site-config';

/** What a definition of the state machine of a site is made of. */
export interface MachineParts {
  /** ARN of the function of the agent of the same site. */
  readonly agentArn: string;
  readonly partition: string;
  readonly config: SiteConfig;
  /** Between two looks at what takes its time; left out: 10. */
  readonly pauseSeconds?: number;
}

/** State of the machine that holds the `SiteConfig`, where the agent reads it for all that it does. */
export const SITE_CONFIG_STATE = 'Configuration';

/** Environment variable of the agent with the ARN of its machine. */
export const RECOVERY_MACHINE_VARIABLE = 'RECOVERY_MACHINE';

const PAUSE_SECONDS = 10;
/** A run of checks is waited for as long as a function may take. */
const CHECK_SECONDS = 930;
/** For everything but waiting for a person. */
const LONGEST_RUN_MS = 48 * HOUR;

/**
 * The states of a run at one site. Written as they are and not by constructs, so that they can be read, and executed by tests. The agent
 * keeps what every step has found; the machine only knows the order, and that whatever fails is undone, or halted where it cannot be.
 */
export function recoveryMachine(parts: MachineParts): object {
  const { config, pauseSeconds = PAUSE_SECONDS } = parts;
  const data = groupsOf(config.data);
  const compute = groupsOf(config.compute);
  const settleSeconds = config.traffic.kind === 'none' ? 0 : Math.ceil(config.traffic.settleMs / SECOND);
  const states = new Steps(parts.agentArn, pauseSeconds);
  const restores = (names: readonly string[]): boolean =>
    config.data.some(({ name, kind }) => names.includes(name) && kind === 'recovery-points');

  states.add(SITE_CONFIG_STATE, { Type: 'Pass', Result: config, ResultPath: null, Next: 'Start' });
  states.add('Start', {
    Type: 'Pass',
    Parameters: { 'run.$': '$', approval: {}, failure: {}, step: {}, items: { ...listed('data', data), ...listed('compute', compute) } },
    Next: 'Begin',
  });
  states.step('Begin', 'begin', { Next: 'Which way?', Catch: otherwise('Undo') });
  states.choice(
    'Which way?',
    '$.step.way',
    { ask: 'Ask for approval', takeOver: 'Inject the fault', rebuild: first('Rebuild', data, 'Join'), rehearse: 'Rehearse', undo: 'Undo' },
    'Conclude',
  );
  states.add('Ask for approval', {
    Type: 'Task',
    Resource: `arn:${parts.partition}:states:::lambda:invoke.waitForTaskToken`,
    Parameters: { FunctionName: parts.agentArn, Payload: { op: 'ask', 'run.$': '$.run', 'token.$': '$$.Task.Token' } },
    TimeoutSeconds: Math.max(60, Math.ceil(config.approval.timeoutMs / SECOND)),
    ResultPath: '$.approval',
    Retry: ASK_AGAIN,
    Catch: otherwise('Undo'),
    Next: 'Inject the fault',
  });

  states.step('Inject the fault', 'inject', { Next: 'Fence the other site', Catch: otherwise('Undo') });
  states.loop('Fence the other site', 'fence', 'Measure', { with: { 'approval.$': '$.approval' } });
  states.step('Measure', 'measure', { Next: 'Drain', Catch: otherwise('Undo') });
  states.loop('Drain', 'drain', first('Promote', data, first('Scale', compute, 'Verify')));
  states.groups('Promote', 'promote', 'data', data, first('Scale', compute, 'Verify'), restores);
  states.groups('Scale', 'scale', 'compute', compute, 'Verify');
  states.loop('Verify', 'verify', 'Switch traffic', { seconds: CHECK_SECONDS });
  states.loop('Switch traffic', 'switch', 'Let traffic settle');
  states.add('Let traffic settle', { Type: 'Wait', Seconds: settleSeconds, Next: 'Settle' });
  states.loop('Settle', 'settle', 'Back again?');
  states.add('Back again?', {
    Type: 'Choice',
    Choices: [{ Variable: '$.step.thenBack', BooleanEquals: true, Next: 'Hold' }],
    Default: 'Conclude',
  });
  states.add('Hold', { Type: 'Wait', Seconds: Math.ceil((config.drill?.holdMs ?? 0) / SECOND), Next: 'Send back' });
  states.loop('Send back', 'sendBack', 'Conclude');

  states.groups('Rebuild', 'rebuild', 'data', data, 'Join', () => true);
  states.step('Join', 'join', { Next: 'Joined?', Catch: otherwise('Undo') });
  states.choice('Joined?', '$.step.state', { pending: 'Wait for join', failed: 'Undo' }, first('Stand by', compute, 'Is it a failback?'));
  states.add('Wait for join', { Type: 'Wait', Seconds: pauseSeconds, Next: 'Join' });
  states.groups('Stand by', 'standBy', 'compute', compute, 'Is it a failback?');
  states.choice('Is it a failback?', '$.run.kind', { failback: 'Inject the fault' }, 'Conclude');

  states.add('Rehearse', {
    Type: 'Map',
    ItemsPath: '$.items.data',
    MaxConcurrency: ITEMS_AT_A_TIME,
    ItemSelector: ITEM,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Restore and look', States: rehearsal(parts.agentArn, pauseSeconds) },
    ResultPath: null,
    Catch: otherwise('Undo'),
    Next: 'Conclude',
  });

  states.step('Undo', 'undo', { with: { 'failure.$': '$.failure' }, Next: 'Undone?', Catch: otherwise('Conclude') });
  states.choice('Undone?', '$.step.state', { pending: 'Wait for undo' }, 'Conclude');
  states.add('Wait for undo', { Type: 'Wait', Seconds: pauseSeconds, Next: 'Undo' });
  states.step('Conclude', 'conclude', {
    with: { 'failure.$': '$.failure', 'step.$': '$.step' },
    Next: 'Outcome',
    Catch: otherwise('Not concluded'),
  });
  states.choice(
    'Outcome',
    '$.step.outcome',
    {
      completed: 'Completed',
      refused: 'Refused',
      aborted: 'Aborted',
      'rolled-back': 'Rolled back',
      superseded: 'Superseded',
      failed: 'Failed',
    },
    'Halted',
  );
  states.add('Completed', { Type: 'Succeed' });
  for (const [name, error, cause] of ENDS) {
    states.add(name, { Type: 'Fail', Error: error, Cause: cause });
  }
  return {
    Comment: `Recovery of ${config.recovery} at ${config.site}`,
    StartAt: SITE_CONFIG_STATE,
    TimeoutSeconds: Math.ceil((LONGEST_RUN_MS + config.approval.timeoutMs + (config.drill?.holdMs ?? 0)) / SECOND),
    States: states.all,
  };
}

/** How executions end that do not succeed. */
const ENDS = [
  ['Refused', 'RecoveryRefused', 'The run did not begin and nothing was changed; its last step says why.'],
  ['Aborted', 'RecoveryAborted', 'The run ended before anything was changed; its last step says why.'],
  ['Rolled back', 'RecoveryRolledBack', 'What the run had changed was put back; its last step says why.'],
  ['Failed', 'RehearsalFailed', 'Recovering would not have worked; the record of the run says what has failed.'],
  ['Superseded', 'RecoverySuperseded', 'Another site has taken over in the meantime.'],
  [
    'Halted',
    'RecoveryHalted',
    'The run cannot be put back. Remove the cause and start it again with the same id: it goes on where it stopped.',
  ],
  ['Not concluded', 'RecoveryNotConcluded', 'The end of the run could not be recorded. Start it again with the same id.'],
] as const;

/** Names by order, the lowest first. */
function groupsOf(items: readonly { readonly name: string; readonly order: number }[]): readonly (readonly string[])[] {
  const orders = [...new Set(items.map(({ order }) => order))].sort((one, other) => one - other);
  return orders.map((order) => items.filter((item) => item.order === order).map(({ name }) => name));
}

function listed(key: string, groups: readonly (readonly string[])[]): Readonly<Record<string, readonly string[]>> {
  return { [key]: groups.flat(), ...Object.fromEntries(groups.map((names, index) => [`${key}${index + 1}`, names])) };
}

/** The first state of what is done with groups; where there are none, what comes after them. */
function first(name: string, groups: readonly unknown[], after: string): string {
  return groups.length === 0 ? after : groupName(name, 0, groups);
}

function rehearsal(agentArn: string, pauseSeconds: number): Record<string, State> {
  const inner = new Steps(agentArn, pauseSeconds * RESTORE_PAUSE_FACTOR, { 'item.$': '$.item' });
  inner.step('Restore and look', 'rehearse', { seconds: CHECK_SECONDS, Next: 'Looked?', Catch: otherwise('Clean up') });
  inner.choice('Looked?', '$.step.state', { pending: 'Wait for restore' }, 'Clean up');
  inner.add('Wait for restore', { Type: 'Wait', Seconds: pauseSeconds * RESTORE_PAUSE_FACTOR, Next: 'Restore and look' });
  inner.step('Clean up', 'tidy', { with: { 'failure.$': '$.failure' }, Next: 'Clean?', Catch: otherwise('Rehearsed') });
  inner.choice('Clean?', '$.step.state', { pending: 'Wait until clean' }, 'Rehearsed');
  inner.add('Wait until clean', { Type: 'Wait', Seconds: pauseSeconds, Next: 'Clean up' });
  inner.add('Rehearsed', { Type: 'Pass', End: true });
  return inner.all;
}
