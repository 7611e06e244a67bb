import type { CheckInput, CheckOutput, CheckResult, DatabaseCheckSpec } from '../../model/verification';
import { type CheckContext, CheckRun, type Clock } from '../checks/check-run';
import { type Finding, failed, Unable } from '../checks/finding';
import { unless } from '../checks/unless';
import { withinRoom } from '../checks/within-room';
import type { SecretReader } from './credentials';
import { expectedOf } from './expected-of';

/** What the functions that read databases need of the world. */
export interface CheckPorts extends Clock {
  /** A reader of secrets, which ends when the signal fires. */
  readonly secrets: (signal: AbortSignal) => SecretReader;
  /** How many connections share the work on large databases. */
  readonly connections: number;
}

/** What looks at a database of one kind, for each kind of check. */
export type DatabaseChecks<S> = {
  readonly [K in DatabaseCheckSpec['kind']]: (
    session: S,
    check: Extract<DatabaseCheckSpec, { readonly kind: K }>,
    context: CheckContext,
  ) => Promise<Finding>;
};

/** How databases of one kind are asked. */
export interface Engine<S> {
  /** What it is called: `PostgreSQL`. */
  readonly name: string;
  /** Logs in. */
  open(readSecret: SecretReader, context: CheckContext, connections: number): Promise<S>;
  readonly checks: DatabaseChecks<S>;
  close(session: S): Promise<void>;
  /** What an error says that is a finding, such as a table that is missing; undefined where it keeps from looking. */
  seen(error: unknown): string | undefined;
  /** What an error of the driver or the server says, without values of rows. */
  inWords(error: unknown): string;
}

const CLOSE_MS = 2_000;
const CLOSE_LATE_MS = 200;

/** Runs one check after the other by one login. Each gets exactly one result, and none passes that could not look to the end. */
export async function checkDatabase<S>(
  input: CheckInput,
  engine: Engine<S>,
  { secrets, connections, ...clock }: CheckPorts,
): Promise<CheckOutput> {
  const run = new CheckRun<DatabaseCheckSpec>(input, clock, { expectedOf, inWords: (error) => engine.inWords(error) });
  const results: CheckResult[] = [];
  let session: Promise<S> | undefined;
  try {
    for (const check of run.checks) {
      const result = await run.resultOf(check, async (context) => {
        session ??= engine.open(secrets(run.signal), run.contextOf(), connections);
        return look(engine, await session, check, context);
      });
      results.push(result);
    }
  } finally {
    run.end();
    await closed(engine, session, run.signal.aborted ? CLOSE_LATE_MS : CLOSE_MS);
  }
  return { results: withinRoom(results) };
}

async function look<S>(engine: Engine<S>, session: S, check: DatabaseCheckSpec, context: CheckContext): Promise<Finding> {
  if (!Object.hasOwn(engine.checks, check?.kind)) {
    throw new Unable(`the checks of ${engine.name} know no kind '${check?.kind}'`);
  }
  const looks = engine.checks[check.kind] as (session: S, check: DatabaseCheckSpec, context: CheckContext) => Promise<Finding>;
  try {
    return await looks(session, check, context);
  } catch (error) {
    const seen = engine.seen(error);
    if (seen === undefined) {
      throw error;
    }
    return failed(seen);
  }
}

async function closed<S>(engine: Engine<S>, session: Promise<S> | undefined, patienceMs: number): Promise<void> {
  await unless(AbortSignal.timeout(patienceMs), async () => {
    if (session) {
      await engine.close(await session);
    }
  }).catch(() => {});
}
