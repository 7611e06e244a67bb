import type { Column, ForeignKey, Table } from './catalogue';
import { identifier } from './identifiers';

/** One pass over a table, in which the server needs every value in full: fetched from where it lies, and decompressed. */
export function readingOf({ from, columns }: Table): string {
  const last = columns.at(-1);
  // to get at the last column, the server walks through those before it
  const values = [
    ...columns.filter(({ apart }) => apart).map((column) => `sum(${whole(column)})`),
    ...(last ? [`count(c.${identifier(last.name)})`] : []),
  ];
  return `select ${['count(*)', ...values].join(', ')} from ${from} c`;
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
