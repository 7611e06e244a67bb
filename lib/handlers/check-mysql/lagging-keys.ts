import type { Column, Table } from './catalogue';
import type { Connection } from './connection';
import { identifier, literal, qualified } from './identifiers';
import { inWords, isDamage, isMissing } from './in-words';
import type { Session } from './session';

/** Which next values are taken already. */
export interface LaggingKeys {
  readonly looked: number;
  readonly problems: readonly string[];
  /** What could not be compared. */
  readonly unknown: readonly string[];
}

interface Key {
  readonly name: string;
  readonly words: string;
  isBehind(connection: Connection): Promise<boolean>;
}

const NEXT_VALUE = /\bnextval\((`(?:[^`]|``)+`)\.(`(?:[^`]|``)+`)\)/i;

/** Compares every AUTO_INCREMENT, and in MariaDB every sequence that a column takes its default from, with the values of its column. */
export async function laggingKeys(session: Session): Promise<LaggingKeys> {
  const tables = (await session.tables()).filter(({ kind }) => kind === 'table');
  const keys = tables.flatMap((table) => table.columns.flatMap((column) => keyOf(table, column)));
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const key of keys) {
    const { name, words } = key;
    try {
      problems.push(...((await key.isBehind(session.main)) ? [`${name} is behind ${words}: its next value is taken`] : []));
    } catch (error) {
      (isMissing(error) || isDamage(error) ? problems : unknown).push(`${name} cannot be compared with ${words}: ${inWords(error)}`);
    }
  }
  return { looked: keys.length, problems, unknown };
}

function keyOf(table: Table, { name, extra, defaultSql = '' }: Column): Key[] {
  const words = `${table.sql}.${name}`;
  const column = identifier(name);
  if (/auto_increment/i.test(extra)) {
    // other engines take the greatest value that there is
    return table.engine === 'InnoDB'
      ? [{ name: 'AUTO_INCREMENT', words, isBehind: (connection) => incrementIsBehind(connection, table, column) }]
      : [];
  }
  const [, schema, sequence] = NEXT_VALUE.exec(defaultSql) ?? [];
  if (!schema || !sequence) {
    return [];
  }
  const from = qualified(bare(schema), bare(sequence));
  return [
    {
      name: `sequence ${from}`,
      words,
      isBehind: (connection) =>
        isTrue(
          connection,
          `select coalesce(if(s.increment < 0, (select min(${column}) from ${table.sql}) <= s.next_not_cached_value,
              (select max(${column}) from ${table.sql}) >= s.next_not_cached_value), 0) and not s.cycle_option as behind from ${from} s`,
        ),
    },
  ];
}

/** A server that was just started, as after every restore, has the last value that was given in its catalogue, until the table is opened. */
async function incrementIsBehind(connection: Connection, { sql, schema, name }: Table, column: string): Promise<boolean> {
  await connection.query(`select 1 from ${sql} limit 0`);
  const [row] = await connection.query(
    `select auto_increment as next from information_schema.tables where table_schema = ${literal(schema)} and table_name = ${literal(name)}`,
  );
  const next = row?.next ?? '';
  return /^\d+$/.test(next) && isTrue(connection, `select coalesce(max(${column}) >= ${next}, 0) as behind from ${sql}`);
}

async function isTrue(connection: Connection, sql: string): Promise<boolean> {
  return (await connection.one(sql)).behind === '1';
}

function bare(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('``', '`');
}
