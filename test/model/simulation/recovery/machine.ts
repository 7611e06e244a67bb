/** A state machine in the language of Amazon States, as far as ours uses it, in virtual time. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Parameters?: Values;
  readonly ResultPath?: string | null;
  readonly Result?: unknown;
  readonly Seconds?: number;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly {
    readonly Variable: string;
    readonly StringEquals?: string;
    readonly BooleanEquals?: boolean;
    readonly Next: string;
  }[];
  readonly Default?: string;
  readonly ItemsPath?: string;
  readonly ItemSelector?: Values;
  readonly ItemProcessor?: Definition;
  readonly Retry?: readonly { readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ResultPath: string; readonly Next: string }[];
  readonly Error?: string;
}
type Values = Readonly<Record<string, unknown>>;

export interface Runtime {
  /** Calls the agent; fails when it does, or after its time. */
  call(payload: Values, timeoutMs: number): Promise<unknown>;
  /** Calls the agent, and waits for somebody to answer. */
  callAndWait(payload: Values, timeoutMs: number): Promise<unknown>;
  wait(ms: number): Promise<void>;
  /** Waits where the execution cannot go on just now, and never ends where it was killed. */
  step(): Promise<void>;
}

class Failed extends Error {
  constructor(
    public readonly error: string,
    cause: string,
  ) {
    super(cause);
  }
}

const TOKEN = 'token';

/** Executes a definition; answers the name of its last state. */
export async function execute(definition: Definition, input: unknown, runtime: Runtime): Promise<string> {
  let name = definition.StartAt;
  let data = input;
  for (;;) {
    await runtime.step();
    const state = definition.States[name];
    let next = state.Next;
    try {
      switch (state.Type) {
        case 'Pass':
          data = placed(data, state.Result ?? (state.Parameters ? filled(state.Parameters, data) : data), state.ResultPath);
          break;
        case 'Task':
          data = placed(data, await task(state, data, runtime), state.ResultPath);
          break;
        case 'Wait':
          await runtime.wait((state.Seconds ?? 0) * 1_000);
          break;
        case 'Choice':
          next =
            state.Choices?.find(({ Variable, StringEquals, BooleanEquals }) => at(data, Variable) === (StringEquals ?? BooleanEquals))
              ?.Next ?? state.Default;
          break;
        case 'Map':
          await each(state, data, runtime);
          break;
        case 'Succeed':
          return name;
        default:
          throw new Failed(state.Error ?? 'Failed', name);
      }
    } catch (error) {
      const [handler] = state.Catch ?? [];
      if (!handler) {
        if (state.Type === 'Fail' && 'Completed' in definition.States) {
          return name;
        }
        throw error;
      }
      data = placed(data, { Error: (error as Failed).error ?? 'Lambda', Cause: (error as Error).message }, handler.ResultPath);
      next = handler.Next;
    }
    if (next === undefined) {
      return name;
    }
    name = next;
  }
}

async function task(
  { Resource = '', Parameters = {}, Retry, TimeoutSeconds = 60 }: State,
  data: unknown,
  runtime: Runtime,
): Promise<unknown> {
  const values = filled(Parameters, data);
  for (let attempt = 0; ; attempt++) {
    try {
      const timeoutMs = TimeoutSeconds * 1_000;
      return Resource.endsWith('waitForTaskToken')
        ? await runtime.callAndWait(values.Payload as Values, timeoutMs)
        : await runtime.call(values, timeoutMs);
    } catch (error) {
      if (attempt >= (Retry?.[0].MaxAttempts ?? 0)) {
        throw error;
      }
      await runtime.wait(2_000 * (attempt + 1));
      await runtime.step();
    }
  }
}

async function each({ ItemsPath = '$', ItemSelector = {}, ItemProcessor }: State, data: unknown, runtime: Runtime): Promise<void> {
  const items = at(data, ItemsPath) as readonly string[];
  await Promise.all(items.map((item) => execute(ItemProcessor as Definition, filled(ItemSelector, data, item), runtime)));
}

function filled(values: Values, data: unknown, item?: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      if (!key.endsWith('.$')) {
        return [key, typeof value === 'object' && value !== null && !Array.isArray(value) ? filled(value as Values, data, item) : value];
      }
      const path = String(value);
      return [key.slice(0, -2), path === '$$.Task.Token' ? TOKEN : path.startsWith('$$.Map') ? item : at(data, path)];
    }),
  );
}

function at(data: unknown, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Values | undefined)?.[key], data);
}

function placed(data: unknown, result: unknown, path: string | null | undefined): unknown {
  if (path === null) {
    return data;
  }
  return path === undefined || path === '$' ? result : { ...(data as object), [path.slice(2)]: result };
}
