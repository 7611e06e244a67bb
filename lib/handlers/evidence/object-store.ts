/** Where evidence lies: a bucket, or whatever else writes on conditions. */
export interface ObjectStore {
  /** What is there, or nothing. */
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes where nothing is; false where something is, and stays. */
  create(key: string, text: string): Promise<boolean>;
  /** Writes over the version that was read; false where it is another by now, or gone. */
  replace(key: string, text: string, version: string): Promise<boolean>;
  /** Every key that begins so, in order. */
  list(prefix: string): AsyncIterable<string>;
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Tells it from what is written over it. */
  readonly version: string;
}

/** As what an object is served. */
export function contentTypeOf(key: string): string {
  const types = { json: 'application/json', html: 'text/html; charset=utf-8', md: 'text/markdown; charset=utf-8' };
  return types[key.slice(key.lastIndexOf('.') + 1) as keyof typeof types] ?? 'text/plain; charset=utf-8';
}
