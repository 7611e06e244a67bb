import type { SchemaCheckSpec } from '../../model/verification';
import { type Finding, failed, passed, unable } from '../checks/finding';
import { many } from '../checks/words';
import { parseTableName } from '../sql/table-name';
import { readIndexes } from './catalogue';
import { laggingKeys } from './lagging-keys';
import { MissingTable, type Session } from './session';

/** What the check names is there, and no AUTO_INCREMENT and no sequence gives a value that is taken. */
export async function checkSchema(session: Session, check: SchemaCheckSpec): Promise<Finding> {
  const lagging = await laggingKeys(session);
  const problems = [
    ...(await missingTables(session, check.tables)),
    ...(await missingIndexes(session, check.indexes ?? [])),
    ...(check.extensions ?? []).map((extension) => `extension ${extension} is not there: MySQL and MariaDB have none`),
    ...(check.collation === undefined ? [] : await otherCollation(session, check.collation)),
    ...lagging.problems,
  ];
  const found = `${many(check.tables.length, 'table')} looked for, ${many(lagging.looked, 'next value')} compared with their columns`;
  const details = [...problems, ...lagging.unknown];
  if (problems.length > 0) {
    return failed(`${found}; ${problems[0]}`, { details });
  }
  return lagging.unknown.length > 0 ? unable(`${found}; ${lagging.unknown[0]}`, { details }) : passed(found);
}

async function missingTables(session: Session, tables: SchemaCheckSpec['tables']): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, columns = [] } of tables) {
    try {
      const table = await session.table(name);
      problems.push(...(table.kind === 'table' && !table.engine ? [`table ${name} cannot be opened`] : []));
      problems.push(...columns.filter((column) => !session.column(table, column)).map((column) => `table ${name} has no column ${column}`));
    } catch (error) {
      if (!(error instanceof MissingTable)) {
        throw error;
      }
      problems.push(`table ${name} does not exist`);
    }
  }
  return problems;
}

/** Names of indexes are those of a table, so that it may stand in front; letters are alike in both cases. */
async function missingIndexes(session: Session, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) {
    return [];
  }
  const [indexes, database] = [await readIndexes(session.main), await session.database()];
  return names.flatMap((text) => {
    const { schema: table, table: name } = parseTableName(text);
    const found = indexes.filter(
      (index) =>
        session.same(index.schema, database) &&
        (table === undefined || session.same(index.table, table)) &&
        index.name.toLowerCase() === name.toLowerCase(),
    );
    if (found.length === 0) {
      return [`index ${text} does not exist`];
    }
    return found.every(({ visible }) => visible) ? [] : [`index ${text} is not used: it is ignored or invisible`];
  });
}

async function otherCollation(session: Session, expected: string): Promise<string[]> {
  const database = await session.database();
  const used = (await session.schemas()).get(database);
  return used !== undefined && normal(used) === normal(expected)
    ? []
    : [`the collation of database ${database} is ${used ?? 'unknown'}, not ${expected}`];
}

/** Servers have called the first Unicode of MySQL by two names. */
function normal(collation: string): string {
  return collation.toLowerCase().replace(/^utf8_/, 'utf8mb3_');
}
