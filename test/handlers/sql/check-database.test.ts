import type { CheckContext } from '../../../lib/handlers/checks/check-run';
import { passed, Unable } from '../../../lib/handlers/checks/finding';
import { checkDatabase, type DatabaseChecks, type Engine } from '../../../lib/handlers/sql/check-database';
import type { CheckInput, CheckSpec, DatabaseCheckSpec } from '../../../lib/model/verification';

const connection: CheckSpec = { kind: 'connection', name: 'login' };
const count: CheckSpec = { kind: 'row-count', name: 'orders', table: 'orders', atLeast: 1 };
const foreignKeys: CheckSpec = { kind: 'foreign-keys', name: 'keys' };

function inputWith(checks: readonly CheckSpec[], baselines: CheckInput['baselines'] = {}): CheckInput {
  return { version: 1, checks, baselines } as unknown as CheckInput;
}

interface Fake {
  open?: () => Promise<string>;
  check?: (check: DatabaseCheckSpec, context: CheckContext) => Promise<ReturnType<typeof passed>>;
  close?: () => Promise<void>;
}

const KINDS = ['connection', 'row-count', 'foreign-keys', 'sample', 'schema'] as const;

function engineOf({ open, check, close }: Fake): Engine<string> {
  const look = (_session: string, spec: DatabaseCheckSpec, context: CheckContext) => (check ?? (async () => passed('well')))(spec, context);
  return {
    name: 'databases',
    open: open ?? (async () => 'session'),
    checks: Object.fromEntries(KINDS.map((kind) => [kind, look])) as unknown as DatabaseChecks<string>,
    close: close ?? (async () => {}),
    seen: (error) => (error instanceof RangeError ? error.message : undefined),
    inWords: () => 'in words',
  };
}

const portsOf = (remainingMs: number) => ({
  now: () => Date.now(),
  remainingMs: () => remainingMs,
  secrets: () => async () => undefined,
  connections: 1,
});

test('every check has one result, in their order, with what it expected and how long it took', async () => {
  const { results } = await checkDatabase(inputWith([connection, count]), engineOf({}), portsOf(60_000));
  expect(results).toEqual([
    {
      name: 'login',
      kind: 'connection',
      status: 'passed',
      expected: 'the application can log in and read',
      found: 'well',
      durationMs: expect.any(Number),
    },
    {
      name: 'orders',
      kind: 'row-count',
      status: 'passed',
      expected: 'orders: at least 1 row',
      found: 'well',
      durationMs: expect.any(Number),
    },
  ]);
});

test('a login that fails makes every check unable, and is tried once', async () => {
  let logins = 0;
  const open = async () => {
    logins++;
    throw new Unable('the server refuses the password');
  };
  const { results } = await checkDatabase(inputWith([connection, count]), engineOf({ open }), portsOf(60_000));
  expect(results.map(({ status, found }) => [status, found])).toEqual(Array(2).fill(['unable', 'the server refuses the password']));
  expect(logins).toBe(1);
});

test('a check that throws is unable, in the words of the engine, and those after it are run', async () => {
  const check = async (spec: DatabaseCheckSpec) => {
    if (spec === connection) {
      throw new TypeError('value of a row');
    }
    return passed('well');
  };
  const { results } = await checkDatabase(inputWith([connection, count]), engineOf({ check }), portsOf(60_000));
  expect(results.map(({ status, found }) => [status, found])).toEqual([
    ['unable', 'in words'],
    ['passed', 'well'],
  ]);
});

test('what the engine sees in an error has failed, instead of keeping the check from looking', async () => {
  const check = async () => Promise.reject(new RangeError('the table is not there'));
  const { results } = await checkDatabase(inputWith([connection]), engineOf({ check }), portsOf(60_000));
  expect(results[0]).toMatchObject({ status: 'failed', found: 'the table is not there' });
});

