/** What a statement may consist of: quoted names and texts may hold anything, comments end with their line. */
const PIECE = /"(?:[^"]|"")*"|E'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|--[^\n]*|;|[\s\S]/g;

/** The statements of a script, without comments and the commands of psql. */
export function sqlStatements(script: string): string[] {
  const statements: string[] = [];
  let statement = '';
  for (const [piece] of script.replaceAll(/^\\.*$/gm, '').matchAll(PIECE)) {
    if (piece === ';') {
      statements.push(statement.trim());
      statement = '';
    } else if (!piece.startsWith('--')) {
      statement += piece;
    }
  }
  return [...statements, statement.trim()].filter((text) => text !== '');
}

/** What a statement of `pg_dumpall --globals-only` is about. */
export interface GlobalStatement {
  readonly sql: string;
  /** The role that it makes or changes. */
  readonly role?: string;
}

const NAME = /("(?:[^"]|"")*"|[^\s"]+)/.source;
const ROLE = new RegExp(`^(?:CREATE|ALTER) ROLE ${NAME}`);
const MEMBER = new RegExp(`^GRANT ${NAME} TO ${NAME}`);

/** Statements about roles; whatever is set for the session of a dump is left out. */
export function roleStatements(script: string): GlobalStatement[] {
  return sqlStatements(script).flatMap((sql) => {
    const name = ROLE.exec(sql)?.[1] ?? MEMBER.exec(sql)?.[2];
    if (name === undefined) {
      return [];
    }
    return [{ sql, role: name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name }];
  });
}
