import type { SchemaCheckSpec } from '../../model/verification';
import { type Finding, failed, passed, unable } from '../checks/finding';
import { many } from '../checks/words';
import { parseTableName } from '../sql/table-name';
import { OWN_SCHEMAS } from './catalogue';
import { laggingSequences } from './lagging-sequences';
import type { Session } from './session';

/** What the check names is there, every index of the database is valid, and no sequence gives a value that is taken. */
export async function checkSchema(session: Session, check: SchemaCheckSpec): Promise<Finding> {
  const sequences = await laggingSequences(session);
  const problems = [
    ...(await missingTables(session, check.tables)),
    ...(await missingIndexes(session, check.indexes ?? [])),
    ...(await invalidIndexes(session)),
    ...(await missingExtensions(session, check.extensions ?? [])),
    ...(check.collation === undefined ? [] : await otherCollation(session, check.collation)),
    ...sequences.problems,
  ];
  const found = `${many(check.tables.length, 'table')} looked for, ${many(sequences.looked, 'sequence')} compared with their columns`;
  const details = [...problems, ...sequences.unknown, ...sequences.notes];
  if (problems.length > 0) {
    return failed(`${found}; ${problems[0]}`, { details });
  }
  return sequences.unknown.length > 0 ? unable(`${found}; ${sequences.unknown[0]}`, { details }) : passed(found, { details });
}

async function missingTables(session: Session, tables: SchemaCheckSpec['tables']): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, columns = [] } of tables) {
    const table = await session.table(name);
    if (table) {
      const known = await session.columns(table);
      problems.push(...columns.filter((column) => !known.has(column)).map((column) => `table ${name} has no column ${column}`));
    } else {
      problems.push(`table ${name} does not exist`);
    }
  }
  return problems;
}

async function missingIndexes(session: Session, indexes: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const index of indexes) {
    const { schema, table: name } = parseTableName(index);
    const { there } = await session.main.one(
      `select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where c.relkind in ('i', 'I') and c.relname = $1 and ($2::text is null or n.nspname = $2) and ${OWN_SCHEMAS}) as there`,
      [name, schema ?? null],
    );
    problems.push(...(there ? [] : [`index ${index} does not exist`]));
  }
  return problems;
}

async function invalidIndexes({ main }: Session): Promise<string[]> {
  const rows = await main.query(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
      where not (i.indisvalid and i.indisready and i.indislive) and ${OWN_SCHEMAS} order by 1 limit 100`,
  );
  return rows.map(({ name }) => `index ${name} is not valid`);
}

async function missingExtensions({ main }: Session, extensions: readonly string[]): Promise<string[]> {
  const rows = await main.query('select extname from pg_extension');
  const there = new Set(rows.map(({ extname }) => extname));
  return extensions.filter((extension) => !there.has(extension)).map((extension) => `extension ${extension} is not there`);
}

async function otherCollation({ main }: Session, expected: string): Promise<string[]> {
  // the column of ICU's locale has had two names
  const row = await main.one(
    `select datcollate, datctype, coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as icu
       from pg_database d where datname = current_database()`,
  );
  const { datcollate, datctype, icu } = row as { datcollate: string; datctype: string; icu: string | null };
  const used = icu ?? datcollate;
  return normal(used) === normal(expected) && (icu !== null || normal(datctype) === normal(expected))
    ? []
    : [`the collation is ${used}${icu === null && datctype !== datcollate ? `, with characters of ${datctype}` : ''}, not ${expected}`];
}

/** Systems write the encoding of a locale in ways of their own: `en_US.UTF-8` is `en_US.utf8`. */
function normal(locale: string): string {
  const [name, encoding = ''] = locale.split('.');
  return `${name}.${encoding.toLowerCase().replaceAll('-', '')}`;
}
