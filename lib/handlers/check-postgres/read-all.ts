import { inParallel } from '../checks/in-parallel';
import { many } from '../checks/words';
import type { Amcheck } from './amcheck';
import type { Table } from './catalogue';
import type { Connection } from './connection';
import { bundled, cut, type Damage, indexCheckOf, look, lookAtIndex, merged, NOTHING, type Part, SMALL_PAGES, told } from './damage';
import { BY_TABLE, readSummedIndexes, type SummedIndex, type Sums, sumsAtOnce, sumsByIndex, sumsOf } from './index-sums';
import { readParts } from './parts';
import { planned } from './planning';
import type { Session } from './session';
import { type Pages, readingOf } from './survey-sql';

/** What reading everything gave. */
export interface Passed {
  readonly rows: number;
  readonly indexes: number;
  readonly damage: Damage;
  readonly notes: readonly string[];
}

/** The first version that reads some pages of a table without the others, and whose amcheck looks at tables. */
const READS_PAGES = 140_000;
/** What a page takes: an index is read twice, or compared with its whole table. */
const COST_OF_SUMS = 2;
const COST_OF_ENTRIES = 6;

interface Job {
  readonly cost: number;
  run(connection: Connection): Promise<Damage>;
}

/** Reads every value of every table, and looks at every page of tables and indexes as far as there is an amcheck for it. */
export async function readAll(session: Session, amcheck: Amcheck | undefined): Promise<Passed> {
  const pass = new Pass(session, amcheck, await session.survey.tables(), await readParts(session.main));
  return pass.run();
}

/** One pass over a database, shared out to several connections. */
class Pass {
  private readonly rows = new Map<number, number>();
  private readonly unread = new Set<number>();
  private readonly ofTables = new Map<number, Sums>();
  private readonly ofIndexes = new Map<number, Sums>();
  private readonly looksAtTables: boolean;

  constructor(
    private readonly session: Session,
    private readonly amcheck: Amcheck | undefined,
    private readonly tables: readonly Table[],
    private readonly parts: readonly Part[],
  ) {
    this.looksAtTables = amcheck?.functions.has('verify_heapam') ?? false;
  }

  public async run(): Promise<Passed> {
    const { amcheck, session } = this;
    const checked = this.parts.filter(({ method }) => amcheck && method !== undefined && indexCheckOf(amcheck, method));
    const summed = amcheck ? await readSummedIndexes(session.main) : [];
    const jobs = [...this.tableJobs(summed), ...this.indexJobs(checked, summed)].sort((a, b) => b.cost - a.cost);
    const found: Damage[] = [];
    await session.withConnections((connections) =>
      planned(connections, [...BY_TABLE, 'jit = off', 'max_parallel_workers_per_gather = 0'], () =>
        inParallel(jobs, connections, async (job, connection) => {
          found.push(await job.run(connection));
        }),
      ),
    );
    const parts = new Map(checked.map((part) => [part.oid, part]));
    for (const index of summed) {
      found.push(await this.compared(parts.get(index.oid)!, index));
    }
    this.count();
    const others = this.parts.filter(({ oid, method }) => method !== undefined && !parts.has(oid));
    return {
      rows: [...this.rows.values()].reduce((sum, rows) => sum + rows, 0),
      indexes: checked.length,
      damage: merged(found),
      notes: amcheck ? others.map(({ words, method }) => `${words} is of kind ${method}, for which this amcheck has no check`) : [],
    };
  }

  /** Tables are read as soon as amcheck has looked at the same pages, which are still in memory then. */
  private tableJobs(summed: readonly SummedIndex[]): Job[] {
    const heaps = new Map(this.parts.filter(({ method }) => method === undefined).map((part) => [part.oid, part]));
    const jobs: Job[] = [];
    const together: Part[] = [];
    for (const table of this.tables.filter(({ stored }) => stored)) {
      const heap = heaps.get(table.oid);
      heaps.delete(table.oid);
      const sums = summed.filter((index) => index.table === table.oid);
      if (!heap || heap.pages <= SMALL_PAGES || this.session.version < READS_PAGES) {
        together.push(...(heap ? [heap] : []));
        jobs.push({ cost: table.pages, run: (connection) => this.read(connection, table, sums) });
        continue;
      }
      const all = cut(heap);
      all.forEach((part, at) => {
        const pages: Pages = [at === 0 ? undefined : part.range![0], at === all.length - 1 ? undefined : part.range![1] + 1];
        jobs.push({
          cost: 2 * part.pages,
          run: async (connection) => merged([await this.look(connection, [part]), await this.read(connection, table, sums, pages)]),
        });
      });
    }
    for (const bundle of bundled([...together, ...heaps.values()].flatMap(cut))) {
      jobs.push({ cost: costOf(bundle), run: (connection) => this.look(connection, bundle) });
    }
    return jobs;
  }

