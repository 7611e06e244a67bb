import type { ForeignKey, KeyOfTable } from './catalogue';
import type { Connection } from './connection';
import { identifier } from './identifiers';
import { HASHED_TYPES } from './index-sums';
import { type KeyBits, type KeySet, keyBitsOf } from './key-bits';
import type { Parents } from './parents';
import type { Session } from './session';

/** How many rows break a foreign key, counted while the table is read for whatever reason; an error means that some may. */
export interface KeyTest extends KeyOfTable {
  /** A column that counts, for the table `c`. */
  count(parameter: string): string;
  /** What the parameter is given, where there is one. */
  readonly given?: Given;
}

/** The value of a parameter, and its type. */
export interface Given {
  readonly value: Buffer | string;
  readonly type: string;
}

/** A key that holds, as far as an index of its table is like the table. */
export const HOLDS = 'holds';

/** All sets together, in the memory of the function. */
const MAX_BYTES = 2 ** 26;
/** Parents up to this size are hashed: they fit into the caches of a processor. */
export const SMALL_PARENT_PAGES = 1_000;
/** The equality that types have of their own, which hashes them alike. */
const EQUAL = 'operator(pg_catalog.=)';
/** The first version that hashes a list; those before it compare with one value after the other. */
const HASHES_LISTS = 140_000;
/** A list goes to the server with every statement. */
const LISTED_PAGES = 64;
const LISTED_TYPES: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'uuid']);
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar']);

/** Makes tests of foreign keys, one after the other; those that refer to one parent share what is known of it. */
export class KeyTests {
  private readonly sets = new Sets();

  constructor(
    private readonly session: Session,
    private readonly parents: Parents,
  ) {}

  /** The test of a key, unless it is known to hold, or undefined where a join has to tell. */
  public testOf({ table, key }: KeyOfTable, connection: Connection): Promise<KeyTest | typeof HOLDS | undefined> {
    return testOf(this.session, connection, { table, key }, this.parents, this.sets).catch(() => undefined);
  }
}

async function testOf(
  { version }: Session,
  connection: Connection,
  { table, key }: KeyOfTable,
  parents: Parents,
  sets: Sets,
): Promise<KeyTest | typeof HOLDS | undefined> {
  if (!key.operators.every((operator) => operator === EQUAL) || table.inherited) {
    return undefined;
  }
  const counted = (count: (parameter: string) => string, given?: Given): KeyTest => ({
    table,
    key,
    count: (parameter) => count(parameter) + halvesOf(key),
    ...(given ? { given } : {}),
  });
  const bits = await keyBitsOf(connection, version, table, key, parents);
  const hasEnds = key.columns.length === 1 && parents.hasEndsOf(table.oid, key.columns[0]);
  const within = async (ends: KeyBits) => (hasEnds && (await ends.isWithin(connection)) ? HOLDS : counted(() => ends.outside));
  if (bits && !bits.set) {
    return within(bits);
  }
  if (bits?.set && sets.hasRoomFor(bits.set)) {
    const { set } = bits;
    const value = await sets.make(set, connection);
    return set.isFull(value) ? within(bits) : counted((parameter) => set.count(parameter), { value, type: 'bytea' });
  }
  const list = await listOf(connection, version, key);
  if (list) {
    return counted((parameter) => `count(*) filter (where not (c.${identifier(key.columns[0])} ${EQUAL} any (${parameter})))`, list);
  }
  const hashed = key.types.every((type, at) => HASHED_TYPES.has(type) && same(type, key.parentTypes[at]));
  return hashed && key.parentPages <= SMALL_PARENT_PAGES ? counted(() => `count(*) filter (where ${unmatched(key)})`) : undefined;
}

/** What a small parent has, as a list: the server looks keys up in a list in half the time that it takes in a table. */
async function listOf(
  connection: Connection,
  version: number,
  { columns, types, parentColumns, parentTypes, parentFrom, parentPages }: ForeignKey,
): Promise<Given | undefined> {
  const [type] = parentTypes;
  if (columns.length > 1 || !LISTED_TYPES.has(type) || !same(types[0], type) || parentPages > LISTED_PAGES || version < HASHES_LISTS) {
    return undefined;
  }
  const column = `p.${identifier(parentColumns[0])}`;
  const [[value]] = await connection.lists(`select array_agg(${column})::text from ${parentFrom} p where ${column} is not null`);
  return value === null ? undefined : { value, type: `${type}[]` };
}

function same(type: string, parentType: string): boolean {
  return type === parentType || (TEXTS.has(type) && TEXTS.has(parentType));
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
  private readonly made = new Map<string, Promise<Buffer>>();
  private bytes = 0;

  public hasRoomFor({ statement, bytes }: KeySet): boolean {
    return this.made.has(statement) || this.bytes + bytes <= MAX_BYTES;
  }

  public make(set: KeySet, connection: Connection): Promise<Buffer> {
    const { statement, bytes } = set;
    const known = this.made.get(statement);
    if (known) {
      return known;
    }
    const made = connection.bytes(statement).then((answer) => set.of(answer));
    this.made.set(statement, made);
    this.bytes += bytes;
    return made;
  }
}
