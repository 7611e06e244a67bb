import { many } from '../checks/words';
import type { Index, Table } from './catalogue';
import type { Connection } from './connection';
import { identifier } from './identifiers';
import { inFull } from './in-full';

/** Values that may lie apart from their row, where CHECK TABLE does not look. */
const APART = /text|blob|json|geometry|point|linestring|polygon|collection|vector|varchar|varbinary/;

const PRIMARY = 'PRIMARY';

/**
 * What an index of InnoDB has otherwise than its table, in words. CHECK TABLE is content with an index that is in order, even where rows
 * are missing in it, so that the values in it are summed up and compared. On the way every value of the table is read.
 */
export async function differences(connection: Connection, table: Table, indexes: readonly Index[]): Promise<string[]> {
  const whole = table.engine === 'InnoDB' ? indexes.filter((index) => isOf(table, index) && index.visible && index.whole) : [];
  const own = whole.filter(({ name }) => name !== PRIMARY);
  // every other index has the primary key, too
  const key = whole.find(({ name }) => name === PRIMARY)?.columns ?? [];
  const apart = table.columns.filter(({ type }) => APART.test(type)).map(({ name }) => `sum(length(${identifier(name)}))`);
  const sums = own.map((index, at) => `${sumOf(table, [...index.columns, ...key])} as s${at}`);
  const [rows] = await connection.query(`select ${['count(*) as n', ...sums, ...apart].join(', ')} from ${table.sql} use index ()`);
  const found: string[] = [];
  for (const [at, index] of own.entries()) {
    const [entries] = await connection.query(
      `select count(*) as n, ${sumOf(table, [...index.columns, ...key])} as s from ${table.sql} force index (${identifier(index.name)})`,
    );
    if (entries.n !== rows.n) {
      found.push(`index ${index.name} has ${many(Number(entries.n), 'entry', 'entries')} of ${many(Number(rows.n), 'row')}`);
    } else if (entries.s !== rows[`s${at}`]) {
      found.push(`index ${index.name} has other values than the rows`);
    }
  }
  return found;
}

function sumOf(table: Table, columns: readonly string[]): string {
  const values = [...new Set(columns)].map((name) =>
    inFull({ name, type: table.columns.find((column) => column.name === name)?.type ?? '' }),
  );
  return `sum(crc32(concat(${values.join(', ')})))`;
}

function isOf({ schema, name }: Table, index: Index): boolean {
  return index.schema === schema && index.table === name;
}
