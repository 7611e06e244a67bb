import { route } from '../../../../lib/handlers/recover/route';
import type { RunOutcome } from '../../../../lib/model/recovery';
import {
  type AgentRequest,
  initialRegister,
  type RunInput,
  recoveryMachine,
  type SiteConfig,
  type SiteRegister,
  servesEverywhere,
} from '../../../../lib/model/recovery';
import { MINUTE, SECOND } from '../../../../lib/model/time';
import { siteConfig, TOKYO } from '../../recovery/sites';
import type { Chance } from '../chance';
import { GlobalDatabase } from './global-database';
import { type Definition, execute } from './machine';
import { portsOf } from './ports';
import { newRegion, type Region, type Write, writable } from './site-world';
import type { Copies, Stage } from './stage';
import { Stream } from './stream';
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

/** A takeover, and what it has left behind. */
export interface Takeover {
  readonly site: string;
  readonly from: string;
  readonly input: RunInput;
  readonly claimedMs: number;
  readonly lost: readonly Write[];
}

/** A run that has begun, and how it was put on record. */
export interface BegunRun {
  readonly site: string;
  readonly id: string;
  readonly begunMs: number;
  records: readonly RunOutcome[];
}

const REACTION_MS = 200;
const GUARD_EVERY_MS = MINUTE;
const WRITE_EVERY_MS = 10 * SECOND;
const FRESH_MS = 3 * MINUTE;

/**
 * Regions with the agents, registers and state machines that the library makes: two, of which one waits and has a database that streams from the
 * other, or more that all serve and share a global database.
 */
export class World implements Stage {
  public readonly time = new VirtualTime();
  public readonly regions: Readonly<Record<string, Region>>;
  public readonly configs: Readonly<Record<string, SiteConfig>>;
  public readonly copies: Copies;
  public readonly ended: Ended[] = [];
  public readonly takeovers: Takeover[] = [];
  /** Runs that have begun, and how each was put on record. */
  public readonly runs = new Map<string, BegunRun>();
  /** Sites that were left and have not come back since, with the one that has taken over. */
  public readonly leftBy = new Map<string, { readonly by: string; readonly epoch: number }>();
  /** Pairs of Regions that do not see each other. */
  public readonly cuts = new Set<string>();
  /** A person has said that a site is down which was not. */
  public attestedWrongly = false;
  /** Somebody took over on the word of a person. */
  public attested = false;
  /** What an earlier takeover has lost is still at the site that it left. */
  private readonly lostBefore = new Set<Write>();
  private readonly started = new Set<string>();
  private readonly machines: Readonly<Record<string, Definition>>;

  constructor(
    public readonly chance: Chance,
    private readonly trouble: Trouble,
    public readonly sites: readonly string[],
  ) {
    this.configs = Object.fromEntries(sites.map((site) => [site, configOf(site, sites)]));
    this.machines = Object.fromEntries(
      Object.entries(this.configs).map(([site, config]) => [
        site,
        recoveryMachine({ agentArn: 'agent', partition: 'aws', config }) as Definition,
      ]),
    );
    const nowMs = this.time.now();
    this.regions = Object.fromEntries(
      sites.map((site) => {
        const [{ full, standby }] = this.configs[site].compute;
        return [site, newRegion(site, site === TOKYO ? 'source' : 'replica', site === TOKYO || this.everywhere ? full : standby, nowMs)];
      }),
    );
    this.copies = sites.length === 2 ? new Stream(this) : new GlobalDatabase(this, TOKYO);
    for (const site of sites) {
      void this.guardForever(site);
    }
    void this.writeForever();
    void this.replicateForever();
  }

  public get everywhere(): boolean {
    return servesEverywhere(this.configs[TOKYO].strategy);
  }

  public others(site: string): readonly string[] {
    return this.sites.filter((other) => other !== site);
  }

  public register(site: string): SiteRegister {
    return this.regions[site].register?.register ?? initialRegister(this.configs[site]);
  }

  public reachable(from: string, to: string): boolean {
    return this.regions[from].up && this.regions[to].up && (this.cuts.size === 0 || !this.cuts.has(pairOf(from, to)));
  }

  public isCut(site: string): boolean {
    return this.others(site).some((other) => this.cuts.has(pairOf(site, other)));
  }

  /** Begins or ends a cut between two Regions. */
  public cut(one: string, other: string): void {
    const pair = pairOf(one, other);
    if (!this.cuts.delete(pair)) {
      this.cuts.add(pair);
    }
  }

  /** Whom clients of two sites are told to ask: the other site wherever home is unhealthy. */
  public answer(): string {
    const [home, other] = this.sites;
    const diverted = this.regions[other].metrics.get('TrafficDiverted')?.value ?? 0;
    const reclaimed = this.regions[home].metrics.get('TrafficReclaimed');
    const taken = reclaimed !== undefined && reclaimed.value === 1 && this.time.now() - reclaimed.atMs < FRESH_MS;
    return diverted === 0 || taken ? home : other;
  }

