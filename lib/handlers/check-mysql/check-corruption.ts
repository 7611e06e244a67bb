import { type Finding, failed, passed, unable } from '../checks/finding';
import { inParallel } from '../checks/in-parallel';
import { many } from '../checks/words';
import { type Index, readIndexes, type Table } from './catalogue';
import type { Connection, Row } from './connection';
import { inWords, isDamage, isLost, isMissing } from './in-words';
import { differences } from './index-content';
import type { Session } from './session';

/** What of the messages of CHECK TABLE may be told: names of indexes and numbers, never the records that some of them show. */
const DAMAGE: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [
    /^InnoDB: Index '?([^\s']+)'? contains (\d+) entries, should be (\d+)/,
    ([, index, has, should]) => `index ${index} has ${many(Number(has), 'entry', 'entries')} of ${many(Number(should), 'row')}`,
  ],
  [/^InnoDB: The B-tree of index '?([^\s']+)'? is corrupted/, ([, index]) => `index ${index} is damaged`],
  [/^InnoDB: Index '?([^\s']+)'? is marked as corrupted/, ([, index]) => `index ${index} is marked as damaged`],
  [/[Tt]ablespace.* (is missing|has been discarded)|doesn't exist/, () => 'its file is missing'],
  [/marked as crashed/, () => 'it is marked as crashed'],
  [/^Size of (data|index)file is/, ([, file]) => `its ${file} file has not the length that it should have`],
  [/[Ii]ncorrect key file|[Kk]ey in wrong position|[Kk]eypointers/, () => 'an index does not fit the table'],
];
/** What ends every report of damage. */
const DAMAGED = /[Cc]orrupt/;

interface Seen {
  readonly damaged: string[];
  readonly unknown: string[];
  readonly notes: string[];
}

/** Has the server look at every table and every index of it; then every row is read, and every index is compared with them. */
export async function checkCorruption(session: Session): Promise<Finding> {
  const tables = (await session.tables()).filter(({ kind }) => kind === 'table');
  if (tables.length === 0) {
    return failed('the login may see no table');
  }
  const seen: Seen = { damaged: [], unknown: [], notes: [] };
  const indexes = await readIndexes(session.main);
  await session.withConnections((connections) =>
    inParallel(largestFirst(tables), connections, async (table, connection) => {
      try {
        await look(connection, table, indexes, seen);
      } catch (error) {
        const line = `table ${table.sql}: ${inWords(error)}`;
        (isDamage(error) || isMissing(error) ? seen.damaged : seen.unknown).push(isLost(error) ? `${line} while it was read` : line);
      }
    }),
  );
  return verdict(`${many(tables.length, 'table')} and their indexes read`, seen);
}

async function look(connection: Connection, table: Table, indexes: readonly Index[], { damaged, unknown, notes }: Seen): Promise<void> {
  const rows = await connection.query(`check table ${table.sql} extended`);
  const wrong = damageIn(rows);
  if (wrong.length > 0) {
    damaged.push(...wrong.map((words) => `table ${table.sql}: ${words}`));
    return;
  }
  const unsupported = rows.some(({ Msg_text }) => /support check/.test(Msg_text ?? ''));
  if (!unsupported && rows.at(-1)?.Msg_text !== 'OK') {
    unknown.push(`table ${table.sql}: CHECK TABLE came to no verdict`);
    return;
  }
  damaged.push(...(await differences(connection, table, indexes)).map((words) => `table ${table.sql}: ${words}`));
  if (unsupported) {
    notes.push(`table ${table.sql} is of ${table.engine}, which has no check of its own: its rows were read`);
  }
}

/**
 * Signs of damage. A table that was in use when its disk was copied gives a warning and is well in the end, and so do rows that are not
 * purged yet; a lock or a time-out gives an error and no verdict.
 */
function damageIn(rows: readonly Row[]): string[] {
  const texts = rows
    .filter(({ Msg_type, Msg_text }) => Msg_type !== 'status' && Msg_type !== 'note' && Msg_text)
    .map(({ Msg_text }) => Msg_text as string);
  if (rows.at(-1)?.Msg_text === 'OK' || !texts.some((text) => DAMAGED.test(text) || DAMAGE.some(([pattern]) => pattern.test(text)))) {
    return [];
  }
  const words = texts.flatMap((text) => {
    const [found] = DAMAGE.flatMap(([pattern, say]) => {
      const match = pattern.exec(text);
      return match ? [say(match)] : [];
    });
    return found ? [found] : [];
  });
  return words.length > 0 ? [...new Set(words)] : ['CHECK TABLE says that it is damaged'];
}

function verdict(found: string, { damaged, unknown, notes }: Seen): Finding {
  const details = [...damaged, ...unknown, ...notes];
  if (damaged.length > 0) {
    return failed(`${found}; ${many(damaged.length, 'sign')} of damage: ${damaged[0]}`, { details });
  }
  return unknown.length > 0 ? unable(`${found}; ${unknown[0]}`, { details }) : passed(`${found}: no damage`, { details });
}

function largestFirst(tables: readonly Table[]): Table[] {
  return [...tables].sort((a, b) => b.bytes - a.bytes);
}
