import type { Column, ForeignKey, Table } from './catalogue';
import { identifier } from './identifiers';

/** Pages of a table from the first on, and up to but not with the second; left out where the table begins or ends. */
export type Pages = readonly [from: number | undefined, to: number | undefined];

/** How a table is read. */
export interface Reading {
  /** What is added up or counted besides. */
  readonly sums?: readonly string[];
  /** All pages where it is left out. */
  readonly pages?: Pages;
  /** Amcheck has walked through the columns of every row; otherwise reading does. */
  readonly walked?: boolean;
}

/**
 * One pass over a table: its rows, the sums that are asked for, and every value in full, fetched from where it lies and
 * decompressed.
 */
export function readingOf(
  { from, columns }: Table,
  { sums = [], pages: [first, end] = [undefined, undefined], walked }: Reading = {},
): string {
  const last = columns.at(-1);
  // to get at the last column, the server walks through those before it
  const values = [
    ...columns.filter(({ apart }) => apart).map((column) => `count(${whole(column)})`),
    ...(last && !last.apart && !walked ? [`count(c.${identifier(last.name)})`] : []),
  ];
  const pages = [
    ...(first === undefined ? [] : [`c.ctid >= '(${first},0)'`]),
    ...(end === undefined ? [] : [`c.ctid < '(${end},0)'`]),
  ].join(' and ');
  return `select ${['count(*)', ...sums, ...values].join(', ')} from ${from} c${pages && ` where ${pages}`}`;
}

/**
 * Counts the rows that break a foreign key. A key with an empty column refers to nothing; of a full one either all columns are
 * empty or none.
 */
export function violationsOf({ from }: Table, { columns, parentFrom, parentColumns, operators, full }: ForeignKey): string {
  const given = columns.map((column) => `c.${identifier(column)} is not null`);
  const matches = columns.map((column, at) => `p.${identifier(parentColumns[at])} ${operators[at]} c.${identifier(column)}`);
  const alone = `select count(*) as rows from ${from} c where ${given.join(' and ')} and not exists (select from ${parentFrom} p where ${matches.join(' and ')})`;
  const half = `select count(*) as rows from ${from} c where not (${given.join(' and ')}) and (${given.join(' or ')})`;
  return full && columns.length > 1 ? `select sum(rows) from (${alone} union all ${half}) v` : alone;
}

/** What takes the least time of all that needs the whole value: nothing is done with it where that is possible. */
const BY_TYPE: Readonly<Record<string, (value: string) => string>> = {
  text: (value) => `${value} >= '' collate "C"`,
  varchar: (value) => `${value} >= '' collate "C"`,
  bpchar: (value) => `${value} >= '' collate "C"`,
  bytea: (value) => `${value} >= ''`,
  json: (value) => `json_typeof(${value})`,
  jsonb: (value) => `jsonb_typeof(${value})`,
  numeric: (value) => `scale(${value})`,
  tsvector: (value) => `length(${value})`,
};

function whole({ name, type, array }: Column): string {
  const value = `c.${identifier(name)}`;
  return array ? `cardinality(${value})` : (BY_TYPE[type]?.(value) ?? `${value}::text`);
}
