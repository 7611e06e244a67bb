import type { ConcludedRun } from '../../model/evidence';
import type {
  ComputeConfig,
  DataConfig,
  Message,
  PeerAnswer,
  PeerConfig,
  PeerRequest,
  PeerStatus,
  ProbeConfig,
  RoutingControlTraffic,
  RunInput,
  SiteConfig,
  SiteRegister,
} from '../../model/recovery';

/** What a step has found out, for the steps that come after it. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** How far something is that takes its time. */
export interface Progress {
  /** `failed`: it never will be done by waiting. */
  readonly state: 'pending' | 'done' | 'failed';
  readonly words: string;
  readonly facts?: Facts;
}

/** How far a copy is behind; without a number where nobody knows. */
export interface Lag {
  readonly lagMs?: number;
  readonly words: string;
}

/** When writes at the other site came to their end, as far as that is known. */
export interface Ending {
  /** Since when nothing is written there: the fence, or this moment where nobody knows better. */
  readonly endMs: number;
  /** When the disruption began by the word of whoever started the run. */
  readonly saidMs?: number;
}

/** How data changes sides. */
export interface Promotion {
  readonly runId: string;
  /** Region of the site that is left. */
  readonly from: string;
  /** The other site has been reached, so that it need not be left out. */
  readonly reached: boolean;
  /** Nothing may be lost: only where the other site has been fenced and the copy has caught up. */
  readonly lossless: boolean;
  /** What the step has found before, if it was taken. */
  readonly facts: Facts;
}

/** What somebody makes a copy of. */
export interface Followed {
  /** What the agent of the active site has told of its own item. */
  readonly source: Readonly<Record<string, string>>;
  readonly region: string;
  /** That of the active site. */
  readonly epoch: number;
  /** Since when this site was fenced, where it was. */
  readonly fencedMs?: number;
  /** All that was written here had arrived there before that site took over. */
  readonly lossless: boolean;
}

/** A restore that only proves something. */
export interface Rehearsal {
  readonly runId: string;
  readonly facts: Facts;
}

/** Data of one kind. Every call looks what is there before it changes anything, so that each may be repeated. */
export interface DataPort<C extends DataConfig = DataConfig> {
  /** Whether `promote` can succeed, asked before anything is changed: `failed` where it cannot, so that nothing is begun. */
  ready(config: C, promotion: Pick<Promotion, 'lossless'>): Promise<Progress>;
  /** How much is lost if the copy takes over as it is. */
  lag(config: C, from: string, ending: Ending): Promise<Lag>;
  /** Whether all has arrived that was written at another site before a moment; `facts.unmeasured` where it was only waited. */
  arrived(config: C, sinceMs: number, from: string): Promise<Progress>;
  promote(config: C, promotion: Promotion): Promise<Progress>;
  /** Keeps writers out, and lets them in again. */
  close(config: C): Promise<Progress>;
  open(config: C): Promise<Progress>;
  /** What another site has to know that makes a copy: `kind` of the item, and `arn` of what has the data there now. */
  describe(config: C): Promise<Readonly<Record<string, string>>>;
  follow(config: C, followed: Followed): Promise<Progress>;
  /** Restores into isolation; `facts.arn` names what was made once it can be used. */
  rehearse(config: C, rehearsal: Rehearsal): Promise<Progress>;
  /** Removes what a rehearsal has made. */
  tidy(config: C, rehearsal: Rehearsal): Promise<Progress>;
}

/** Computing of one kind. */
export interface ComputePort<C extends ComputeConfig = ComputeConfig> {
  /** How many there are to be now, to be put back later. */
  count(config: C): Promise<number>;
  /** Has so many run; where that is not `exact` more may. */
  scale(config: C, count: number, exact: boolean): Promise<Progress>;
  /** Has none run, and keeps it so. */
  close(config: C): Promise<Progress>;
  /** Undoes `close`; `former` is what `count` had said. */
  open(config: C, former: number | undefined): Promise<Progress>;
}

export type DataPorts = { readonly [K in DataConfig['kind']]: DataPort<Extract<DataConfig, { kind: K }>> };
export type ComputePorts = { readonly [K in ComputeConfig['kind']]: ComputePort<Extract<ComputeConfig, { kind: K }>> };

/** Where a register is kept. */
export interface RegisterPort {
  read(): Promise<{ readonly register: SiteRegister; readonly version: number } | undefined>;
  /** Writes over the version that was read, or where nothing is; false where another one is by now. */
  write(register: SiteRegister, over: number | undefined): Promise<boolean>;
}

/** All that an agent needs. Whoever cannot answer throws: nothing is guessed from half an answer. */
export interface Ports {
  now(): number;
  pause(ms: number): Promise<void>;
  config(): Promise<SiteConfig>;
  register(table: string): RegisterPort;
  readonly data: DataPorts;
  readonly compute: ComputePorts;
  /** Throws, or answers nothing, where nobody there can be reached; what is thrown tells why. */
  ask(peer: PeerConfig, request: PeerRequest): Promise<PeerAnswer | PeerStatus | undefined>;
  /** Looks at the application, or at data of which facts tell `arn`, `host`, `port` and `engine`. */
  probe(probe: ProbeConfig, facts?: Facts): Promise<Progress>;
  /** Values of metrics of this Region, by name. */
  publish(config: SiteConfig, values: Readonly<Record<string, number>>): Promise<void>;
  /** Sets routing controls; true for on. */
  route(traffic: RoutingControlTraffic, states: Readonly<Record<string, boolean>>): Promise<void>;
  tell(topicArn: string, message: Message): Promise<void>;
  /** Puts a run on record, once. */
  keep(config: SiteConfig, run: ConcludedRun): Promise<void>;
  /** Starts the machine of this site; one of that name stays as it is. */
  start(name: string, run: RunInput): Promise<void>;
  /** Starts an experiment of AWS FIS, the same one for the same name, and stops it. */
  startExperiment(template: string, name: string): Promise<string>;
  stopExperiment(id: string): Promise<void>;
  write(line: string): void;
}
