/** One page of a list of AWS, and what to ask for the next with. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Left out, or empty, on the last page. */
  readonly next?: string;
}

/** Every page of a list, each read when the one before it has been used. A list that never ends is no answer. */
export async function* pagesOf<T>(read: (token: string | undefined) => Promise<Page<T>>): AsyncGenerator<readonly T[]> {
  let token: string | undefined;
  do {
    const { items, next } = await read(token);
    yield items;
    if (next && next === token) {
      throw new Error('the list repeats a page instead of going on');
    }
    token = next || undefined;
  } while (token !== undefined);
}
