/** Does the work for every item, by as many workers as given, each with an item at a time; the first error ends all. */
export async function inParallel<T, W>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<void>,
): Promise<void> {
  let next = 0;
  let stopped = false;
  await Promise.all(
    workers.map(async (worker) => {
      while (!stopped && next < items.length) {
        try {
          await work(items[next++], worker);
        } catch (error) {
          stopped = true;
          throw error;
        }
      }
    }),
  );
}
