import { type Finding, failed, passed, unable } from '../checks/finding';
import { inParallel } from '../checks/in-parallel';
import { many } from '../checks/words';
import { type ForeignKey, readKeys, type Table } from './catalogue';
import { identifier } from './identifiers';
import { inWords, isDamage, isLost, isMissing } from './in-words';
import type { Session } from './session';

/** Every row that refers to another one finds it: all rows of all tables with foreign keys are joined with their parents. */
export async function checkKeys(session: Session): Promise<Finding> {
  const tables = (await session.tables()).filter(({ kind }) => kind === 'table');
  const closed = await cannotBeOpened(session, tables);
  const keys = await readKeys(session.main);
  if (keys.length === 0 && closed.length === 0) {
    return failed(
      `${many(tables.length, 'table')} and no foreign keys, as far as the login may see: leave the check out where there are none to hold`,
    );
  }
  const counts = new Map<ForeignKey, number>();
  const errors = new Map<ForeignKey, unknown>();
  await session.withConnections((connections) =>
    inParallel(keys, connections, async (key, connection) => {
      try {
        counts.set(key, Number((await connection.one(orphansOf(key))).orphans));
      } catch (error) {
        errors.set(key, error);
      }
    }),
  );
  return judge(keys, counts, errors, closed);
}

/** The catalogue says nothing of the keys of a table that the server cannot open. */
async function cannotBeOpened({ main }: Session, tables: readonly Table[]): Promise<string[]> {
  const closed: string[] = [];
  for (const { sql } of tables) {
    try {
      await main.query(`select 1 from ${sql} limit 1`);
    } catch (error) {
      if (isLost(error) || !(isDamage(error) || isMissing(error))) {
        throw error;
      }
      closed.push(`${sql} cannot be read, so that its foreign keys are not known: ${inWords(error)}`);
    }
  }
  return closed;
}

/** A key with an empty column refers to nothing, however many others it has. */
function orphansOf({ table, columns, parent, parentColumns }: ForeignKey): string {
  const matches = columns.map((column, at) => `p.${identifier(parentColumns[at])} = c.${identifier(column)}`);
  const given = columns.map((column) => `c.${identifier(column)} is not null`);
  return `select count(*) as orphans from ${table} c left join ${parent} p on ${matches.join(' and ')}
    where ${given.join(' and ')} and p.${identifier(parentColumns[0])} is null`;
}

function judge(
  keys: readonly ForeignKey[],
  counts: ReadonlyMap<ForeignKey, number>,
  errors: ReadonlyMap<ForeignKey, unknown>,
  closed: readonly string[],
): Finding {
  const orphans = keys.flatMap((key) => {
    const count = counts.get(key) ?? 0;
    return count > 0
      ? [`${key.table} (${key.columns.join(', ')}): ${many(count, 'row')} without a match in ${key.parent}, by ${key.name}`]
      : [];
  });
  const seen = [...errors].filter(([, error]) => isMissing(error) || isDamage(error));
  const broken = [
    ...orphans,
    ...closed,
    ...seen.map(([key, error]) => `${key.table}: ${key.name} to ${key.parent} cannot hold: ${inWords(error)}`),
  ];
  const unread = keys.flatMap((key) =>
    counts.has(key) || seen.some(([other]) => other === key)
      ? []
      : [`${key.table}: ${key.name} was not checked: ${inWords(errors.get(key))}`],
  );
  const violations = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const found = `${many(keys.length, 'foreign key')}, broken by ${many(violations, 'row')}`;
  const details = [...broken, ...unread];
  if (broken.length > 0) {
    return failed(`${found}; ${broken[0]}`, { details });
  }
  return unread.length > 0
    ? unable(`${found}, but ${many(unread.length, 'key')} could not be checked; ${unread[0]}`, { details })
    : passed(found);
}
