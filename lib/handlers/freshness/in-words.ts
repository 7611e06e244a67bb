/** What went wrong, in words. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.name === 'AbortError' ? 'the time of the function is over' : `${error.name}: ${error.message}`;
}
