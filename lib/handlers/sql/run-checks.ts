import {
  type CheckInput,
  type CheckOutput,
  type CheckResult,
  type CheckSpec,
  type DatabaseCheckSpec,
  MAX_DETAILS,
} from '../../model/verification';
import { expectedOf } from './expected-of';
import { type Finding, Unable, unable } from './finding';
import { firstOf } from './words';

/** What a check of a database is told besides its own words. */
export interface CheckContext {
  readonly input: CheckInput;
  /** What the last verified test left behind for this check. */
  readonly baseline: unknown;
  /** Fires when the time of the function is nearly over: every statement has to end then. */
  readonly signal: AbortSignal;
  /** How long until then. */
  leftMs(): number;
}

/** How an engine is asked. */
export interface Engine<S> {
  /** Logs in. */
  open(context: CheckContext): Promise<S>;
  check(session: S, check: DatabaseCheckSpec, context: CheckContext): Promise<Finding>;
  close(session: S): Promise<void>;
  /** What an error of the driver or the server says, without values of rows. */
  inWords(error: unknown): string;
}

/** The clock, and how much of the time of the function is left. */
export interface Clock {
  now(): number;
  remainingMs(): number;
}

/** What is kept of the time to answer in: this much, or a tenth of a short one. */
const RESERVE_MS = 10_000;
const CLOSE_MS = 2_000;
const CLOSE_LATE_MS = 200;
const OVER = 'the time of the function is over';

/** Runs one check after the other. Each gets exactly one result, and none passes that could not look to the end. */
export async function runChecks<S>(input: CheckInput, engine: Engine<S>, clock: Clock): Promise<CheckOutput> {
  if (!Array.isArray(input?.checks)) {
    throw new Error("the input has no list of 'checks'");
  }
  const remainingMs = clock.remainingMs();
  const patienceMs = remainingMs - Math.min(RESERVE_MS, remainingMs / 10);
  const endMs = clock.now() + patienceMs;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), patienceMs);
  if (!(patienceMs > 0)) {
    over.abort();
  }
  const contextOf = (check?: CheckSpec): CheckContext => ({
    input,
    baseline: check && Object.hasOwn(input.baselines ?? {}, check.name) ? input.baselines[check.name] : undefined,
    signal: over.signal,
    leftMs: () => endMs - clock.now(),
  });
  const results: CheckResult[] = [];
  let session: Promise<S> | undefined;
  try {
    for (const check of input.checks) {
      const startMs = clock.now();
      const finding = await unless(over.signal, async () => {
        session ??= engine.open(contextOf());
        return engine.check(await session, check as DatabaseCheckSpec, contextOf(check));
      }).catch((error) => unable(inWords(error, engine)));
      results.push(resultOf(check, finding, clock.now() - startMs));
    }
  } finally {
    clearTimeout(timer);
    await closed(engine, session, over.signal.aborted ? CLOSE_LATE_MS : CLOSE_MS);
  }
  return { results };
}

/** What `work` gives, or a rejection as soon as the time is over, whatever becomes of it then. */
export async function unless<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) {
    throw new Unable(`${OVER}: not begun`);
  }
  let stop: () => void = () => {};
  const over = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Unable(`${OVER}: not ended`));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work(), over]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function closed<S>(engine: Engine<S>, session: Promise<S> | undefined, patienceMs: number): Promise<void> {
  await unless(AbortSignal.timeout(patienceMs), async () => {
    if (session) {
      await engine.close(await session);
    }
  }).catch(() => {});
}

function inWords<S>(error: unknown, engine: Engine<S>): string {
  return error instanceof Unable ? error.message : engine.inWords(error);
}

function resultOf(check: DatabaseCheckSpec, { expected, details, ...finding }: Finding, durationMs: number): CheckResult {
  return {
    name: check?.name,
    kind: check?.kind,
    expected: expected ?? wordsOf(check),
    ...finding,
    durationMs,
    ...(details?.length ? { details: firstOf(details, MAX_DETAILS) } : {}),
  };
}

/** A check that lacks what it needs cannot even be put in words. */
function wordsOf(check: DatabaseCheckSpec): string {
  try {
    return expectedOf(check);
  } catch {
    return 'a check with all that its kind needs';
  }
}
