import { Unable } from './finding';

const OVER = 'the time of the function is over';

/** What `work` gives, or a rejection as soon as the time is over, whatever becomes of it then. */
export async function unless<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (signal.aborted) {
    throw new Unable(`${OVER}: not begun`);
  }
  let stop: () => void = () => {};
  const over = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Unable(`${OVER}: not ended`));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work(), over]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
