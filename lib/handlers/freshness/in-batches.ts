/** So many requests go on at once. */
const AT_ONCE = 5;

/** Does something for each item, a few at a time; the first failure ends it. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE) {
    await Promise.all(items.slice(from, from + AT_ONCE).map(work));
  }
}