test.each(['volume', 'toString'])('a check of kind %s is unable', async (kind) => {
  const { results } = await checkDatabase(inputWith([{ kind, name: 'x' } as unknown as CheckSpec]), engineOf({}), portsOf(60_000));
  expect(results[0]).toMatchObject({ status: 'unable', found: `the checks of databases know no kind '${kind}'` });
});

test('a check that never ends is unable when the time is over, as are those after it', async () => {
  const signals: boolean[] = [];
  const check = (spec: DatabaseCheckSpec, { signal }: CheckContext) =>
    spec === count ? new Promise<never>(() => signal.addEventListener('abort', () => signals.push(true))) : Promise.resolve(passed('well'));
  const startMs = Date.now();
  const { results } = await checkDatabase(inputWith([connection, count, foreignKeys]), engineOf({ check }), portsOf(300));
  expect(Date.now() - startMs).toBeLessThan(300);
  expect(results.map(({ status, found }) => [status, found])).toEqual([
    ['passed', 'well'],
    ['unable', 'the time of the function is over: not ended'],
    ['unable', 'the time of the function is over: not begun'],
  ]);
  expect(signals).toEqual([true]);
});

test('a login that never ends is unable when the time is over', async () => {
  const { results } = await checkDatabase(inputWith([connection]), engineOf({ open: () => new Promise(() => {}) }), portsOf(100));
  expect(results[0]).toMatchObject({ status: 'unable', found: 'the time of the function is over: not ended' });
});

test('no time at all makes every check unable', async () => {
  const { results } = await checkDatabase(inputWith([connection, count]), engineOf({}), portsOf(0));
  expect(results.map(({ status }) => status)).toEqual(['unable', 'unable']);
});

test('what was opened is closed, and trouble with that changes nothing', async () => {
  let closed = 0;
  const close = async () => {
    closed++;
    throw new Error('already gone');
  };
  const { results } = await checkDatabase(inputWith([connection]), engineOf({ close }), portsOf(60_000));
  expect([results[0].status, closed]).toEqual(['passed', 1]);
});

test('a check gets the baseline of its own name, and nothing that objects inherit', async () => {
  const seen: unknown[] = [];
  const check = async (_spec: DatabaseCheckSpec, { baseline }: CheckContext) => {
    seen.push(baseline);
    return passed('well');
  };
  const checks: CheckSpec[] = [count, { ...count, name: 'toString' }, { ...count, name: 'other' }];
  await checkDatabase(inputWith(checks, { orders: { count: 7 } }), engineOf({ check }), portsOf(60_000));
  await checkDatabase({ checks: [count] } as unknown as CheckInput, engineOf({ check }), portsOf(60_000));
  expect(seen).toEqual([{ count: 7 }, undefined, undefined, undefined]);
});

test('twenty details are kept, the last of which says how many there are more', async () => {
  const details = Array.from({ length: 40 }, (_, index) => `detail ${index}`);
  const { results } = await checkDatabase(
    inputWith([connection]),
    engineOf({ check: async () => passed('well', { details }) }),
    portsOf(60_000),
  );
  expect(results[0].details).toEqual([...details.slice(0, 19), 'and 21 more']);
});

test.each([undefined, null, {}, { checks: 'all' }])('fails for an input without checks: %j', async (input) => {
  await expect(checkDatabase(input as unknown as CheckInput, engineOf({}), portsOf(60_000))).rejects.toThrow(/no list of 'checks'/);
});

test.each([[null], [{ kind: 'sample', name: 'x' }], [{ kind: 'schema', name: 'x' }]])('a malformed check is unable: %j', async (spec) => {
  const check = async () => {
    throw new Error('malformed');
  };
  const { results } = await checkDatabase(inputWith([spec as unknown as CheckSpec]), engineOf({ check }), portsOf(60_000));
  expect(results[0]).toMatchObject({ status: 'unable', expected: 'a check with all that its kind needs' });
});
