import type { ForeignKey, KeyOfTable, Table } from './catalogue';
import type { Connection } from './connection';
import { type Damage, NOTHING } from './damage';
import { joinKey, type KeyReading } from './join-keys';
import { HOLDS, type KeyTest, KeyTests } from './key-tests';
import type { Parents } from './parents';
import type { Session } from './session';

/** The foreign keys of a pass over all tables: what tests them while their tables are read, and what came of it. */
export class KeyWork {
  private readonly making: KeyTests;
  private readonly tests = new Map<ForeignKey, Promise<KeyTest | undefined>>();
  private readonly broken = new Set<ForeignKey>();
  private readonly joined = new Map<ForeignKey, KeyReading>();

  constructor(
    session: Session,
    private readonly keys: readonly KeyOfTable[],
    parents: Parents,
  ) {
    this.making = new KeyTests(session, parents);
  }

  /** What comes before all tables, for none is read before its tests are made; a key that has none is joined. */
  public jobs(): { run(connection: Connection): Promise<Damage> }[] {
    const sorted = [...this.keys].sort((a, b) => b.key.parentPages - a.key.parentPages);
    return sorted.map((key) => {
      let made: (test: KeyTest | undefined) => void = () => {};
      this.tests.set(
        key.key,
        new Promise((resolve) => {
          made = resolve;
        }),
      );
      return {
        run: async (connection) => {
          const test = await this.making.testOf(key, connection);
          made(test === HOLDS ? undefined : test);
          if (!test) {
            this.joined.set(key.key, await joinKey(connection, key));
          }
          return NOTHING;
        },
      };
    });
  }

  /** Those that hold for the rows of a table. */
  public ofTable({ within }: Table): readonly KeyOfTable[] {
    return this.keys.filter(({ table }) => within.includes(table.oid));
  }

  /** The tests of a table that no row has broken yet. */
  public async testsOf(table: Table): Promise<KeyTest[]> {
    const tests = await Promise.all(this.ofTable(table).map(({ key }) => this.tests.get(key)));
    return tests.flatMap((test) => (test && !this.broken.has(test.key) ? [test] : []));
  }

  /** A row breaks the key of a test, or may do so. */
  public breaks({ key }: KeyTest): void {
    this.broken.add(key);
  }

  /** An index of a table may be wrong, so what it told of keys of the table, and of those that refer to it, may be so too. */
  public doubts(oid: number): void {
    for (const { key } of this.keys.filter(({ table, key }) => table.oid === oid || key.parentOid === oid)) {
      this.broken.add(key);
    }
  }

  /** What is known for sure: nothing of a key that is broken, as far as tests can tell. */
  public readings(): KeyReading[] {
    return this.keys.flatMap((key) => this.joined.get(key.key) ?? (this.broken.has(key.key) ? [] : [{ ...key, rows: 0 }]));
  }
}
