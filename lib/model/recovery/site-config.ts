import type { CheckSpec, DatabaseAccess } from '../verification';
import type { ComputeConfig } from './compute-config';
import type { DataConfig } from './data-config';
import type { WatchConfig } from './detection';
import type { StrategyPlan } from './strategy';
import type { TrafficConfig } from './traffic-config';

/**
 * All that the agent and the state machine of one site know. Constructs write it, references in it become names at deploy time; nothing
 * in it names a thing of another site, except what a convention names.
 */
export interface SiteConfig {
  readonly version: 1;
  /** Name of the recovery, the same at all sites. */
  readonly recovery: string;
  /** Region of this site. */
  readonly site: string;
  /** Region that has the traffic as long as nothing is diverted: the first site, whatever its role is at present. */
  readonly home: string;
  readonly peers: readonly PeerConfig[];
  readonly strategy: StrategyPlan;
  readonly objective?: { readonly rpoMs: number; readonly rtoMs: number };
  /** Name of the table in which this site remembers its role and the steps that it has taken. */
  readonly register: string;
  readonly data: readonly DataConfig[];
  readonly compute: readonly ComputeConfig[];
  readonly traffic: TrafficConfig;
  /** What has to be true before traffic comes here. */
  readonly probes: readonly ProbeConfig[];
  readonly approval: ApprovalConfig;
  /** Where drills and failovers are put on record. */
  readonly evidence?: { readonly bucket: string; readonly prefix: string; readonly keyArn: string };
  /** Topic of this Region that is told of every run. */
  readonly topicArn?: string;
  readonly drill?: DrillConfig;
  /** How this site looks at the active one while it waits. */
  readonly watch?: WatchConfig;
}

/** Another site, by what a convention names. */
export interface PeerConfig {
  readonly site: string;
  /** Name of the function of its agent. */
  readonly agent: string;
}

/** Whether a person has to say yes before a failover begins. */
export interface ApprovalConfig {
  readonly required: boolean;
  readonly timeoutMs: number;
}

/** A look at the application, or at data that has been promoted. */
export type ProbeConfig =
  | { readonly kind: 'http'; readonly name: string; readonly url: string; readonly status: number; readonly contains?: string }
  | { readonly kind: 'function'; readonly name: string; readonly functionArn: string }
  | {
      readonly kind: 'checks';
      readonly name: string;
      /** Name of the item of `data` that is looked at. */
      readonly data: string;
      readonly functionArn: string;
      readonly checks: readonly CheckSpec[];
      /** Type as AWS Backup calls it. */
      readonly resourceType: string;
      /** How a database is read. */
      readonly database?: DatabaseAccess;
    };

/** What a drill does beside what it is asked for. */
export interface DrillConfig {
  /** Template of AWS FIS in this Region that is started as the fault, where the drill injects one. */
  readonly experimentTemplate?: string;
  /** How long the application stays at the other site before the way back. */
  readonly holdMs: number;
  /** When the machine was made, from when on drills are due: told by the service, and in no template. */
  readonly sinceMs?: number;
}
