import type { ForeignKey, KeyOfTable, Table } from './catalogue';
import type { Connection } from './connection';
import { identifier } from './identifiers';
import { HASHED_TYPES } from './index-sums';
import { type KeyBits, keyBitsOf } from './key-bits';
import type { Session } from './session';

/** How many rows break a foreign key, counted while the table is read for whatever reason; an error means that some may. */
export interface KeyTest extends KeyOfTable {
  /** A column that counts, for the table `c`. */
  count(parameter: string): string;
  /** What the parameter is given, where there is one. */
  readonly set?: Buffer;
}

/** All sets together, in the memory of the function. */
const MAX_BYTES = 2 ** 26;
/** Parents up to this size are hashed: they fit into the caches of a processor. */
export const SMALL_PARENT_PAGES = 1_000;
/** The equality that types have of their own, which hashes them alike. */
const EQUAL = 'operator(pg_catalog.=)';
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar']);

/** Makes tests of foreign keys, one after the other; those that refer to one parent share what is known of it. */
export class KeyTests {
  private readonly sets = new Sets();

  constructor(private readonly session: Session) {}

  /** The test of a key, or undefined where a join has to tell. */
  public testOf({ table, key }: KeyOfTable, connection: Connection): Promise<KeyTest | undefined> {
    return testOf(this.session, connection, table, key, this.sets).catch(() => undefined);
  }
}

async function testOf(
  { version }: Session,
  connection: Connection,
  table: Table,
  key: ForeignKey,
  sets: Sets,
): Promise<KeyTest | undefined> {
  if (!key.operators.every((operator) => operator === EQUAL) || table.inherited) {
    return undefined;
  }
  const counted = (count: (parameter: string) => string, set?: Buffer): KeyTest => ({
    table,
    key,
    count: (parameter) => count(parameter) + halvesOf(key),
    ...(set ? { set } : {}),
  });
  const bits = await keyBitsOf(connection, version, table, key, sets.dense);
  if (bits && bits.statement === undefined) {
    return counted((parameter) => bits.count(parameter));
  }
  if (bits && sets.hasRoomFor(bits)) {
    return counted((parameter) => bits.count(parameter), await sets.make(bits, connection));
  }
  const hashed = key.types.every(
    (type, at) => HASHED_TYPES.has(type) && (type === key.parentTypes[at] || (TEXTS.has(type) && TEXTS.has(key.parentTypes[at]))),
  );
  return hashed && key.parentPages <= SMALL_PARENT_PAGES ? counted(() => `count(*) filter (where ${unmatched(key)})`) : undefined;
}

/** The server hashes what the parent has, and looks every key up. */
function unmatched({ columns, parentColumns, parentFrom }: ForeignKey): string {
  const list = (from: string, names: readonly string[]) => names.map((name) => `${from}.${identifier(name)}`).join(', ');
  const given = parentColumns.map((name) => `p.${identifier(name)} is not null`).join(' and ');
  return `not ((${list('c', columns)}) ${EQUAL} any (select ${list('p', parentColumns)} from ${parentFrom} p where ${given}))`;
}

/** Of a full key, those that are given by half. */
function halvesOf({ columns, full }: ForeignKey): string {
  const given = columns.map((column) => `c.${identifier(column)} is not null`);
  return full && columns.length > 1 ? ` + count(*) filter (where not (${given.join(' and ')}) and (${given.join(' or ')}))` : '';
}

/** Sets that are made once, however many keys refer to their parent. */
class Sets {
  public readonly dense = new Map<string, Promise<boolean>>();
  private readonly made = new Map<string, Promise<Buffer>>();
  private bytes = 0;

  public hasRoomFor({ statement = '', bytes }: KeyBits): boolean {
    return this.made.has(statement) || this.bytes + bytes <= MAX_BYTES;
  }

  public make({ statement = '', bytes }: KeyBits, connection: Connection): Promise<Buffer> {
    const known = this.made.get(statement);
    if (known) {
      return known;
    }
    const set = connection.bytes(statement);
    this.made.set(statement, set);
    this.bytes += bytes;
    return set;
  }
}
