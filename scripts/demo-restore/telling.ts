const DIM = process.stdout.isTTY ? '\x1b[2m' : '';
const BOLD = process.stdout.isTTY ? '\x1b[1m' : '';
const RESET = process.stdout.isTTY ? '\x1b[0m' : '';
const CLEAR = process.stdout.isTTY ? '\r\x1b[K' : '';
const STEP_MS = 80;

const startedMs = Date.now();

export function heading(text: string): void {
  process.stdout.write(`\n${BOLD}${text}${RESET}\n`);
}

export function line(text: string): void {
  process.stdout.write(`           ${text}\n`);
}

/** Does a step, tells how far it is where somebody watches, and what came of it with the time it took. */
export async function step<T>(
  text: string,
  work: (progress: (done: number, of: number) => void) => T | Promise<T>,
  told: (result: T) => string = () => '',
): Promise<T> {
  const beganMs = Date.now();
  let shownMs = 0;
  const progress = (done: number, of: number): void => {
    if (process.stdout.isTTY && Date.now() - shownMs > STEP_MS) {
      shownMs = Date.now();
      process.stdout.write(`${CLEAR}  ${DIM}${' '.repeat(7)}  ${text} ${Math.floor((100 * done) / of)} %${RESET}`);
    }
  };
  progress(0, 1);
  const result = await work(progress);
  tell(Date.now() - beganMs, text, told(result));
  return result;
}

/** Tells what somebody else has done. */
export function tell(tookMs: number, text: string, more: string): void {
  const took = `${(tookMs / 1_000).toFixed(1)} s`;
  process.stdout.write(`${CLEAR}  ${DIM}${took.padStart(7)}${RESET}  ${text}${more === '' ? '' : `: ${more}`}\n`);
}

/** Seconds since the beginning. */
export function soFar(): string {
  return `${((Date.now() - startedMs) / 1_000).toFixed(0)} s`;
}
