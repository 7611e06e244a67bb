import { type Finding, failed, passed, unable } from '../sql/finding';
import { many } from '../sql/words';
import { inWords } from './in-words';
import type { Session } from './session';

/** Every row that refers to another one finds it: all rows of all tables with foreign keys are joined with their parents. */
export async function checkKeys(session: Session): Promise<Finding> {
  const { tables } = await session.survey.look();
  const keys = tables.flatMap(({ table, broken, error }) => table.keys.map((key) => ({ table, key, count: broken.get(key), error })));
  const checked = keys.filter(({ key }) => !key.ignored);
  if (checked.length === 0) {
    const why = tables.length === 0 ? 'the database has no tables' : `the database has ${many(tables.length, 'table')} and no foreign keys`;
    return failed(`${why}: leave the check out where there are none to hold`);
  }
  const broken = checked.flatMap(({ table, key, count = 0 }) =>
    count > 0 ? [`${table.sql} (${key.columns.join(', ')}): ${many(count, 'row')} without a match in ${key.parent}, by ${key.name}`] : [],
  );
  const unread = checked.flatMap(({ table, key, count, error }) =>
    count === undefined ? [`${table.sql}: ${key.name} ${key.unknown ?? `was not checked: ${inWords(error)}`}`] : [],
  );
  const ignored = keys.flatMap(({ table, key }) => (key.ignored ? [`${table.sql}: ${key.name} ${key.ignored}, and is left out`] : []));
  const violations = checked.reduce((sum, { count = 0 }) => sum + count, 0);
  const found = `${many(checked.length, 'foreign key')}, broken by ${many(violations, 'row')}`;
  const details = [...broken, ...unread, ...ignored];
  if (broken.length > 0) {
    return failed(`${found}; ${broken[0]}`, { details });
  }
  return unread.length > 0
    ? unable(`${found}, but ${many(unread.length, 'key')} could not be checked; ${unread[0]}`, { details })
    : passed(found, { details });
}
