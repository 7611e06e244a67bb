import { inParallel } from '../checks/in-parallel';
import type { Amcheck } from './amcheck';
import type { KeyOfTable, Table } from './catalogue';
import type { Connection } from './connection';
import { bundled, cut, type Damage, indexCheckOf, look, lookAtIndex, merged, NOTHING, type Part, SMALL_PAGES, told } from './damage';
import { BY_TABLE, plus, type SummedIndex, type Sums, same, sumsAtOnce, sumsOf, unlike } from './index-sums';
import type { KeyReading } from './join-keys';
import { KeyWork } from './key-work';
import { Parents } from './parents';
import { planned } from './planning';
import type { Session } from './session';
import { type Pages, readingOf } from './survey-sql';

/** The first version that reads some pages of a table without the others, and whose amcheck looks at tables. */
const READS_PAGES = 140_000;
/** What a page takes: an index is read twice, or compared with its whole table. */
const COST_OF_SUMS = 2;
const COST_OF_ENTRIES = 6;

/** What reading everything gave. */
export interface Passed {
  readonly rows: number;
  readonly indexes: number;
  readonly damage: Damage;
  readonly notes: readonly string[];
  /** What is known of foreign keys; of some that are broken no more than that, and they are not among these. */
  readonly keys: readonly KeyReading[];
}

interface Job {
  readonly cost: number;
  run(connection: Connection): Promise<Damage>;
}

/** What a pass goes over. */
export interface Scope {
  readonly amcheck?: Amcheck;
  readonly tables: readonly Table[];
  readonly parts: readonly Part[];
  /** Indexes that are compared with their tables by sums. */
  readonly summed: readonly SummedIndex[];
  readonly keys: readonly KeyOfTable[];
  /** Whether values are read, or keys and no more. */
  readonly values: boolean;
}

/** One pass over a database, shared out to several connections. */
export class Pass {
  private readonly rows = new Map<number, number>();
  private readonly unread = new Set<number>();
  private readonly ofTables = new Map<number, Sums>();
  private readonly ofIndexes = new Map<number, Sums>();
  private readonly parents: Parents;
  private readonly keys: KeyWork;
  private readonly looksAtTables: boolean;

  constructor(
    private readonly session: Session,
    private readonly connections: readonly Connection[],
    private readonly scope: Scope,
  ) {
    this.parents = new Parents(scope.summed);
    this.keys = new KeyWork(session, scope.keys, this.parents);
    this.looksAtTables = scope.amcheck?.functions.has('verify_heapam') ?? false;
  }

  public async run(): Promise<Passed> {
    const { connections } = this;
    const { amcheck, parts: all, summed } = this.scope;
    const checked = all.filter(({ method }) => amcheck && method !== undefined && indexCheckOf(amcheck, method));
    const byCost = [...this.tableJobs(), ...this.indexJobs(checked)].sort((a, b) => b.cost - a.cost);
    const jobs = [...this.keys.jobs(), ...byCost];
    const found: Damage[] = [];
    await planned(connections, [...BY_TABLE, 'work_mem = 32MB', 'jit = off', 'max_parallel_workers_per_gather = 0'], () =>
      inParallel(jobs, connections, async (job, connection) => {
        found.push(await job.run(connection));
      }),
    );
    const parts = new Map(checked.map((part) => [part.oid, part]));
    for (const index of summed) {
      found.push(await this.compared(parts.get(index.oid)!, index));
    }
    this.count();
    const others = all.filter(({ oid, method }) => method !== undefined && !parts.has(oid));
    return {
      rows: [...this.rows.values()].reduce((sum, rows) => sum + rows, 0),
      indexes: checked.length,
      damage: merged(found),
      notes: amcheck ? others.map(({ words, method }) => `${words} is of kind ${method}, for which this amcheck has no check`) : [],
      keys: this.keys.readings(),
    };
  }

