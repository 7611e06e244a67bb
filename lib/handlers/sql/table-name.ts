import { type TableName, tableNameIn } from '../../model/verification';
import { Unable } from '../checks/finding';

/** The table that a check names; a name that is none keeps it from looking. */
export function parseTableName(text: string): TableName {
  const name = typeof text === 'string' ? tableNameIn(text) : undefined;
  if (!name) {
    throw new Unable(`'${text}' is no name of a table`);
  }
  return name;
}
