import { Unable } from '../checks/finding';

/** A table, and the schema where one is named. */
export interface TableName {
  readonly schema?: string;
  readonly table: string;
}

const PART = /"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^."`]+/;
const NAME = new RegExp(`^(?:(${PART.source})\\.)?(${PART.source})$`);

/** Takes `orders`, `sales.orders` or, where names have points in them, `"my.schema"."my.table"`. Case counts. */
export function parseTableName(text: string): TableName {
  const [, schema, table] = NAME.exec(typeof text === 'string' ? text.trim() : '') ?? [];
  if (!table) {
    throw new Unable(`'${text}' is no name of a table`);
  }
  return { ...(schema ? { schema: bare(schema) } : {}), table: bare(table) };
}

function bare(part: string): string {
  const [mark] = part;
  return mark === '"' || mark === '`' ? part.slice(1, -1).replaceAll(mark + mark, mark) : part;
}