  /** Tables are read as soon as amcheck has looked at the same pages, which are still in memory then. */
  private tableJobs(): Job[] {
    const heaps = new Map(this.scope.parts.filter(({ method }) => method === undefined).map((part) => [part.oid, part]));
    const jobs: Job[] = [];
    const together: Part[] = [];
    for (const table of this.scope.tables.filter((table) => table.stored && (this.scope.values || this.keys.ofTable(table).length > 0))) {
      const heap = heaps.get(table.oid);
      heaps.delete(table.oid);
      const sums = this.scope.summed.filter((index) => index.table === table.oid);
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

  private indexJobs(checked: readonly Part[]): Job[] {
    const byOid = new Map(this.scope.summed.map((index) => [index.oid, index]));
    const entries = bundled(checked.filter(({ oid }) => !byOid.has(oid))).map((bundle) => ({
      cost: COST_OF_ENTRIES * costOf(bundle),
      run: (connection: Connection) => look(connection, this.scope.amcheck!, bundle),
    }));
    const sums = checked.flatMap((part) => {
      const index = byOid.get(part.oid);
      return index ? [{ cost: COST_OF_SUMS * part.pages, run: (connection: Connection) => this.addUp(connection, part, index) }] : [];
    });
    return [...entries, ...sums];
  }

  private async look(connection: Connection, heaps: readonly Part[]): Promise<Damage> {
    return this.looksAtTables ? look(connection, this.scope.amcheck!, heaps) : NOTHING;
  }

  private async read(connection: Connection, table: Table, summed: readonly SummedIndex[], pages?: Pages): Promise<Damage> {
    const tests = await this.keys.testsOf(table);
    const values = [...new Set(tests.flatMap(({ given }) => (given ? [given.value] : [])))];
    const counts = tests.map(({ count, given }) => count(given ? `$${1 + values.indexOf(given.value)}::${given.type}` : ''));
    const reading = {
      sums: [...summed.flatMap(({ sums }) => sums), ...counts],
      pages,
      walked: this.looksAtTables || !this.scope.values,
    };
    try {
      const [answer] = await connection.lists(readingOf(this.scope.values ? table : { ...table, columns: [] }, reading), values);
      this.rows.set(table.oid, (this.rows.get(table.oid) ?? 0) + Number(answer[0]));
      summed.forEach(({ oid }, at) => {
        this.ofTables.set(oid, plus(this.ofTables.get(oid), sumsOf(answer.slice(1 + 2 * at, 3 + 2 * at))));
      });
      for (const [at, test] of tests.entries()) {
        if (answer[1 + 2 * summed.length + at] !== '0') {
          this.keys.breaks(test);
        }
      }
      return NOTHING;
    } catch (error) {
      if (tests.length > 0) {
        // a key far from those of the parent is an error; what else it is shows without keys
        for (const test of tests) {
          this.keys.breaks(test);
        }
        return this.read(connection, table, summed, pages);
      }
      this.unread.add(table.oid);
      return this.scope.values ? told({ words: `table ${table.sql}` }, error) : NOTHING;
    }
  }

  /** Adds up an index; where that cannot be done, its entries are compared with the rows one by one. */
  private async addUp(connection: Connection, part: Part, index: SummedIndex): Promise<Damage> {
    const sums = await this.parents.sumsOf(index, connection);
    if (sums) {
      this.ofIndexes.set(index.oid, sums);
    }
    const damage = await lookAtIndex(connection, this.scope.amcheck!, part, !sums);
    if (damage !== NOTHING) {
      this.keys.doubts(index.table);
    }
    return damage;
  }

  /** What adds up otherwise is added up again at one moment, for someone may have written meanwhile; amcheck tells which row it is. */
  private async compared(part: Part, index: SummedIndex): Promise<Damage> {
    const [rows, entries] = [this.ofTables.get(index.oid), this.ofIndexes.get(index.oid)];
    const isRead = rows !== undefined && !this.unread.has(index.table);
    if (isRead && (!entries || same(rows, entries))) {
      return NOTHING;
    }
    this.keys.doubts(index.table);
    if (!isRead) {
      return NOTHING;
    }
    try {
      const { main } = this.session;
      const again = await sumsAtOnce(main, index);
      if (!again.rows || !again.entries || same(again.rows, again.entries)) {
        return NOTHING;
      }
      const named = await lookAtIndex(main, this.scope.amcheck!, part, true);
      return named.damaged.length > 0 ? named : { damaged: [`${part.words}: ${unlike(again.rows, again.entries)}`], unknown: [] };
    } catch (error) {
      return told(part, error);
    }
  }

  /** A partitioned table has the rows of its partitions. */
  private count(): void {
    const wholes = new Map<number, number>();
    for (const { oid, whole, stored, inherited } of this.scope.tables) {
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

function costOf(bundle: readonly Part[]): number {
  return bundle.reduce((sum, { pages }) => sum + pages, 0);
}
