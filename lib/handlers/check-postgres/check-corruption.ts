import { type Finding, failed, passed, unable } from '../checks/finding';
import { many } from '../checks/words';
import type { Damage } from './damage';
import type { Session } from './session';

/**
 * Reads every value of every table, and has amcheck look at every page of them and at every index. Without amcheck indexes remain
 * unknown, and so does the verdict.
 */
export async function checkCorruption(session: Session): Promise<Finding> {
  const tables = (await session.survey.tables()).filter(({ oid, whole }) => oid === whole);
  if (tables.length === 0) {
    return failed('the database has no tables');
  }
  const { checksums } = await session.main.one("select current_setting('data_checksums') as checksums");
  const { rows, indexes, damage, notes, lacking } = await session.survey.pass();
  const found = `${many(rows, 'row')} of ${many(tables.length, 'table')} read`;
  if (lacking !== undefined) {
    return verdict(`${found}; indexes were not checked`, { ...damage, unknown: [...damage.unknown, lacking] }, []);
  }
  const sums = checksums === 'on' ? [] : ['the server keeps no checksums of pages'];
  return verdict(`${found}, ${many(indexes, 'index', 'indexes')} checked`, damage, [...notes, ...sums]);
}

function verdict(found: string, { damaged: all, unknown }: Damage, notes: readonly string[]): Finding {
  // an index can be made again, so that damage of a table is told first
  const damaged = [...all].sort((one, other) => Number(one.startsWith('index ')) - Number(other.startsWith('index ')));
  const details = [...damaged, ...unknown, ...notes];
  if (damaged.length > 0) {
    return failed(`${found}; ${many(damaged.length, 'sign')} of damage: ${damaged[0]}`, { details });
  }
  return unknown.length > 0 ? unable(`${found}; ${unknown[0]}`, { details }) : passed(`${found}: no damage`, { details });
}
