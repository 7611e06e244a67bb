import type { ForeignKey, Table } from './catalogue';
import type { Connection } from './connection';
import { identifier } from './identifiers';
import type { Parents } from './parents';
import { plannedOnce, type Setting } from './planning';

/** What is known of the keys of a parent that are numbers or dates. */
export interface KeyBits {
  /** Counts rows of the table `c` that lie beyond the ends of the parent. */
  readonly outside: string;
  /** Whether there are none, by an index of the table; for keys of one column. */
  isWithin(connection: Connection): Promise<boolean>;
  /** Left out where the parent has everything between its ends. */
  readonly set?: KeySet;
}

/**
 * A set of keys, a bit for each: to look one up takes a small part of what a join does. Keys of several columns take a place for
 * every combination of values between the least and the greatest of each.
 */
export interface KeySet {
  /** Asks for what a parent has. */
  readonly statement: string;
  /** How large the set can be. */
  readonly bytes: number;
  /** Makes the set of the answer. */
  of(answer: Buffer): Buffer;
  /** Whether a set has everything between the ends. */
  isFull(set: Buffer): boolean;
  /** Counts rows of the table `c` without a match; takes the set as the parameter. */
  count(parameter: string): string;
}

/** At most so many bits: the set comes to the function and goes back with every statement. */
const MAX_BITS = 2 ** 26;
/** A set is an eighth as large as its parent at most, or small. */
const BITS_OF_A_PAGE = 8_192;
const BITS_OF_ANY = 65_536;
/** So many places are sent one by one and become bits here: to put them together is more work for the server than for us. */
const MAX_PLACES = 2 ** 20;
/** Rows are counted where they may be as many as there are numbers; what the server knows is about right. */
const DENSE_WITHIN = 0.02;
/** The first version that takes places in bytes as 64 bits. */
const LONG_PLACES = 140_000;
const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

/** An index may tell the ends, where rows themselves are read for the set. */
const BY_ANY: readonly Setting[] = ['enable_indexscan = on', 'enable_indexonlyscan = on'];

interface Range {
  readonly from: bigint;
  readonly to: bigint;
  /** Nothing at all is a range of one, too. */
  readonly isEmpty: boolean;
}

/** How the keys of a parent become a set, or undefined where they are no numbers or dates, or lie too far apart. */
export async function keyBitsOf(
  connection: Connection,
  version: number,
  table: Table,
  key: ForeignKey,
  parents: Parents,
): Promise<KeyBits | undefined> {
  const { columns, parentColumns, types, parentTypes, parentFrom, parentPages, parentRows } = key;
  const alike = (type: string, at: number) =>
    NUMBERS.has(type) ? NUMBERS.has(parentTypes[at]) : type === 'date' && parentTypes[at] === 'date';
  if (!types.every(alike)) {
    return undefined;
  }
  const ours = columns.map((column, at) => numberOf(`c.${identifier(column)}`, types[at]));
  const theirs = parentColumns.map((column, at) => numberOf(`p.${identifier(column)}`, parentTypes[at]));
  // an index has the ends of a single column; of several, the smaller table tells
  const ranges =
    columns.length === 1 || parentPages <= table.pages
      ? await plannedOnce(connection, BY_ANY, () => rangesOf(connection, `${parentFrom} p`, theirs))
      : await rangesOf(connection, `${table.from} c`, ours);
  const isWithin = async (asked: Connection) => {
    if (!NUMBERS.has(types[0])) {
      // how far dates lie apart is in no index
      return false;
    }
    const [found] = await plannedOnce(asked, BY_ANY, () => rangesOf(asked, `${table.from} c`, ours));
    return found.isEmpty || (found.from >= ranges[0].from && found.to <= ranges[0].to);
  };
  const outside = `count(*) filter (where not (${within(ours, ranges)}))`;
  if (columns.length === 1 && (await isDense(connection, key, theirs[0], ranges[0], parents))) {
    return { outside, isWithin };
  }
  const bits = ranges.reduce((product, { from, to }) => product * (to - from + 1n), 1n);
  if (bits > BigInt(Math.min(MAX_BITS, Math.max(BITS_OF_ANY, parentPages * BITS_OF_A_PAGE)))) {
    return undefined;
  }
  const place = placeOf(ranges);
  // rows that only a damaged parent has are left out
  const where = columns.length === 1 ? '' : ` where ${within(theirs, ranges)}`;
  // what was never counted is less than nothing
  const sent = (parentRows < 0 ? bits : Math.min(parentRows, Number(bits))) <= MAX_PLACES;
  const statement = (sent ? placesOf : wordsOf)(place(theirs), `${parentFrom} p${where}`, bits);
  const own = place(ours);
  const missing = (parameter: string) => `get_bit(${parameter}, ${version < LONG_PLACES ? `(${own})::int4` : own}) = 0`;
  // a place out of the set is an error; among several columns it could be that of another key
  const test = (parameter: string) =>
    columns.length === 1
      ? missing(parameter)
      : `case when ${within(ours, ranges)} then ${missing(parameter)} else ${ours.map((value) => `${value} is not null`).join(' and ')} end`;
  const set: KeySet = {
    statement,
    bytes: Number(bits / 8n),
    of: (answer) => (sent ? bitsAt(answer, Number(bits)) : answer),
    isFull: (made) => isFull(made, Number(bits)),
    count: (parameter) => `count(*) filter (where ${test(parameter)})`,
  };
  return { outside, isWithin, set };
}

