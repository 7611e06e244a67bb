/** Lets so many callers pass at once before the first has to wait. */
const BURST = 5;

/** A gate for each Region through which one caller passes in so many milliseconds. */
export function paced(msPerCall: number, signal: AbortSignal): (region: string) => Promise<void> {
  const nextMs = new Map<string, number>();
  return async (region) => {
    const nowMs = performance.now();
    const turnMs = Math.max(nextMs.get(region) ?? 0, nowMs - BURST * msPerCall) + msPerCall;
    nextMs.set(region, turnMs);
    if (turnMs > nowMs) {
      await new Promise((resolve) => setTimeout(resolve, turnMs - nowMs));
    }
    signal.throwIfAborted();
  };
}
