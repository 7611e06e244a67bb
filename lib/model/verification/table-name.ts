/** A table, and the schema where one is named. */
export interface TableName {
  readonly schema?: string;
  readonly table: string;
}

const PART = /"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^."`]+/;
const NAME = new RegExp(`^(?:(${PART.source})\\.)?(${PART.source})$`);

/**
 * Takes `orders`, `sales.orders` or, where names have points in them, `"my.schema"."my.table"`, and nothing else. Case counts.
 */
export function tableNameIn(text: string): TableName | undefined {
  const [, schema, table] = NAME.exec(text.trim()) ?? [];
  return table ? { ...(schema ? { schema: bare(schema) } : {}), table: bare(table) } : undefined;
}

function bare(part: string): string {
  const [mark] = part;
  return mark === '"' || mark === '`' ? part.slice(1, -1).replaceAll(mark + mark, mark) : part;
}
