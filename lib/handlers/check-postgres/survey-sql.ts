import type { Column, ForeignKey, Table } from './catalogue';
import { identifier } from './identifiers';

/** So many parents are joined at a time: each of them is a hash table in the memory of the server. */
const KEYS_AT_ONCE = 3;

/** One pass over a table: how many rows it has, how many of them break each of the keys, and every value read when asked. */
export interface Pass {
  readonly sql: string;
  readonly keys: readonly ForeignKey[];
}

/** The passes over a table: one, unless it has many foreign keys. */
export function passesOf(table: Table, { read, keys }: { readonly read: boolean; readonly keys: boolean }): Pass[] {
  const checked = keys ? table.keys.filter(({ ignored, unknown }) => !ignored && !unknown) : [];
  const passes: Pass[] = [];
  for (let at = 0; at === 0 || at < checked.length; at += KEYS_AT_ONCE) {
    const now = checked.slice(at, at + KEYS_AT_ONCE);
    passes.push({ keys: now, sql: passOver(table, now, read && at === 0) });
  }
  return passes;
}

function passOver(table: Table, keys: readonly ForeignKey[], read: boolean): string {
  const outputs = [
    'count(*)',
    ...keys.map((key, index) => `count(*) filter (where ${broken(key, index)})`),
    ...(read ? reads(table.columns) : []),
  ];
  const joins = keys.map((key, index) => ` left join ${key.parentFrom} p${index} on ${matches(key, index)}`);
  return `select ${outputs.join(', ')} from ${table.from} c${joins.join('')}`;
}

function matches({ columns, parentColumns, operators }: ForeignKey, index: number): string {
  return columns.map((column, at) => `p${index}.${identifier(parentColumns[at])} ${operators[at]} c.${identifier(column)}`).join(' and ');
}

/** A key with an empty column refers to nothing; of a full one either all columns are empty or none. */
function broken({ columns, parentColumns, full }: ForeignKey, index: number): string {
  const given = columns.map((column) => `c.${identifier(column)} is not null`);
  const alone = `${given.join(' and ')} and p${index}.${identifier(parentColumns[0])} is null`;
  return full && columns.length > 1 ? `(${alone}) or (not (${given.join(' and ')}) and (${given.join(' or ')}))` : alone;
}

/** Expressions that need every value in full: fetched from where it lies and decompressed. */
function reads(columns: readonly Column[]): string[] {
  const last = columns.at(-1);
  // to get at the last column, the server walks through those before it
  return [
    ...columns.filter(({ apart }) => apart).map((column) => `sum(${whole(column)})`),
    ...(last ? [`count(c.${identifier(last.name)})`] : []),
  ];
}

const BY_TYPE: Readonly<Record<string, (value: string) => string>> = {
  text: (value) => `length(${value})`,
  varchar: (value) => `length(${value})`,
  bpchar: (value) => `length(${value})`,
  bytea: (value) => `octet_length(${value} || ''::bytea)`,
  json: (value) => `length(json_typeof(${value}))`,
  jsonb: (value) => `length(jsonb_typeof(${value}))`,
  numeric: (value) => `scale(${value})`,
  tsvector: (value) => `length(${value})`,
};

function whole({ name, type, array }: Column): string {
  const value = `c.${identifier(name)}`;
  return array ? `cardinality(${value})` : (BY_TYPE[type]?.(value) ?? `length(${value}::text)`);
}
