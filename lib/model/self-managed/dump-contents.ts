/** An entry of the table of contents of a dump that has a file of its own. */
export interface DumpedTable {
  /** Its number, which the name of its file begins with. */
  readonly entry: number;
  /** Schema, name and owner as they are printed, which names with spaces do not let one tell apart. */
  readonly words: string;
}

const DATA = /^(\d+); \d+ \d+ TABLE DATA (.+)$/;
const LARGE_OBJECTS = /^\d+; \d+ \d+ BLOBS? /;

/** What `pg_restore --list` says of data in a dump. */
export function contentsOf(list: string): { readonly tables: readonly DumpedTable[]; readonly hasLargeObjects: boolean } {
  const lines = list.split('\n').filter((line) => !line.startsWith(';'));
  return {
    tables: lines.flatMap((line) => {
      const found = DATA.exec(line);
      return found ? [{ entry: Number(found[1]), words: found[2] }] : [];
    }),
    hasLargeObjects: lines.some((line) => LARGE_OBJECTS.test(line)),
  };
}

/** The tables of a database that a dump does not have. */
export function missingFrom(
  tables: readonly DumpedTable[],
  expected: readonly { readonly schema: string; readonly name: string }[],
): string[] {
  const left = tables.map(({ words }) => words);
  return expected.flatMap(({ schema, name }) => {
    const begin = `${schema} ${name} `.replaceAll(/[\r\n]/g, ' ');
    const at = left.findIndex((words) => words.startsWith(begin));
    if (at < 0) {
      return [`${schema}.${name}`];
    }
    left.splice(at, 1);
    return [];
  });
}
