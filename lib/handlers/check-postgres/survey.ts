import { inParallel } from '../checks/in-parallel';
import { type ForeignKey, readTables, type Table } from './catalogue';
import type { Connection } from './connection';
import type { Session } from './session';
import { readingOf, violationsOf } from './survey-sql';

/** What reading a table gave: its rows, or why they could not be read. */
export interface Reading {
  readonly table: Table;
  readonly rows: number;
  readonly error?: unknown;
}

/** How many rows break a foreign key, or why that could not be counted. */
export interface KeyReading extends Reading {
  readonly key: ForeignKey;
}

/** Passes over all tables, shared out to several connections and shared by the checks of a run. Rows stay in the server. */
export class Survey {
  private tablesRead?: Promise<readonly Table[]>;
  private readonly counts = new Map<number, number>();

  constructor(private readonly session: Session) {}

  public tables(): Promise<readonly Table[]> {
    this.tablesRead ??= readTables(this.session.main);
    return this.tablesRead;
  }

  /** Reads every value of every table, and remembers how many rows there are. */
  public async readAll(): Promise<readonly Reading[]> {
    // a partition is read with the whole
    const readings = await this.share(
      (await this.tables()).filter(({ part }) => !part).map((table) => ({ table })),
      ({ table }) => [readingOf(table)],
    );
    for (const { table, rows, error } of readings) {
      if (error === undefined && !table.inherited) {
        this.counts.set(table.oid, rows);
      }
    }
    return readings;
  }

  /** Counts the violations of every foreign key that holds in the database that was backed up. */
  public async violations(): Promise<readonly KeyReading[]> {
    const work = (await this.tables()).flatMap((table) =>
      table.keys.filter(({ ignored, unknown }) => !ignored && !unknown).map((key) => ({ table, key })),
    );
    return this.share(work, ({ table, key }) => [
      `set enable_hashjoin = ${key.parentPages <= SMALL_PARENT_PAGES ? 'on' : 'off'}`,
      violationsOf(table, key),
    ]);
  }

  /** How many rows a table has, where they were read already. */
  public countOf(oid: number): number | undefined {
    return this.counts.get(oid);
  }

  private async share<T extends { readonly table: Table }>(
    items: readonly T[],
    statementsOf: (item: T) => readonly string[],
  ): Promise<(T & { rows: number; error?: unknown })[]> {
    const results: (T & { rows: number; error?: unknown })[] = [];
    const largestFirst = [...items].sort((a, b) => b.table.pages - a.table.pages);
    const total = items.reduce((sum, { table }) => sum + table.pages, 0);
    await this.session.withConnections(async (connections) => {
      await Promise.all(connections.map(prepare));
      await inParallel(largestFirst, connections, async (item, connection) => {
        try {
          // one that is larger than the share of a connection is read by several processes of the server
          const alone = item.table.pages <= total / connections.length;
          await connection.query(`set max_parallel_workers_per_gather ${alone ? '= 0' : 'to default'}`);
          const answers: (string | null)[][][] = [];
          for (const statement of statementsOf(item)) {
            answers.push(await connection.lists(statement));
          }
          results.push({ ...item, rows: Number(answers.at(-1)?.[0]?.[0]) });
        } catch (error) {
          results.push({ ...item, rows: 0, error });
        }
      });
      await reset(connections[0]);
    });
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
];

async function prepare(connection: Connection): Promise<void> {
  for (const setting of IN_ORDER) {
    await connection.query(`set ${setting}`);
  }
}

/** Other checks plan as the server does. */
async function reset(connection: Connection): Promise<void> {
  for (const setting of [...IN_ORDER, 'max_parallel_workers_per_gather']) {
    await connection.query(`reset ${setting.split(' ')[0]}`);
  }
}
