import type { DataPort, Ports, Progress } from '../../../../lib/handlers/recover/ports';
import { route } from '../../../../lib/handlers/recover/route';
import {
  type AgentRequest,
  initialRegister,
  type RunInput,
  recoveryMachine,
  type SiteConfig,
  type SiteRegister,
} from '../../../../lib/model/recovery';
import { MINUTE, SECOND } from '../../../../lib/model/time';
import { OSAKA, siteConfig, TOKYO } from '../../recovery/sites';
import type { Chance } from '../chance';
import { type Definition, execute } from './machine';
import { newRegion, type Region, type Write, writable } from './site-world';
import { VirtualTime } from './virtual-time';

/** How often things go wrong; `budget` is what remains to go wrong. */
export interface Trouble {
  budget: number;
  readonly rate: number;
}

/** What became of an execution. */
export interface Ended {
  readonly site: string;
  readonly run: RunInput;
  readonly end: string;
}

const REACTION_MS = 200;
const GUARD_EVERY_MS = MINUTE;
const WRITE_EVERY_MS = 10 * SECOND;
const FRESH_MS = 3 * MINUTE;
const STARTS_MS = 30 * SECOND;

/** Two Regions with the agents, registers and state machines that the library makes, and a database that streams from one to the other. */
export class World {
  public readonly time = new VirtualTime();
  public readonly regions: Readonly<Record<string, Region>>;
  public readonly ended: Ended[] = [];
  public readonly takeovers: {
    readonly site: string;
    readonly input: RunInput;
    readonly atMs: number;
    readonly claimedMs: number;
    readonly lost: readonly Write[];
  }[] = [];
  public partitioned = false;
  /** A person has said that a site is down which was not. */
  public attestedWrongly = false;
  /** A site that was lost came back without being reached; until when nobody can know better. */
  public graceUntilMs = 0;
  public readonly violations: string[] = [];
  /** What an earlier takeover has lost is still at the site that it left. */
  private readonly lostBefore = new Set<Write>();
  private readonly started = new Set<string>();
  private readonly configs: Readonly<Record<string, SiteConfig>>;
  private readonly machines: Readonly<Record<string, Definition>>;

  constructor(
    private readonly chance: Chance,
    private readonly trouble: Trouble,
  ) {
    const data = siteConfig(TOKYO).data.slice(0, 1);
    this.configs = Object.fromEntries([TOKYO, OSAKA].map((site) => [site, siteConfig(site, { data })]));
    this.machines = Object.fromEntries(
      Object.entries(this.configs).map(([site, config]) => [
        site,
        recoveryMachine({ agentArn: 'agent', partition: 'aws', config }) as Definition,
      ]),
    );
    const nowMs = this.time.now();
    this.regions = { [TOKYO]: newRegion(TOKYO, 'source', 8, nowMs), [OSAKA]: newRegion(OSAKA, 'replica', 2, nowMs) };
    for (const site of [TOKYO, OSAKA]) {
      void this.guardForever(site);
    }
    void this.writeForever();
    void this.replicateForever();
  }

  public other(site: string): string {
    return site === TOKYO ? OSAKA : TOKYO;
  }

  public register(site: string): SiteRegister {
    return this.regions[site].register?.register ?? initialRegister(this.configs[site]);
  }

  public reachable(from: string, to: string): boolean {
    return this.regions[from].up && this.regions[to].up && !this.partitioned;
  }

  /** Whom clients are told to ask: the other site wherever home is unhealthy. */
  public answer(): string {
    const diverted = this.regions[OSAKA].metrics.get('TrafficDiverted')?.value ?? 0;
    const reclaimed = this.regions[TOKYO].metrics.get('TrafficReclaimed');
    const taken = reclaimed !== undefined && reclaimed.value === 1 && this.time.now() - reclaimed.atMs < FRESH_MS;
    return diverted === 0 || taken ? TOKYO : OSAKA;
  }

  /** Starts a run as a person does; `name` may be used once. */
  public start(site: string, name: string, run: RunInput): void {
    if (!this.started.has(`${site} ${name}`)) {
      this.started.add(`${site} ${name}`);
      void this.execute(site, run);
    }
  }

  private async execute(site: string, run: RunInput): Promise<void> {
    const life = { dead: false };
    const runtime = {
      call: (payload: Readonly<Record<string, unknown>>, timeoutMs: number) =>
        this.invoke(site, payload as unknown as AgentRequest, timeoutMs),
      callAndWait: async () => ({}),
      wait: (ms: number) => this.time.wait(ms),
      step: async () => {
        life.dead ||= this.strikes(0.6);
        await (life.dead ? forever() : undefined);
        while (!this.regions[site].up) {
          await this.time.wait(10 * SECOND);
        }
      },
    };
    const end = await execute(this.machines[site], run, runtime);
    this.ended.push({ site, run, end });
  }

