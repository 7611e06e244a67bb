import { inParallel } from '../checks/in-parallel';
import type { KeyOfTable } from './catalogue';
import { SMALL_PARENT_PAGES } from './key-tests';
import { planned } from './planning';
import type { Session } from './session';
import { violationsOf } from './survey-sql';

/** How many rows break a foreign key, or why that could not be counted. */
export interface KeyReading extends KeyOfTable {
  readonly rows: number;
  readonly error?: unknown;
}

/** Counts the rows that break foreign keys by joining each table with the parent. */
export async function joinKeys(session: Session, keys: readonly KeyOfTable[]): Promise<KeyReading[]> {
  const total = keys.reduce((sum, { table }) => sum + table.pages, 0);
  const results: KeyReading[] = [];
  if (keys.length === 0) {
    return results;
  }
  await session.withConnections((connections) =>
    planned(connections, IN_ORDER, () =>
      inParallel(
        [...keys].sort((a, b) => b.table.pages - a.table.pages),
        connections,
        async ({ table, key }, connection) => {
          try {
            // one that is larger than the share of a connection is read by several processes of the server
            const alone = table.pages <= total / connections.length;
            await connection.query(`set max_parallel_workers_per_gather ${alone ? '= 0' : 'to default'}`);
            await connection.query(`set enable_hashjoin = ${key.parentPages <= SMALL_PARENT_PAGES ? 'on' : 'off'}`);
            const [[rows]] = await connection.lists(violationsOf(table, key));
            results.push({ table, key, rows: Number(rows) });
          } catch (error) {
            results.push({ table, key, rows: 0, error });
          }
        },
      ),
    ),
  );
  return results;
}

/**
 * Tables are read whole. Large ones are merged in the order of their keys, sorted or by an index that holds all it takes: that is
 * quicker than to look up each row by chance, and needs no memory for a whole parent. A restored table may lack the statistics
 * that would tell.
 */
const IN_ORDER = [
  'enable_nestloop = off',
  'enable_hashjoin = off',
  'random_page_cost = 1.5',
  'cpu_index_tuple_cost = 0.001',
  "work_mem = '32MB'",
  'jit = off',
  'max_parallel_workers_per_gather = 0',
];
