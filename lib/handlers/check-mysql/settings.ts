/** Which of the two families of servers answers, and how old it is. */
export interface Server {
  readonly family: 'mysql' | 'mariadb';
  /** `8.0.36`, `10.11.6`. */
  readonly version: string;
}

const LOCK_S = 5;
/** So long does a server keep a connection that is gone without a word. */
const IDLE_S = 60;

/** What `select version()` says. */
export function serverOf(version: string): Server {
  // older MariaDB servers put a version of MySQL in front of theirs
  const [number = version] = /\d+(\.\d+)+/.exec(version.replace(/^5\.5\.5-/, '')) ?? [];
  return { family: /mariadb/i.test(version) ? 'mariadb' : 'mysql', version: number };
}

/** Statements that a connection begins with: it reads and does not write, and the server ends what takes too long. */
export function settingsOf({ family }: Server, leftMs: number): string[] {
  const left = Math.max(1, Math.floor(leftMs));
  const seconds = Math.ceil(left / 1_000);
  const ofFamily =
    family === 'mariadb'
      ? [`max_statement_time = ${(left / 1_000).toFixed(3)}`]
      : // statistics as they are now, for the next value of a key is one of them
        [`max_execution_time = ${left}`, 'information_schema_stats_expiry = 0'];
  return [
    'set session transaction read only',
    `set session time_zone = '+00:00', lock_wait_timeout = ${LOCK_S}, wait_timeout = ${seconds + IDLE_S}, ${ofFamily.join(', ')}`,
  ];
}

/** For statements of ours, which mean the same on every server; queries of the user keep the mode of their server. */
export const OWN_MODE = "set session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'";
