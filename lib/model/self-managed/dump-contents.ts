/** A table in the catalogue of a database, at the moment of its dump. Numbers are object identifiers, which a dump names its entries by. */
export interface DumpedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Whether it holds rows itself: a partitioned table does not, its partitions do. */
  readonly hasRows: boolean;
  /** The tables that it is a partition of or inherits from. */
  readonly parents: readonly number[];
  readonly indexes: readonly number[];
  /** Keys and checks but foreign keys, which need other tables. */
  readonly constraints: readonly number[];
  readonly defaults: readonly number[];
  /** Sequences that end with the table. */
  readonly sequences: readonly { readonly oid: number; readonly schema: string; readonly name: string }[];
}

/** An entry of the table of contents of a dump. */
export interface DumpEntry {
  /** Its number, which the name of its file begins with. */
  readonly entry: number;
  /** The catalogue and the object in it; 0 where the entry is about something else. */
  readonly catalogue: number;
  readonly oid: number;
  /** Type, schema, name and owner as they are printed, which names with spaces do not let one tell apart. */
  readonly words: string;
  readonly line: string;
}

const ENTRY = /^(\d+); (\d+) (\d+) (.+)$/;
const DATA = 'TABLE DATA ';

/** Catalogues of PostgreSQL, whose numbers never change. */
const PG_CLASS = 1259;
const PG_ATTRDEF = 2604;
const PG_CONSTRAINT = 2606;

/** The entries that `pg_restore --list` prints. */
export function entriesOf(list: string): DumpEntry[] {
  return list.split('\n').flatMap((line) => {
    const found = ENTRY.exec(line);
    return found ? [{ entry: Number(found[1]), catalogue: Number(found[2]), oid: Number(found[3]), words: found[4], line }] : [];
  });
}

/** The entries with rows of tables, each of which has a file of its own. */
export function tableData(entries: readonly DumpEntry[]): DumpEntry[] {
  return entries.filter(({ words }) => words.startsWith(DATA));
}

/** The tables whose rows a dump does not have. */
export function missingFrom(entries: readonly DumpEntry[], tables: readonly DumpedTable[]): string[] {
  const dumped = new Set(tableData(entries).map(({ oid }) => oid));
  return tables.filter(({ oid, hasRows }) => hasRows && !dumped.has(oid)).map(({ schema, name }) => `${schema}.${name}`);
}

/** A table with its partitions. */
export function withPartitions(table: DumpedTable, tables: readonly DumpedTable[]): DumpedTable[] {
  const found = [table];
  for (const parent of found) {
    found.push(...tables.filter((other) => other.parents.includes(parent.oid) && !found.includes(other)));
  }
  return found;
}

/** The entries that make tables as they were, without what needs others: foreign keys, triggers and policies. */
export function entriesOfTables(entries: readonly DumpEntry[], tables: readonly DumpedTable[]): DumpEntry[] {
  const sequences = tables.flatMap((table) => table.sequences);
  const relations = new Set([...tables, ...sequences].map(({ oid }) => oid).concat(tables.flatMap(({ indexes }) => indexes)));
  const constraints = new Set(tables.flatMap((table) => table.constraints));
  const defaults = new Set(tables.flatMap((table) => table.defaults));
  // these have no number of their own
  const named = [...tables, ...sequences].flatMap(({ schema, name }) => {
    const at = (type: string, kind = '') => `${type} ${schema} ${kind}${name} `.replaceAll(/[\r\n]/g, ' ');
    return [
      at('TABLE ATTACH'),
      at('SEQUENCE SET'),
      at('SEQUENCE OWNED BY'),
      at('ACL', 'TABLE '),
      at('ACL', 'SEQUENCE '),
      at('COMMENT', 'TABLE '),
    ];
  });
  return entries.filter(
    ({ catalogue, oid, words }) =>
      (catalogue === PG_CLASS && relations.has(oid)) ||
      (catalogue === 0 && words.startsWith(DATA) && relations.has(oid)) ||
      (catalogue === PG_CONSTRAINT && constraints.has(oid)) ||
      (catalogue === PG_ATTRDEF && defaults.has(oid)) ||
      (catalogue === 0 &&
        oid === 0 &&
        (words.startsWith('INDEX ATTACH ') ? tables.length > 1 : named.some((begin) => words.startsWith(begin)))),
  );
}
