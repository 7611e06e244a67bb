import { RUN_STEPS, recoveryMachine, SITE_CONFIG_STATE } from '../../../lib/model/recovery';
import { OSAKA, siteConfig } from './sites';

const validator = require('asl-validator') as (definition: object) => { readonly isValid: boolean; readonly errors: readonly object[] };

const parts = { agentArn: 'arn:aws:lambda:ap-northeast-3:111122223333:function:agent', partition: 'aws' };

interface Machine {
  readonly States: Readonly<Record<string, Named>>;
}
interface Named {
  readonly Type: string;
  readonly Result?: unknown;
  readonly ItemProcessor?: Machine;
  readonly Parameters?: { readonly op?: string; readonly Payload?: { readonly op: string } };
  readonly Catch?: readonly object[];
  readonly Retry?: readonly object[];
  readonly TimeoutSeconds?: number;
}

function all({ States }: Machine): (readonly [string, Named])[] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as const,
    ...(state.ItemProcessor ? all(state.ItemProcessor) : []),
  ]);
}

describe.each([
  ['two orders of data', {}],
  ['no data, no compute and no traffic', { data: [], compute: [], traffic: { kind: 'none' as const } }],
])('with %s', (_, more) => {
  const machine = recoveryMachine({ ...parts, config: siteConfig(OSAKA, more) }) as Machine;

  test('is a machine that Step Functions takes', () => {
    const { isValid, errors } = validator(machine);
    expect(errors).toEqual([]);
    expect(isValid).toBe(true);
  });

  test('every state that calls the agent has a time-out, and is caught or in a map that is', () => {
    const tasks = all(machine).filter(([, { Type }]) => Type === 'Task' || Type === 'Map');
    for (const [name, { Type, TimeoutSeconds }] of tasks) {
      expect([name, Type === 'Map' || (TimeoutSeconds ?? 0) > 0]).toEqual([name, true]);
    }
    const outer = Object.entries(machine.States).filter(([, { Type }]) => Type === 'Task' || Type === 'Map');
    expect(outer.filter(([, state]) => state.Catch === undefined).map(([name]) => name)).toEqual([]);
  });

  test('every step is tried again; a person is asked again only where the question did not come through', () => {
    const steps = all(machine).filter(([, { Type }]) => Type === 'Task');
    for (const [name, { Retry = [] }] of steps) {
      const [first, second] = Retry as readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
      const asks = name === 'Ask for approval';
      expect([name, first.ErrorEquals, first.MaxAttempts]).toEqual([name, asks ? ['Refused'] : ['States.ALL'], asks ? 0 : 6]);
      expect(second?.ErrorEquals).toEqual(asks ? ['States.TaskFailed'] : undefined);
    }
  });

  test('holds the configuration where the agent reads it', () => {
    expect(machine.States[SITE_CONFIG_STATE].Result).toEqual(siteConfig(OSAKA, more));
  });
});

test('has a state for every step that an agent can take', () => {
  const machine = recoveryMachine({ ...parts, config: siteConfig(OSAKA) }) as Machine;
  const asked = new Set(all(machine).map(([, { Parameters }]) => Parameters?.op ?? Parameters?.Payload?.op));
  expect(RUN_STEPS.filter((step) => !asked.has(step))).toEqual([]);
});

test('asks so seldom whether all data are copied that a day of it fits into the history of an execution', () => {
  const machine = recoveryMachine({ ...parts, config: siteConfig(OSAKA) }) as Machine;
  const waits = all(machine).filter(([name]) => /^Rebuild.*item wait$|^Wait for restore$/.test(name));
  expect(waits).toHaveLength(3);
  // an iteration is a task, a choice and a wait, of nine events
  for (const [, state] of waits) {
    expect(((24 * 3_600) / Number((state as { readonly Seconds?: number }).Seconds)) * 9).toBeLessThan(25_000 / 2);
  }
});

test('says the order of the data in the names of its states', () => {
  const { States } = recoveryMachine({ ...parts, config: siteConfig(OSAKA) }) as Machine;
  expect(Object.keys(States)).toEqual(expect.arrayContaining(['Promote (1)', 'Promote (2)', 'Scale', 'Rebuild (1)', 'Rebuild (2)']));
});
