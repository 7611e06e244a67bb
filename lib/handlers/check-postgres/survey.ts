import { inParallel } from '../checks/in-parallel';
import { type ForeignKey, readTables, type Table } from './catalogue';
import { planned } from './planning';
import type { Session } from './session';
import { violationsOf } from './survey-sql';

/** How many rows break a foreign key, or why that could not be counted. */
export interface KeyReading {
  readonly table: Table;
  readonly key: ForeignKey;
  readonly rows: number;
  readonly error?: unknown;
}

/** What the checks of a run find out together; work on many tables is shared out to several connections. Rows stay in the server. */
export class Survey {
  private tablesRead?: Promise<readonly Table[]>;
  private readonly counts = new Map<number, number>();

  constructor(private readonly session: Session) {}

  public tables(): Promise<readonly Table[]> {
    this.tablesRead ??= readTables(this.session.main);
    return this.tablesRead;
  }

  /** How many rows a table has, where they were read already. */
  public countOf(oid: number): number | undefined {
    return this.counts.get(oid);
  }

  /** Remembers how many rows a table has. */
  public count(oid: number, rows: number): void {
    this.counts.set(oid, rows);
  }

  /** Counts the violations of every foreign key that holds in the database that was backed up. */
  public async violations(): Promise<readonly KeyReading[]> {
    const tables = await this.tables();
    const work = tables.flatMap((table) =>
      table.keys.filter(({ ignored, unknown }) => !ignored && !unknown).map((key) => ({ table, key })),
    );
    const total = work.reduce((sum, { table }) => sum + table.pages, 0);
    const results: KeyReading[] = [];
    await this.session.withConnections((connections) =>
      planned(connections, IN_ORDER, () =>
        inParallel(
          work.sort((a, b) => b.table.pages - a.table.pages),
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
}

/** Parents up to this size are hashed: they fit into the caches of a processor. */
const SMALL_PARENT_PAGES = 1_000;

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