  /** Invokes an agent: it may die before or after any effect, and its call may come twice. */
  private async invoke(site: string, request: AgentRequest, timeoutMs: number): Promise<unknown> {
    if (this.strikes(0.5)) {
      void this.attempt(site, request).catch(() => undefined);
    }
    const answer = await Promise.race([
      this.attempt(site, request),
      this.time.wait(timeoutMs).then(() => Promise.reject(new Error('States.Timeout'))),
    ]);
    return answer;
  }

  private async attempt(site: string, request: AgentRequest): Promise<unknown> {
    const answer = await route(JSON.parse(JSON.stringify(request)), this.ports(site));
    return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
  }

  private strikes(share = 1): boolean {
    const struck = this.trouble.budget > 0 && this.chance.maybe(this.trouble.rate * share);
    this.trouble.budget -= struck ? 1 : 0;
    return struck;
  }

  /** Every call takes a moment; it may fail before or after its effect, or the function may end there and then. */
  private async effect<T>(site: string, act: () => T): Promise<T> {
    await this.time.wait(REACTION_MS * (0.5 + this.chance.next()));
    if (!this.regions[site].up) {
      throw new Error(`${site} is lost`);
    }
    if (this.strikes()) {
      throw new Error('struck before');
    }
    const done = act();
    if (this.strikes()) {
      await forever();
    }
    return done;
  }

  private ports(site: string): Ports {
    const region = this.regions[site];
    const on = <T>(act: () => T): Promise<T> => this.effect(site, act);
    return {
      now: () => this.time.now(),
      pause: (ms) => this.time.wait(ms * this.chance.next()),
      config: async () => this.configs[site],
      register: () => ({
        // what nobody can change need not be copied for everybody who looks
        read: () => on(() => region.register),
        write: (register, over) =>
          on(() => {
            if (region.register?.version !== over) {
              return false;
            }
            this.notice(site, region.register?.register, register);
            region.register = { register: frozen(register), version: (over ?? 0) + 1 };
            return true;
          }),
      }),
      data: { 'rds-replica': this.dataPort(site) } as unknown as Ports['data'],
      compute: {
        ecs: {
          count: () => on(() => region.tasks.wanted),
          scale: (_: unknown, count: number, exact: boolean) =>
            on(() => this.setTasks(region, exact ? count : Math.max(count, region.tasks.wanted))),
          close: () => on(() => this.setTasks(region, 0)),
          open: (_: unknown, former = 2) =>
            on(() => {
              this.setTasks(region, Math.max(region.tasks.wanted, former));
              return done('open');
            }),
        },
      } as unknown as Ports['compute'],
      ask: async (peer, request) => {
        await this.time.wait(REACTION_MS);
        if (!this.reachable(site, peer.site) || this.strikes()) {
          return undefined;
        }
        const answer = await this.attempt(peer.site, request).catch(() => undefined);
        return this.reachable(site, peer.site) && !this.strikes() ? (answer as Awaited<ReturnType<Ports['ask']>>) : undefined;
      },
      probe: () =>
        on(() => {
          const works = writable(region) && !region.broken;
          region.verified ||= works;
          return works ? done('it works') : { state: 'failed', words: 'it does not work' };
        }),
      publish: (_, values) =>
        on(() => {
          for (const [name, value] of Object.entries(values)) {
            region.metrics.set(name, { value, atMs: this.time.now() });
          }
        }),
      route: async () => undefined,
      tell: () => on(() => undefined),
      keep: () => on(() => undefined),
      start: (name, run) => on(() => this.start(site, name, run)),
      startExperiment: async () => 'experiment',
      stopExperiment: async () => undefined,
      write: () => undefined,
    };
  }

  private setTasks(region: Region, wanted: number): Progress {
    const { tasks } = region;
    if (tasks.wanted !== wanted) {
      tasks.wanted = wanted;
      tasks.running = Math.min(tasks.running, wanted);
      tasks.untilMs = this.time.now() + STARTS_MS;
    }
    return tasks.running === wanted ? done('all run') : { state: 'pending', words: 'starting' };
  }

