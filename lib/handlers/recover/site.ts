import {
  type ComputeConfig,
  type DataConfig,
  initialRegister,
  learning,
  leaseRenewed,
  openRun,
  type RunRecord,
  type SiteConfig,
  type SiteRegister,
  type StepAnswer,
  type StepRecord,
  stepTaken,
  type Transition,
  withSources,
} from '../../model/recovery';
import { MINUTE } from '../../model/time';
import type { ComputePort, DataPort, Ports, Progress } from './ports';

/** So many others may write the register at the same moment before one gives up. */
const MAX_ATTEMPTS = 30;
const PAUSE_MS = 40;

/** Who has not taken a step for so long is taken for dead. */
export const LEASE_MS = 15 * MINUTE;

/** A site as its agent sees it: what it is made of, and what it remembers. */
export class Site {
  public static async of(ports: Ports): Promise<Site> {
    const site = new Site(await ports.config(), ports);
    return learning(site.config).length === 0 ? site : new Site(withSources(site.config, await site.read()), ports);
  }

  constructor(
    public readonly config: SiteConfig,
    public readonly ports: Ports,
  ) {}

  public async read(): Promise<SiteRegister> {
    return (await this.ports.register(this.config.register).read())?.register ?? initialRegister(this.config);
  }

  /** Applies a transition to the register as it is at that moment; a refusal changes nothing. */
  public async apply(transition: (register: SiteRegister) => Transition): Promise<Transition> {
    const store = this.ports.register(this.config.register);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const found = await store.read();
      const next = transition(found?.register ?? initialRegister(this.config));
      if (next.refusal !== undefined || (found && isSame(next.register, found.register))) {
        return next;
      }
      if (await store.write(next.register, found?.version)) {
        return next;
      }
      await this.ports.pause(PAUSE_MS * (attempt + 1));
    }
    throw new Error('others wrote the register again and again: try again');
  }

  /** Says that a run lives before something that takes longer than most steps. */
  public async renew(id: string, ms: number): Promise<void> {
    const { refusal } = await this.apply((register) => leaseRenewed(register, id, this.ports.now() + LEASE_MS + ms));
    if (refusal !== undefined) {
      throw new RunOver(refusal);
    }
  }

  /** The open run of this id. */
  public async run(id: string): Promise<RunRecord> {
    const run = openRun(await this.read());
    if (run?.input.id !== id) {
      throw new RunOver(`run '${id}' is not, or no more, the one that is under way at ${this.config.site}`);
    }
    return run;
  }

  /**
   * Takes a step unless it is done already, and keeps what it has found. A step that is not done in its time has failed; taken again
   * later it gets its time anew.
   */
  public async step(
    id: string,
    name: string,
    patienceMs: number,
    take: (run: RunRecord, before?: StepRecord) => Promise<Progress>,
    freshMs = Number.POSITIVE_INFINITY,
  ): Promise<StepAnswer> {
    const run = await this.run(id);
    const before = run.steps[name];
    if (before?.state === 'done' && this.ports.now() - (before.untilMs ?? before.sinceMs) <= freshMs) {
      return { state: 'done', words: before.words };
    }
    const sinceMs = before?.state === 'pending' ? before.sinceMs : this.ports.now();
    const found = await take(run, before);
    const nowMs = this.ports.now();
    const late = found.state === 'pending' && nowMs - sinceMs > patienceMs;
    const state = late ? 'failed' : found.state;
    const words = late ? `${found.words}; it was waited for as long as it may take` : found.words;
    const facts = { ...before?.facts, ...found.facts };
    const record: StepRecord = {
      state,
      sinceMs,
      ...(state === 'pending' ? {} : { untilMs: nowMs }),
      words,
      ...(Object.keys(facts).length > 0 ? { facts } : {}),
    };
    const leaseUntilMs = nowMs + LEASE_MS + waitAfter(name, run, this.config);
    const kept = await this.apply((register) => stepTaken(register, id, name, record, leaseUntilMs));
    if (kept.refusal !== undefined) {
      throw new RunOver(kept.refusal);
    }
    return { state, words };
  }

  public data(name: string | undefined): DataConfig {
    return itemOf(this.config.data, name);
  }

  public compute(name: string | undefined): ComputeConfig {
    return itemOf(this.config.compute, name);
  }

  public dataPort(config: DataConfig): DataPort {
    return this.ports.data[config.kind] as unknown as DataPort;
  }

  public computePort(config: ComputeConfig): ComputePort {
    return this.ports.compute[config.kind] as unknown as ComputePort;
  }
}

/** How long the machine waits after a step by design, in which nobody hears of the run. */
function waitAfter(step: string, { input }: RunRecord, { traffic, drill }: SiteConfig): number {
  switch (step) {
    case 'switch':
      return traffic.kind === 'none' ? 0 : traffic.settleMs;
    case 'settle':
      return input.thenBack ? (drill?.holdMs ?? 0) : 0;
    default:
      return 0;
  }
}

function isSame(one: SiteRegister, other: SiteRegister): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** A step came for a run that has ended, or that another run has replaced. */
export class RunOver extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunOver';
  }
}

function itemOf<T extends { readonly name: string }>(items: readonly T[], name: string | undefined): T {
  const found = items.find((item) => item.name === name);
  if (!found) {
    throw new Error(`this site has nothing called '${name}'`);
  }
  return found;
}
