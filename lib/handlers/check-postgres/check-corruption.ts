import { type Finding, failed, passed, unable } from '../checks/finding';
import { inParallel } from '../checks/in-parallel';
import { many } from '../checks/words';
import { type Amcheck, withAmcheck } from './amcheck';
import { bundled, cut, type Damage, indexCheckOf, look, type Part } from './damage';
import { inWords, isDamage } from './in-words';
import { readParts } from './parts';
import type { Session } from './session';
import type { Reading } from './survey';

/**
 * Reads every value of every table, and has amcheck look at every page of them and at every index. Without amcheck indexes remain
 * unknown, and so does the verdict.
 */
export async function checkCorruption(session: Session): Promise<Finding> {
  const readings = await session.survey.readAll();
  if (readings.length === 0) {
    return failed('the database has no tables');
  }
  const rows = readings.reduce((sum, reading) => sum + reading.rows, 0);
  const found = `${many(rows, 'row')} of ${many(readings.length, 'table')} read`;
  const reading = merged(readings.map(damageOf));
  const { checksums } = await session.main.one("select current_setting('data_checksums') as checksums");
  return withAmcheck(session.main, async (amcheck) => {
    if ('why' in amcheck) {
      const { damaged, unknown } = reading;
      return verdict(`${found}; indexes were not checked`, { damaged, unknown: [...unknown, amcheck.why] }, []);
    }
    const { damage, indexes, notes } = await lookAtAll(session, amcheck);
    const sums = checksums === 'on' ? [] : ['the server keeps no checksums of pages'];
    return verdict(`${found}, ${many(indexes, 'index', 'indexes')} checked`, merged([reading, damage]), [...notes, ...sums]);
  });
}

async function lookAtAll(session: Session, amcheck: Amcheck): Promise<{ damage: Damage; indexes: number; notes: string[] }> {
  const parts = await readParts(session.main);
  const indexes = parts.filter(({ method }) => method !== undefined && indexCheckOf(amcheck, method));
  const others = parts.filter(({ method }) => method !== undefined && !indexCheckOf(amcheck, method));
  const heaps = amcheck.functions.has('verify_heapam') ? parts.filter(({ method }) => method === undefined).flatMap(cut) : [];
  const work = bundled([...indexes, ...heaps].sort((a, b) => cost(b) - cost(a)));
  const all: Damage[] = [];
  await session.withConnections((connections) =>
    inParallel(work, connections, async (bundle, connection) => {
      all.push(await look(connection, amcheck, bundle));
    }),
  );
  const notes = others.map(({ words, method }) => `${words} is of kind ${method}, for which this amcheck has no check`);
  return { damage: merged(all), indexes: indexes.length, notes };
}

function damageOf({ table, error }: Reading): Damage {
  const line = error === undefined ? [] : [`table ${table.sql}: ${inWords(error)}`];
  return isDamage(error) ? { damaged: line, unknown: [] } : { damaged: [], unknown: line };
}

/** An index is compared with its whole table, too. */
function cost({ pages, method }: Part): number {
  return method === undefined ? pages : 4 * pages;
}

function verdict(found: string, { damaged, unknown }: Damage, notes: readonly string[]): Finding {
  const details = [...damaged, ...unknown, ...notes];
  if (damaged.length > 0) {
    return failed(`${found}; ${many(damaged.length, 'sign')} of damage: ${damaged[0]}`, { details });
  }
  return unknown.length > 0 ? unable(`${found}; ${unknown[0]}`, { details }) : passed(`${found}: no damage`, { details });
}

function merged(all: readonly Damage[]): Damage {
  return { damaged: all.flatMap(({ damaged }) => damaged), unknown: all.flatMap(({ unknown }) => unknown) };
}
