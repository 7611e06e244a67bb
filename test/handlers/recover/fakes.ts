import type { ComputePort, DataPort, Ending, Ports, Progress, Promotion } from '../../../lib/handlers/recover/ports';
import { route } from '../../../lib/handlers/recover/route';
import type { ConcludedRun } from '../../../lib/model/evidence';
import type {
  AgentRequest,
  DataConfig,
  Message,
  PeerAnswer,
  PeerRequest,
  PeerStatus,
  RunInput,
  RunStep,
  SiteConfig,
  SiteRegister,
  StepAnswer,
  StepRequest,
} from '../../../lib/model/recovery';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';

export const NOW = Date.parse('2026-11-23T12:00:00Z');

export const FAILOVER: RunInput = { kind: 'failover', id: 'run-1', by: 'a test' };

/** One site as a test wants it to be; everything it does is written down in `calls`. */
export class FakeSite {
  public nowMs = NOW;
  public config: SiteConfig;
  public stored?: { register: SiteRegister; version: number };
  /** Others write so often before this one. */
  public conflicts = 0;
  public status: PeerStatus | undefined;
  /** By name, where there are more than two sites. */
  public statuses: Readonly<Record<string, PeerStatus | undefined>> = {};
  public answers: Partial<Record<PeerRequest['op'], PeerAnswer | undefined>> = {};
  public progress: Record<string, Progress> = {};
  public errors: Record<string, Error> = {};
  public lagMs: number | undefined = 2_000;
  public lagError?: Error;
  /** A lag is told once this is. */
  public lagWait?: Promise<void>;
  public readonly endings: Ending[] = [];
  public readonly promotions: Promotion[] = [];
  public readonly promoted: DataConfig[] = [];
  public keepError?: Error;
  /** Whether the agent lives long enough to note what the fence has found. */
  public keepSteps = true;
  public routeError?: Error;
  public publishError?: Error;
  public running = 8;
  /** What others do while a call goes on. */
  public readonly meanwhile: Record<string, () => Promise<void>> = {};
  public readonly calls: string[] = [];
  public readonly told: Message[] = [];
  public readonly kept: ConcludedRun[] = [];
  public readonly published: Record<string, number>[] = [];
  public readonly asked: PeerRequest[] = [];
  public readonly startedRuns: { readonly name: string; readonly run: RunInput }[] = [];
  public readonly lines: string[] = [];

  constructor(site = OSAKA, more: Partial<SiteConfig> = {}) {
    this.config = siteConfig(site, { evidence: { bucket: 'evidence', prefix: 'recovery/', keyArn: 'key' }, ...more });
    const other = site === TOKYO ? OSAKA : TOKYO;
    this.status = { site: other, role: site === TOKYO ? 'standby' : 'active', epoch: 0, seen: 0, diverted: false, reclaimed: false };
  }

  public get register(): SiteRegister {
    if (!this.stored) {
      throw new Error('nothing was written');
    }
    return this.stored.register;
  }

  public async call(request: AgentRequest): Promise<unknown> {
    return route(request, this.ports);
  }

  public async step(op: RunStep, more: Partial<StepRequest> = {}): Promise<StepAnswer> {
    return (await this.call({ op, run: FAILOVER, ...more })) as StepAnswer;
  }

  /** Takes steps one after the other; the last answer. */
  public async steps(run: RunInput, ...ops: readonly (RunStep | readonly [RunStep, string])[]): Promise<StepAnswer> {
    let answer: StepAnswer = { state: 'done', words: '' };
    for (const op of ops) {
      answer = await (typeof op === 'string' ? this.step(op, { run }) : this.step(op[0], { run, item: op[1] }));
    }
    return answer;
  }

  public answered(op: PeerRequest['op']): PeerAnswer | undefined {
    return op in this.answers ? this.answers[op] : { state: 'done', words: 'done', facts: { arn: 'arn:source', experiment: 'EXP1' } };
  }

  public get ports(): Ports {
    const said = (name: string): Progress => {
      this.calls.push(name);
      if (this.errors[name]) {
        throw this.errors[name];
      }
      return this.progress[name] ?? { state: 'done', words: `${name} done` };
    };
    const data: DataPort = {
      // looks are not written down unless a test has something said
      ready: async ({ name }) => this.progress[`ready ${name}`] ?? { state: 'done', words: 'ready' },
      lag: async (_, __, ending) => {
        this.endings.push(ending);
        await this.lagWait;
        if (this.lagError) {
          throw this.lagError;
        }
        return this.lagMs === undefined ? { words: 'nobody knows' } : { lagMs: this.lagMs, words: `${this.lagMs} ms` };
      },
      arrived: async ({ name }) => said(`arrived ${name}`),
      promote: async (config, promotion) => {
        const { name } = config;
        this.promotions.push(promotion);
        this.promoted.push(config);
        return said(`promote ${name}${promotion.lossless ? ' lossless' : ''}`);
      },
      close: async ({ name }) => said(`close ${name}`),
      open: async ({ name }) => said(`open ${name}`),
      describe: async ({ name }) => ({ arn: `arn:${name}` }),
      follow: async ({ name }, { source, region, epoch }) => said(`follow ${name} ${source.arn} ${region} ${epoch}`),
      rehearse: async ({ name }) => said(`rehearse ${name}`),
      tidy: async ({ name }) => said(`tidy ${name}`),
    };
    const compute: ComputePort = {
      count: async () => this.running,
      scale: async ({ name }, count, exact) => said(`scale ${name} ${count}${exact ? ' exactly' : ''}`),
      close: async ({ name }) => {
        const found = said(`close ${name}`);
        await this.meanwhile[`close ${name}`]?.();
        return found;
      },
      open: async ({ name }, former) => said(`open ${name} ${former}`),
    };
    return {
      now: () => this.nowMs,
      pause: async () => undefined,
      config: async () => this.config,
      register: () => ({
        read: async () => this.stored && JSON.parse(JSON.stringify(this.stored)),
        write: async (register, over) => {
          if (this.conflicts > 0) {
            this.conflicts--;
            return false;
          }
          if (this.stored?.version !== over) {
            return false;
          }
          if (!this.keepSteps && register.run?.steps.fence) {
            throw new Error('killed here');
          }
          this.stored = { register, version: (over ?? 0) + 1 };
          return true;
        },
      }),
      data: new Proxy({}, { get: () => data }) as Ports['data'],
      compute: new Proxy({}, { get: () => compute }) as Ports['compute'],
      ask: async ({ site }, request) => {
        this.asked.push(request);
        if (this.errors[request.op]) {
          throw this.errors[request.op];
        }
        return request.op === 'status' ? (site in this.statuses ? this.statuses[site] : this.status) : this.answered(request.op);
      },
      probe: async ({ name }) => said(`probe ${name}`),
      publish: async (_, values) => {
        if (this.publishError) {
          throw this.publishError;
        }
        this.published.push({ ...values });
      },
      route: async (_, states) => {
        if (this.routeError) {
          throw this.routeError;
        }
        this.calls.push(`route ${JSON.stringify(states)}`);
      },
      tell: async (_, message) => {
        this.told.push(message);
      },
      keep: async (_, evidence) => {
        if (this.keepError) {
          throw this.keepError;
        }
        this.kept.push(evidence);
      },
      start: async (name, run) => {
        this.startedRuns.push({ name, run });
      },
      startExperiment: async (template, name) => {
        this.calls.push(`start ${template} ${name}`);
        return 'EXP1';
      },
      stopExperiment: async (id) => {
        this.calls.push(`stop ${id}`);
      },
      write: (line) => this.lines.push(line),
    };
  }
}
