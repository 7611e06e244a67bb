import type { SiteRegister } from '../../../../lib/model/recovery';

/** A write that was acknowledged. */
export interface Write {
  readonly atMs: number;
  readonly at: string;
  /** Another site was the active one by then, which nobody here could know yet. */
  readonly stray: boolean;
}

/** A database of one site. */
export interface Database {
  role: 'source' | 'replica' | 'rebuilding';
  closed: boolean;
  /** All writes up to this moment are there, as far as it follows. */
  appliedMs: number;
  writes: Set<Write>;
  /** What goes on, and when it is over. */
  changing?: { readonly untilMs: number; readonly then: () => void };
}

/** A Region, what runs in it, and what outlives its loss. */
export interface Region {
  readonly name: string;
  up: boolean;
  /** The application there answers wrongly. */
  broken: boolean;
  register?: { readonly register: SiteRegister; readonly version: number };
  database: Database;
  tasks: { wanted: number; running: number; untilMs: number };
  /** Somebody has looked whether it works since it was last kept from writes. */
  verified: boolean;
  readonly metrics: Map<string, { readonly value: number; readonly atMs: number }>;
}

export function newRegion(name: string, role: Database['role'], tasks: number, nowMs: number): Region {
  return {
    name,
    up: true,
    broken: false,
    database: { role, closed: false, appliedMs: nowMs, writes: new Set() },
    tasks: { wanted: tasks, running: tasks, untilMs: 0 },
    verified: role === 'source',
    metrics: new Map(),
  };
}

/** Whether somebody there could write now. */
export function writable({ up, database, tasks }: Region): boolean {
  return up && database.role === 'source' && !database.closed && tasks.running > 0;
}
