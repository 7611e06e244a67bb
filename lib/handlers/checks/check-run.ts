import { type CheckInput, type CheckResult, type CheckSpec, MAX_DETAILS } from '../../model/verification';
import { type Finding, Unable, unable } from './finding';
import { unless } from './unless';
import { firstOf } from './words';

/** What a check is told besides its own words. */
export interface CheckContext {
  readonly input: CheckInput;
  /** What the last verified test left behind for this check. */
  readonly baseline: unknown;
  /** Fires when the time of the function is nearly over: everything has to end then. */
  readonly signal: AbortSignal;
  /** How long until then. */
  leftMs(): number;
}

/** The clock, and how much of the time of the function is left. */
export interface Clock {
  now(): number;
  remainingMs(): number;
}

/** How checks of one function are put in words. */
export interface Wording<C extends CheckSpec> {
  expectedOf(check: C): string;
  /** What an error says, without secrets and without values of rows. */
  inWords(error: unknown): string;
}

/** What is kept of the time to answer in: this much, or a tenth of a short one. */
const RESERVE_MS = 10_000;

/** The checks of one input: the time that they share, and a result for each, which passes only where it could look to the end. */
export class CheckRun<C extends CheckSpec> {
  public readonly checks: readonly C[];
  public readonly signal: AbortSignal;

  private readonly over = new AbortController();
  private readonly endMs: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly input: CheckInput,
    private readonly clock: Clock,
    private readonly wording: Wording<C>,
  ) {
    if (!Array.isArray(input?.checks)) {
      throw new Error("the input has no list of 'checks'");
    }
    this.checks = input.checks as readonly CheckSpec[] as readonly C[];
    this.signal = this.over.signal;
    const remainingMs = clock.remainingMs();
    const patienceMs = remainingMs - Math.min(RESERVE_MS, remainingMs / 10);
    this.endMs = clock.now() + patienceMs;
    this.timer = setTimeout(() => this.over.abort(), patienceMs);
    if (!(patienceMs > 0)) {
      this.over.abort();
    }
  }

  /** What a check is told; without one, what holds for all. */
  public contextOf(check?: C): CheckContext {
    const { input } = this;
    return {
      input,
      baseline: check && Object.hasOwn(input.baselines ?? {}, check.name) ? input.baselines[check.name] : undefined,
      signal: this.signal,
      leftMs: () => this.endMs - this.clock.now(),
    };
  }

  /** The result of a check; whatever `look` throws means that it could not look. */
  public async resultOf(check: C, look: (context: CheckContext) => Promise<Finding>): Promise<CheckResult> {
    const startMs = this.clock.now();
    const { expected, details, ...finding } = await unless(this.signal, () => look(this.contextOf(check))).catch((error) =>
      unable(error instanceof Unable ? error.message : this.wording.inWords(error)),
    );
    return {
      name: check?.name,
      kind: check?.kind,
      expected: expected ?? this.expectedOf(check),
      ...finding,
      durationMs: this.clock.now() - startMs,
      ...(details?.length ? { details: firstOf(details, MAX_DETAILS) } : {}),
    };
  }

  /** No more time is taken. */
  public end(): void {
    clearTimeout(this.timer);
  }

  /** Ends whatever still goes on. */
  public stop(): void {
    this.end();
    this.over.abort();
  }

  /** A check that lacks what it needs cannot even be put in words. */
  private expectedOf(check: C): string {
    try {
      return this.wording.expectedOf(check);
    } catch {
      return 'a check with all that its kind needs';
    }
  }
}
