/** A table of a schema. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

const PART = /"(?:[^"]|"")+"|[^".\s]+/.source;
const NAME = new RegExp(`^(${PART})\\.(${PART})$`);

/** Reads `schema.table`; parts with dots, spaces or quotes are in double quotes, in which a quote is written twice. Undefined where it is none. */
export function readTableName(text: string): TableName | undefined {
  const found = NAME.exec(text);
  return found ? { schema: plain(found[1]), name: plain(found[2]) } : undefined;
}

/** The name as SQL and the tools of PostgreSQL take it, whatever is in it. */
export function quotedTableName({ schema, name }: TableName): string {
  return `${quotedName(schema)}.${quotedName(name)}`;
}

/** An identifier as SQL takes it, whatever is in it. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function plain(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}