  /** Starts a run as a person does; `name` may be used once. */
  public start(site: string, name: string, run: RunInput): void {
    if (!this.started.has(`${site} ${name}`)) {
      this.started.add(`${site} ${name}`);
      void this.execute(site, run);
    }
  }

  /** Invokes an agent: it may die before or after any effect, and its call may come twice. */
  public async invoke(site: string, request: AgentRequest, timeoutMs: number): Promise<unknown> {
    if (this.strikes(0.5)) {
      void this.attempt(site, request).catch(() => undefined);
    }
    const answer = await Promise.race([
      this.attempt(site, request),
      this.time.wait(timeoutMs).then(() => Promise.reject(new Error('States.Timeout'))),
    ]);
    return answer;
  }

  public async attempt(site: string, request: AgentRequest): Promise<unknown> {
    const answer = await route(JSON.parse(JSON.stringify(request)), portsOf(this, site));
    return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
  }

  public strikes(share = 1): boolean {
    const struck = this.trouble.budget > 0 && this.chance.maybe(this.trouble.rate * share);
    this.trouble.budget -= struck ? 1 : 0;
    return struck;
  }

  /** Every call takes a moment; it may fail before or after its effect, or the function may end there and then. */
  public async effect<T>(site: string, act: () => T): Promise<T> {
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

  /** Something is written into a register: a takeover is held against what was claimed of it. */
  public notice(site: string, before: SiteRegister | undefined, { run, role }: SiteRegister): void {
    if (before?.fence?.final && role !== 'fenced' && run?.stage !== 'committed') {
      this.leftBy.delete(site);
    }
    if (run) {
      const name = runName(site, run);
      this.runs.set(name, this.runs.get(name) ?? { site, id: run.input.id, begunMs: run.begunMs, records: [] });
    }
    if (run?.stage === 'activated' && before?.run?.stage !== 'activated') {
      if (run.epoch > (this.leftBy.get(site)?.epoch ?? 0)) {
        this.leftBy.delete(site);
      }
      // one that has come back with a higher epoch meanwhile, which nobody here could know, goes on rightly
      if (this.register(run.peer).epoch < run.epoch) {
        this.leftBy.set(run.peer, { by: site, epoch: run.epoch });
      }
      const { sinceMs, facts } = run.steps['measure:orders'];
      const lost = this.copies.lost(site, run.peer).filter((write) => !this.lostBefore.has(write));
      for (const write of lost) {
        this.lostBefore.add(write);
      }
      this.takeovers.push({ site, from: run.peer, input: run.input, claimedMs: sinceMs - Number(facts?.lagMs ?? 0), lost });
    }
    if (run?.peerState === 'unreachable' && before?.run?.peerState !== 'unreachable') {
      this.attested = true;
      this.attestedWrongly ||= this.regions[run.peer].up;
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

  private async guardForever(site: string): Promise<void> {
    await this.time.wait(this.chance.upTo(GUARD_EVERY_MS));
    for (;;) {
      if (this.regions[site].up) {
        void this.invoke(site, { op: 'guard' }, 55 * SECOND).catch(() => undefined);
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
        if (writable(region) && (this.everywhere || this.answer() === region.name || this.chance.maybe(0.3))) {
          region.database.writes.add({ atMs: this.time.now(), at: region.name, stray: this.isStray(region.name) });
        }
      }
    }
  }

  private isStray(site: string): boolean {
    const { epoch: own } = this.register(site);
    const taken = this.sites.length === 2 ? this.others(site).map((other) => this.register(other)) : [];
    return this.copies.isStray(site) || taken.some(({ role, epoch }) => role === 'active' && epoch > own);
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
      this.copies.replicate();
    }
  }
}

function configOf(site: string, sites: readonly string[]): SiteConfig {
  const [replica] = siteConfig(site).data;
  const evidence = { bucket: 'evidence', prefix: 'recovery/Orders/', keyArn: 'key' };
  if (sites.length === 2) {
    return siteConfig(site, { data: [replica], evidence });
  }
  const cluster = { kind: 'aurora-global', name: 'orders', order: 1, globalCluster: 'all', cluster: 'orders', clusterArn: site } as const;
  return siteConfig(site, {
    data: [cluster],
    strategy: { kind: 'multi-site', standbyCapacity: 1 },
    peers: sites.filter((other) => other !== site).map((other) => ({ site: other, agent: 'orders-agent' })),
    traffic: { kind: 'none' },
    evidence,
  });
}

export function runName(site: string, { input, begunMs }: { readonly input: RunInput; readonly begunMs: number }): string {
  return `${site} ${input.id} ${begunMs}`;
}

function pairOf(one: string, other: string): string {
  return [one, other].sort().join(' ');
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
