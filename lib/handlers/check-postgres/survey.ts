import { inParallel } from '../sql/in-parallel';
import { type ForeignKey, readTables, type Table } from './catalogue';
import type { Connection } from './connection';
import type { Session } from './session';
import { type Pass, passesOf } from './survey-sql';

/** What a pass over every table saw. */
export interface SurveyResult {
  readonly tables: readonly SurveyedTable[];
}

export interface SurveyedTable {
  readonly table: Table;
  readonly rows?: number;
  /** How many rows break each key that was checked. */
  readonly broken: ReadonlyMap<ForeignKey, number>;
  /** Why it could not be read. */
  readonly error?: unknown;
}

const MIN_WORK_MEM_KB = 4_096;
const MAX_WORK_MEM_KB = 65_536;
/** Hash tables of a pass, and their share of work_mem. */
const HASHES = 6;

/**
 * Passes over every table once for all checks that need it: it counts the rows, joins the parents of the foreign keys and, where
 * the run asks for that, reads every value. Rows stay in the server.
 */
export class Survey {
  private tablesRead?: Promise<readonly Table[]>;
  private result?: Promise<SurveyResult>;
  private readonly counts = new Map<number, number>();

  constructor(private readonly session: Session) {}

  public tables(): Promise<readonly Table[]> {
    this.tablesRead ??= readTables(this.session.main);
    return this.tablesRead;
  }

  /** Looks once; a second call gives the same answer. */
  public look(): Promise<SurveyResult> {
    this.result ??= this.pass({ read: this.session.asks('corruption'), keys: this.session.asks('foreign-keys') });
    return this.result;
  }

  /** How many rows a table has, where a pass has counted them already. */
  public countOf(oid: number): number | undefined {
    return this.counts.get(oid);
  }

  private async pass(what: { readonly read: boolean; readonly keys: boolean }): Promise<SurveyResult> {
    // a partition is read with the whole, unless it has keys of its own
    const tables = (await this.tables()).filter(({ part, keys }) => !part || (what.keys && keys.length > 0));
    const results = new Map<Table, { rows?: number; broken: Map<ForeignKey, number>; error?: unknown }>(
      tables.map((table) => [table, { broken: new Map() }]),
    );
    const work = tables.flatMap((table) => passesOf(table, { ...what, read: what.read && !table.part }).map((pass) => ({ table, pass })));
    const total = work.reduce((sum, { table }) => sum + table.pages, 0);
    await this.session.withConnections(async (connections) => {
      await Promise.all(connections.map((connection) => prepare(connection, this.session)));
      const share = total / connections.length;
      await inParallel(largestFirst(work), connections, async ({ table, pass }, connection) => {
        const result = results.get(table)!;
        try {
          await connection.query(
            `set max_parallel_workers_per_gather = ${table.pages > share ? 'default' : '0'}`.replace('= default', 'to default'),
          );
          const [rows, broken] = await run(connection, pass);
          result.rows ??= rows;
          pass.keys.forEach((key, index) => {
            result.broken.set(key, broken[index]);
          });
        } catch (error) {
          result.error ??= error;
        }
      });
    });
    for (const [table, { rows, error }] of results) {
      if (rows !== undefined && error === undefined && !table.inherited) {
        this.counts.set(table.oid, rows);
      }
    }
    return { tables: [...results].map(([table, result]) => ({ table, ...result })) };
  }
}

/** Parents are hashed rather than looked up row by row: tables are read whole, and a restored one may lack statistics. */
async function prepare(connection: Connection, { sharedBuffersBytes, connectionCount }: Session): Promise<void> {
  const affordable = Math.floor(sharedBuffersBytes / 1_024 / (HASHES * connectionCount));
  await connection.query(`set work_mem = ${Math.min(MAX_WORK_MEM_KB, Math.max(MIN_WORK_MEM_KB, affordable))}`);
  await connection.query('set enable_nestloop = off');
}

async function run(connection: Connection, { sql, keys }: Pass): Promise<[number, number[]]> {
  const [values = []] = await connection.lists(sql);
  const [rows, ...broken] = values.slice(0, 1 + keys.length).map(Number);
  return [rows, broken];
}

function largestFirst<T extends { readonly table: Table }>(work: readonly T[]): T[] {
  return [...work].sort((a, b) => b.table.pages - a.table.pages);
}
