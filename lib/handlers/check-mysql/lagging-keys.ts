import type { Column, Table } from './catalogue';
import { identifier, qualified } from './identifiers';
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
  readonly sql: string;
}

const NEXT_VALUE = /\bnextval\((`(?:[^`]|``)+`)\.(`(?:[^`]|``)+`)\)/i;

/** Compares every AUTO_INCREMENT, and in MariaDB every sequence that a column takes its default from, with the values of its column. */
export async function laggingKeys(session: Session): Promise<LaggingKeys> {
  const tables = (await session.tables()).filter(({ kind }) => kind === 'table');
  const keys = tables.flatMap((table) => table.columns.flatMap((column) => keyOf(table, column)));
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const { name, words, sql } of keys) {
    try {
      problems.push(...((await session.main.one(sql)).behind === '1' ? [`${name} is behind ${words}: its next value is taken`] : []));
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
    // other engines take the greatest value that there is; without a next value the table cannot be read, as other checks tell
    return table.engine === 'InnoDB' && table.next !== undefined && /^\d+$/.test(table.next)
      ? [{ name: 'AUTO_INCREMENT', words, sql: `select coalesce(max(${column}) >= ${table.next}, 0) as behind from ${table.sql}` }]
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
      sql: `select coalesce(if(s.increment < 0, (select min(${column}) from ${table.sql}) <= s.next_not_cached_value,
              (select max(${column}) from ${table.sql}) >= s.next_not_cached_value), 0) and not s.cycle_option as behind from ${from} s`,
    },
  ];
}

function bare(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('``', '`');
}
