import type { ForeignKey } from './catalogue';
import type { Connection } from './connection';
import { type SummedIndex, type Sums, sumsByIndex } from './index-sums';

/** The numbers in a column: how many, and their sum. */
export interface Numbers {
  readonly count: bigint;
  readonly sum: bigint;
}

/** What indexes add up to, and the tables that foreign keys refer to; each is found out once, whoever asks first. */
export class Parents {
  private readonly added = new Map<number, Promise<Sums | undefined>>();
  private readonly counted = new Map<string, Promise<Numbers>>();

  constructor(private readonly indexes: readonly SummedIndex[]) {}

  /** Adds up an index; undefined where the server would not do that by this index alone. */
  public sumsOf(index: SummedIndex, connection: Connection): Promise<Sums | undefined> {
    const known = this.added.get(index.oid);
    if (known) {
      return known;
    }
    // what keeps from adding up is told by looking at the index
    const sums = sumsByIndex(connection, index).catch(() => undefined);
    this.added.set(index.oid, sums);
    return sums;
  }

  /** Whether an index that is added up begins with a column: it tells the ends of that, as far as it is like its table. */
  public hasEndsOf(table: number, column: string): boolean {
    return this.indexes.some((index) => index.table === table && index.first === column);
  }

  /** The numbers in a column that keys of one column refer to: by its index, which is added up anyway, or else by the table. */
  public async numbersOf(key: ForeignKey, value: string, connection: Connection): Promise<Numbers> {
    const index = this.indexes.find(({ table, number }) => table === key.parentOid && number === key.parentColumns[0]);
    const sums = index && (await this.sumsOf(index, connection));
    if (sums) {
      return { count: BigInt(sums.entries), sum: sums.hashes };
    }
    const statement = `select count(${value}), sum(${value}) from ${key.parentFrom} p`;
    const asked =
      this.counted.get(statement) ??
      connection.lists(statement).then(([[count, sum]]) => ({ count: BigInt(count ?? 0), sum: BigInt(sum ?? 0) }));
    this.counted.set(statement, asked);
    return asked;
  }
}
