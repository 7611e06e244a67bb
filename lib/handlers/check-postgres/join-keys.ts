import { inParallel } from '../checks/in-parallel';
import type { KeyOfTable } from './catalogue';
import type { Connection } from './connection';
import { BY_TABLE } from './index-sums';
import { SMALL_PARENT_PAGES } from './key-tests';
import { plannedOnce, type Setting } from './planning';
import type { Session } from './session';
import { violationsOf } from './survey-sql';

/** How many rows break a foreign key, or why that could not be counted. */
export interface KeyReading extends KeyOfTable {
  readonly rows: number;
  readonly error?: unknown;
}

/** How a join is made. */
export interface Joining {
  /** Processes of the server besides that of the connection. */
  readonly processes?: number;
  /** An index may not have the rows of its table, so that only tables are read. */
  readonly tablesOnly?: boolean;
}

/** Counts the rows that break foreign keys by joining each table with the parent. */
export async function joinKeys(session: Session, keys: readonly KeyOfTable[], tablesOnly: boolean): Promise<KeyReading[]> {
  const results: KeyReading[] = [];
  if (keys.length > 0) {
    const total = keys.reduce((sum, { table }) => sum + table.pages, 0);
    const sorted = [...keys].sort((a, b) => b.table.pages - a.table.pages);
    await session.withConnections((connections) =>
      inParallel(sorted, connections, async (key, connection) => {
        // one that is larger than the share of a connection is read by several processes of the server
        const processes = key.table.pages <= total / connections.length ? 0 : 2;
        results.push(await joinKey(connection, key, { processes, tablesOnly }));
      }),
    );
  }
  return results;
}

/** Counts the rows that break a foreign key. */
export async function joinKey(
  connection: Connection,
  { table, key }: KeyOfTable,
  { processes = 0, tablesOnly = false }: Joining = {},
): Promise<KeyReading> {
  const settings: Setting[] = [
    ...IN_ORDER,
    ...(tablesOnly ? BY_TABLE : []),
    `enable_hashjoin = ${key.parentPages <= SMALL_PARENT_PAGES ? 'on' : 'off'}`,
    `max_parallel_workers_per_gather = ${processes}`,
  ];
  try {
    const [[rows]] = await plannedOnce(connection, settings, () => connection.lists(violationsOf(table, key)));
    return { table, key, rows: Number(rows) };
  } catch (error) {
    return { table, key, rows: 0, error };
  }
}

/**
 * Tables are read whole. Large ones are merged in the order of their keys, sorted or by an index that holds all it takes: that is
 * quicker than to look up each row by chance, and needs no memory for a whole parent. A restored table may lack the statistics
 * that would tell.
 */
const IN_ORDER: readonly Setting[] = [
  'enable_seqscan = on',
  'enable_indexscan = on',
  'enable_indexonlyscan = on',
  'enable_bitmapscan = on',
  'enable_nestloop = off',
  'random_page_cost = 1.5',
  'cpu_index_tuple_cost = 0.001',
  'work_mem = 32MB',
  'jit = off',
];