  private indexJobs(checked: readonly Part[], summed: readonly SummedIndex[]): Job[] {
    const byOid = new Map(summed.map((index) => [index.oid, index]));
    const entries = bundled(checked.filter(({ oid }) => !byOid.has(oid))).map((bundle) => ({
      cost: COST_OF_ENTRIES * costOf(bundle),
      run: (connection: Connection) => look(connection, this.amcheck!, bundle),
    }));
    const sums = checked.flatMap((part) => {
      const index = byOid.get(part.oid);
      return index ? [{ cost: COST_OF_SUMS * part.pages, run: (connection: Connection) => this.addUp(connection, part, index) }] : [];
    });
    return [...entries, ...sums];
  }

  private async look(connection: Connection, heaps: readonly Part[]): Promise<Damage> {
    return this.looksAtTables ? look(connection, this.amcheck!, heaps) : NOTHING;
  }

  private async read(connection: Connection, table: Table, summed: readonly SummedIndex[], pages?: Pages): Promise<Damage> {
    try {
      const [values] = await connection.lists(
        readingOf(table, { sums: summed.flatMap(({ sums }) => sums), pages, walked: this.looksAtTables }),
      );
      this.rows.set(table.oid, (this.rows.get(table.oid) ?? 0) + Number(values[0]));
      summed.forEach(({ oid }, at) => {
        this.ofTables.set(oid, plus(this.ofTables.get(oid), sumsOf(values.slice(1 + 2 * at, 3 + 2 * at))));
      });
      return NOTHING;
    } catch (error) {
      this.unread.add(table.oid);
      return told({ words: `table ${table.sql}` }, error);
    }
  }

  /** Adds up an index; where that cannot be done, its entries are compared with the rows one by one. */
  private async addUp(connection: Connection, part: Part, index: SummedIndex): Promise<Damage> {
    // what keeps from adding up is told by looking
    const sums = await sumsByIndex(connection, index).catch(() => undefined);
    if (sums) {
      this.ofIndexes.set(index.oid, sums);
    }
    return lookAtIndex(connection, this.amcheck!, part, !sums);
  }

  /** What adds up otherwise is added up again at one moment, for someone may have written meanwhile; amcheck tells which row it is. */
  private async compared(part: Part, index: SummedIndex): Promise<Damage> {
    const [rows, entries] = [this.ofTables.get(index.oid), this.ofIndexes.get(index.oid)];
    if (!rows || !entries || this.unread.has(index.table) || same(rows, entries)) {
      return NOTHING;
    }
    try {
      const { main } = this.session;
      const again = await sumsAtOnce(main, index);
      if (!again.rows || !again.entries || same(again.rows, again.entries)) {
        return NOTHING;
      }
      const named = await lookAtIndex(main, this.amcheck!, part, true);
      return named.damaged.length > 0 ? named : { damaged: [`${part.words}: ${unlike(again.rows, again.entries)}`], unknown: [] };
    } catch (error) {
      return told(part, error);
    }
  }

  /** A partitioned table has the rows of its partitions. */
  private count(): void {
    const wholes = new Map<number, number>();
    for (const { oid, whole, stored, inherited } of this.tables) {
      const rows = stored ? (this.unread.has(oid) ? Number.NaN : this.rows.get(oid)!) : 0;
      wholes.set(whole, (wholes.get(whole) ?? 0) + (inherited ? Number.NaN : rows));
    }
    for (const [oid, rows] of wholes) {
      if (!Number.isNaN(rows)) {
        this.session.survey.count(oid, rows);
      }
    }
  }
}

function unlike(rows: Sums, entries: Sums): string {
  return rows.entries === entries.entries
    ? 'its entries are not those of the rows of the table'
    : `${many(entries.entries, 'entry', 'entries')} for ${many(rows.entries, 'row')} of the table`;
}

function costOf(bundle: readonly Part[]): number {
  return bundle.reduce((sum, { pages }) => sum + pages, 0);
}

function plus(a: Sums = { entries: 0, hashes: 0n }, b: Sums): Sums {
  return { entries: a.entries + b.entries, hashes: a.hashes + b.hashes };
}

function same(a: Sums, b: Sums): boolean {
  return a.entries === b.entries && a.hashes === b.hashes;
}
