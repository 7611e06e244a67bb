import { withAmcheck } from './amcheck';
import { keysOf, readTables, type Table } from './catalogue';
import { joinKeys, type KeyReading } from './join-keys';
import { type ReadAll, readAll } from './read-all';
import type { Session } from './session';

/** What one pass over all tables is for. */
export interface Purpose {
  readonly keys: boolean;
  readonly corruption: boolean;
}

/** What the checks of a run find out together; work on many tables is shared out to several connections. Rows stay in the server. */
export class Survey {
  private tablesRead?: Promise<readonly Table[]>;
  private passed?: Promise<ReadAll>;
  private readonly counts = new Map<number, number>();

  constructor(
    private readonly session: Session,
    private readonly purpose: Purpose,
  ) {}

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

  /** One pass over all tables for whatever the checks of the run are to find out. */
  public pass(): Promise<ReadAll> {
    const { purpose, session } = this;
    this.passed ??= purpose.corruption
      ? withAmcheck(session.main, (amcheck) => readAll(session, { ...purpose, amcheck }))
      : readAll(session, purpose);
    return this.passed;
  }

  /** Counts the violations of every foreign key that holds in the database that was backed up. */
  public async violations(): Promise<readonly KeyReading[]> {
    const keys = keysOf(await this.tables());
    // what keeps from reading all is told by the check that asks for it
    const passed = await this.pass().catch(() => undefined);
    const readings = [...(passed?.keys ?? [])];
    const known = new Set(readings.map(({ key }) => key));
    return [
      ...readings,
      ...(await joinKeys(
        this.session,
        keys.filter(({ key }) => !known.has(key)),
        (passed?.damage.damaged.length ?? 0) > 0,
      )),
    ];
  }
}