  private dataPort(site: string): DataPort {
    const { database } = this.regions[site];
    const on = <T>(act: () => T): Promise<T> => this.effect(site, act);
    const change = (ms: number, then: () => void): Progress => {
      database.changing ??= { untilMs: this.time.now() + ms * (0.5 + this.chance.next()), then };
      return { state: 'pending', words: 'changing' };
    };
    return {
      ready: () => on(() => done('ready')),
      lag: () => on(() => ({ lagMs: database.role === 'replica' ? this.time.now() - database.appliedMs : 0, words: '' })),
      arrived: (_, sinceMs) =>
        on(() => (database.role === 'source' || database.appliedMs >= sinceMs ? done('all') : { state: 'pending', words: 'behind' })),
      promote: () =>
        on(() => {
          if (database.role === 'source') {
            return done('source');
          }
          // now and then it takes longer than anybody waits
          return change(this.chance.maybe(0.05) ? 3 * 60 * MINUTE : MINUTE, () => {
            database.role = 'source';
          });
        }),
      close: () =>
        on(() => {
          if (database.role !== 'source' || database.closed) {
            return done('closed');
          }
          return change(40 * SECOND, () => {
            database.closed = true;
          });
        }),
      open: () =>
        on(() => {
          if (!database.closed) {
            return done('open');
          }
          return change(20 * SECOND, () => {
            database.closed = false;
          });
        }),
      describe: () => on(() => ({ arn: site })),
      follow: () =>
        on(() => {
          const source = this.regions[this.other(site)];
          if (database.role === 'replica') {
            return done('follows');
          }
          if (!this.reachable(site, source.name) || source.database.role !== 'source') {
            return { state: 'pending', words: 'no source' };
          }
          return change(10 * MINUTE, () => {
            database.role = 'replica';
            database.closed = false;
            database.writes = new Set(source.database.writes);
            database.appliedMs = this.time.now();
          });
        }),
      rehearse: async () => done('rehearsed'),
      tidy: async () => done('tidy'),
    };
  }

  /** Something is written into a register: a takeover is held against what was claimed of it. */
  private notice(site: string, before: SiteRegister | undefined, after: SiteRegister): void {
    const run = after.run;
    if (run?.stage === 'activated' && before?.run?.stage !== 'activated') {
      const own = this.regions[site].database.writes;
      const theirs = this.regions[this.other(site)].database.writes;
      const { sinceMs, facts } = run.steps['measure:orders'];
      const lost = [...theirs].filter((write) => !own.has(write) && !write.stray && !this.lostBefore.has(write));
      for (const write of lost) {
        this.lostBefore.add(write);
      }
      this.takeovers.push({ site, input: run.input, atMs: this.time.now(), claimedMs: sinceMs - Number(facts?.lagMs ?? 0), lost });
    }
    const unreachable = run?.peerState === 'unreachable' && before?.run?.peerState !== 'unreachable';
    if (unreachable && this.regions[this.other(site)].up) {
      this.attestedWrongly = true;
    }
  }

  private async guardForever(site: string): Promise<void> {
    await this.time.wait(this.chance.upTo(GUARD_EVERY_MS));
    for (;;) {
      if (this.regions[site].up) {
        void this.invoke(site, { op: 'guard' }, 50 * SECOND).catch(() => undefined);
      }
      await this.time.wait(GUARD_EVERY_MS);
    }
  }

  /** Clients write where they are sent to, jobs wherever they run. */
  private async writeForever(): Promise<void> {
    for (;;) {
      await this.time.wait(WRITE_EVERY_MS);
      for (const region of Object.values(this.regions)) {
        this.settle(region);
        if (writable(region) && (this.answer() === region.name || this.chance.maybe(0.3))) {
          const { role, epoch } = this.register(this.other(region.name));
          const stray = role === 'active' && epoch > this.register(region.name).epoch;
          region.database.writes.add({ atMs: this.time.now(), at: region.name, stray });
        }
      }
    }
  }

  private settle({ database, tasks, up }: Region): void {
    const nowMs = this.time.now();
    if (up && database.changing && database.changing.untilMs <= nowMs) {
      const { then } = database.changing;
      delete database.changing;
      then();
    }
    if (up && tasks.untilMs <= nowMs) {
      tasks.running = tasks.wanted;
    }
  }

  private async replicateForever(): Promise<void> {
    for (;;) {
      // a replica is seconds behind, and at times minutes
      await this.time.wait(this.chance.upTo(this.chance.maybe(0.2) ? 240 : 20) * SECOND + SECOND);
      for (const site of [TOKYO, OSAKA]) {
        const [own, source] = [this.regions[site].database, this.regions[this.other(site)].database];
        if (own.role === 'replica' && source.role === 'source' && this.reachable(site, this.other(site))) {
          const untilMs = this.time.now() - this.chance.upTo(3) * SECOND;
          for (const write of source.writes) {
            if (write.atMs <= untilMs) {
              own.writes.add(write);
            }
          }
          own.appliedMs = Math.max(own.appliedMs, untilMs);
        }
      }
    }
  }
}

function done(words: string): Progress {
  return { state: 'done', words };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
