import { REFUSED } from '../messages';

/** A state of a machine. */
export type State = Readonly<Record<string, unknown>>;

/** A step is a few calls of AWS. */
const STEP_SECONDS = 120;
/** Items of one order are recovered side by side, as far as the register is not written too often. */
export const ITEMS_AT_A_TIME = 5;
/** What copies all data takes long enough to be asked for seldom; the history of an execution has room for 25,000 events (Step Functions quotas). */
export const RESTORE_PAUSE_FACTOR = 12;

const PATIENCE = { IntervalSeconds: 2, MaxAttempts: 6, BackoffRate: 2, MaxDelaySeconds: 30, JitterStrategy: 'FULL' };
/** A step may always be taken again; what does not pass in a minute or two is for a person. */
const RETRY = [{ ErrorEquals: ['States.ALL'], ...PATIENCE }];

/** A question that did not reach a person is asked again; a refusal is an answer, and so is silence (`States.TaskFailed` is all but a time-out). */
export const ASK_AGAIN = [
  { ErrorEquals: [REFUSED], MaxAttempts: 0 },
  { ErrorEquals: ['States.TaskFailed'], ...PATIENCE },
];

/** What one iteration over items begins with. */
export const ITEM = { 'run.$': '$.run', 'item.$': '$$.Map.Item.Value', failure: {}, step: {} };

/** Goes to another state whatever a task fails with. */
export function otherwise(next: string): readonly object[] {
  return [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: next }];
}

/** The name of what is done with one of several groups. */
export function groupName(name: string, index: number, groups: readonly unknown[]): string {
  return groups.length === 1 ? name : `${name} (${index + 1})`;
}

/** How a step is taken. */
export interface StepOptions {
  readonly with?: State;
  readonly seconds?: number;
  readonly Next?: string;
  readonly Catch?: readonly object[];
}

/** Collects states of a machine that has an agent take its steps. */
export class Steps {
  public readonly all: Record<string, State> = {};

  constructor(
    private readonly agentArn: string,
    private readonly pauseSeconds: number,
    private readonly always: State = {},
  ) {}

  public add(name: string, state: State): void {
    this.all[name] = state;
  }

  public choice(name: string, variable: string, next: Readonly<Record<string, string>>, fallback: string): void {
    const choices = Object.entries(next).map(([value, Next]) => ({ Variable: variable, StringEquals: value, Next }));
    this.add(name, { Type: 'Choice', Choices: choices, Default: fallback });
  }

  /** A step of the agent. */
  public step(name: string, op: string, { with: more = {}, seconds = STEP_SECONDS, ...rest }: StepOptions): void {
    this.add(name, {
      Type: 'Task',
      Resource: this.agentArn,
      Parameters: { op, 'run.$': '$.run', ...this.always, ...more },
      ResultPath: '$.step',
      TimeoutSeconds: seconds,
      Retry: RETRY,
      ...rest,
    });
  }

  /** A step that is taken until it is done; where it fails, all is undone. */
  public loop(name: string, op: string, next: string, options: Pick<StepOptions, 'with' | 'seconds'> = {}): void {
    this.step(name, op, { ...options, Next: `${name}: done?`, Catch: otherwise('Undo') });
    this.choice(`${name}: done?`, '$.step.state', { pending: `${name}: wait`, failed: 'Undo' }, next);
    this.add(`${name}: wait`, { Type: 'Wait', Seconds: this.pauseSeconds, Next: name });
  }

  /** A step for each item, the groups one after the other. */
  public groups(
    name: string,
    op: string,
    key: string,
    groups: readonly (readonly string[])[],
    after: string,
    slow: (names: readonly string[]) => boolean = () => false,
  ): void {
    groups.forEach((names, index) => {
      const own = groupName(name, index, groups);
      this.add(own, {
        Type: 'Map',
        ItemsPath: `$.items.${key}${index + 1}`,
        MaxConcurrency: ITEMS_AT_A_TIME,
        ItemSelector: ITEM,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: `${own}: item`, States: this.itemStates(own, op, slow(names)) },
        ResultPath: null,
        Catch: otherwise('Undo'),
        Next: index + 1 < groups.length ? groupName(name, index + 1, groups) : after,
      });
    });
  }

  private itemStates(name: string, op: string, slow: boolean): Record<string, State> {
    const inner = new Steps(this.agentArn, slow ? this.pauseSeconds * RESTORE_PAUSE_FACTOR : this.pauseSeconds, { 'item.$': '$.item' });
    inner.step(`${name}: item`, op, { Next: `${name}: item done?` });
    inner.choice(
      `${name}: item done?`,
      '$.step.state',
      { pending: `${name}: item wait`, failed: `${name}: item failed` },
      `${name}: item end`,
    );
    inner.add(`${name}: item wait`, { Type: 'Wait', Seconds: inner.pauseSeconds, Next: `${name}: item` });
    inner.add(`${name}: item failed`, { Type: 'Fail', Error: 'StepFailed', Cause: 'The last answer of the agent says why.' });
    inner.add(`${name}: item end`, { Type: 'Pass', End: true });
    return inner.all;
  }
}
