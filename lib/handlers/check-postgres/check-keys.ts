import { type Finding, failed, passed, unable } from '../checks/finding';
import { many } from '../checks/words';
import type { ForeignKey, Table } from './catalogue';
import { inWords } from './in-words';
import type { Session } from './session';

/** Every row that refers to another one finds it: all rows of all tables with foreign keys are joined with their parents. */
export async function checkKeys(session: Session): Promise<Finding> {
  const tables = await session.survey.tables();
  const keys = tables.flatMap((table) => table.keys.map((key) => ({ table, key })));
  if (!keys.some(({ key }) => !key.ignored)) {
    const why = tables.length === 0 ? 'the database has no tables' : `the database has ${many(tables.length, 'table')} and no foreign keys`;
    return failed(`${why}: leave the check out where there are none to hold`);
  }
  const readings = await session.survey.violations();
  const broken = readings
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows)
    .map(({ table, key, rows }) => `${wordsOf(table, key)}: ${many(rows, 'row')} without a match in ${key.parent}`);
  const unknown = [
    ...readings.flatMap(({ table, key, error }) => (error === undefined ? [] : [`${wordsOf(table, key)}: not checked, ${inWords(error)}`])),
    ...keys.flatMap(({ table, key }) => (key.unknown && !key.ignored ? [`${wordsOf(table, key)}: not checked, it ${key.unknown}`] : [])),
  ];
  const ignored = keys.flatMap(({ table, key }) => (key.ignored ? [`${wordsOf(table, key)}: left out, it ${key.ignored}`] : []));
  const rows = readings.reduce((sum, reading) => sum + reading.rows, 0);
  const found = `${many(readings.length, 'foreign key')}, broken by ${many(rows, 'row')}`;
  const details = [...broken, ...unknown, ...ignored];
  if (broken.length > 0) {
    return failed(`${found}; ${broken[0]}`, { details });
  }
  return unknown.length > 0 ? unable(`${found}; ${unknown[0]}`, { details }) : passed(found, { details });
}

function wordsOf(table: Table, { name, columns }: ForeignKey): string {
  return `${name} of ${table.sql} (${columns.join(', ')})`;
}
