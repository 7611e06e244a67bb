/** An attribute that is part of a key, such as `id HASH S`. */
export type KeyPart = string;

/** What a table is made of, as far as a restore has to bring it back. */
export interface TableShape {
  readonly keys: readonly KeyPart[];
  /** By name: kind, key and projection in words. */
  readonly indexes: Readonly<Record<string, string>>;
}

/** A table as it is now. */
export interface DescribedTable extends TableShape {
  /** Names of the attributes of the key, partition key first. */
  readonly keyNames: readonly string[];
  /** Indexes that cannot be used, with their status. */
  readonly unusable: readonly string[];
}

/** In what a table falls short of what it should be; indexes that it has besides do no harm. */
export function shortfalls(table: TableShape, wanted: TableShape): string[] {
  const keys = table.keys.join(', ');
  return [
    ...(keys === wanted.keys.join(', ') ? [] : [`its key is ${keys}, not ${wanted.keys.join(', ')}`]),
    ...Object.entries(wanted.indexes).flatMap(([name, index]) =>
      !Object.hasOwn(table.indexes, name)
        ? [`the index ${name} is missing`]
        : table.indexes[name] === index
          ? []
          : [`the index ${name} is ${table.indexes[name]}, not ${index}`],
    ),
  ];
}

/** Whether something that was recorded is the shape of a table. */
export function isShape(value: unknown): value is TableShape {
  const { keys, indexes } = (value ?? {}) as Partial<TableShape>;
  return Array.isArray(keys) && typeof indexes === 'object' && indexes !== null;
}