function numberOf(column: string, type: string): string {
  return type === 'date' ? `(${column} - date '2000-01-01')` : column;
}

async function rangesOf(connection: Connection, from: string, values: readonly string[]): Promise<Range[]> {
  const [ends] = await connection.lists(`select ${values.flatMap((value) => [`min(${value})`, `max(${value})`]).join(', ')} from ${from}`);
  return values.map((_value, at) => {
    const [from, to] = ends.slice(2 * at, 2 * at + 2);
    return { from: BigInt(from ?? 0), to: BigInt(to ?? 0), isEmpty: from === null };
  });
}

/** Whether a parent, whose keys are all different, has every number between the ends: as many as that, of the same sum. */
async function isDense(connection: Connection, key: ForeignKey, value: string, { from, to }: Range, parents: Parents): Promise<boolean> {
  const numbers = to - from + 1n;
  if (Math.abs(key.parentRows - Number(numbers)) > DENSE_WITHIN * key.parentRows) {
    return false;
  }
  const { count, sum } = await parents.numbersOf(key, value, connection);
  return count === numbers && 2n * sum === numbers * (from + to);
}

/** The widest range is that of neighbours, so that they share bytes. */
function placeOf(ranges: readonly Range[]): (values: readonly string[]) => string {
  const width = (at: number) => ranges[at].to - ranges[at].from + 1n;
  const order = ranges.map((_range, at) => at).sort((a, b) => Number(width(b) - width(a)));
  return (values) => {
    let step = 1n;
    const terms = order.map((at) => {
      const term = `(${values[at]} - ${constant(ranges[at].from)})${step === 1n ? '' : ` * ${constant(step)}`}`;
      step *= width(at);
      return term;
    });
    return terms.length === 1 ? terms[0] : `(${terms.join(' + ')})`;
  };
}

function within(values: readonly string[], ranges: readonly Range[]): string {
  return values.map((value, at) => `${value} between ${constant(ranges[at].from)} and ${constant(ranges[at].to)}`).join(' and ');
}

function constant(value: bigint): string {
  return `'${value}'::int8`;
}

/** The place of each, in four bytes. */
function placesOf(place: string, from: string): string {
  return `select string_agg(int4send((${place})::int4), '') from ${from}`;
}

/** Bits in the order that `get_bit` counts in, up to the last that is set. */
function bitsAt(places: Buffer, bits: number): Buffer {
  const set = Buffer.alloc(Math.ceil(bits / 8));
  for (let at = 0; at < places.length; at += 4) {
    const place = places.readUInt32BE(at);
    set[place >>> 3] |= 1 << (place & 7);
  }
  return set;
}

function isFull(set: Buffer, bits: number): boolean {
  const whole = bits >> 3;
  return set.subarray(0, whole).every((byte) => byte === 0xff) && (bits & 7 ? set[whole] === (1 << (bits & 7)) - 1 : set.length >= whole);
}

/** Words of 64 bits, in the order that `get_bit` counts in, with zeros where there are none. */
function wordsOf(place: string, from: string, bits: bigint): string {
  return `select string_agg(case when gap = 0 then int8send(bits) else decode(repeat('00', 8 * gap::int4), 'hex') || int8send(bits) end, '' order by word)
    from (select word, bits, word - 1 - coalesce(lag(word) over (order by word), -1) as gap
            from (select ${place} >> 6 as word, bit_or(1::int8 << ((${place} & 63) # 56)::int4) as bits from ${from} group by 1) w
           where word between 0 and ${bits >> 6n}) g`;
}
