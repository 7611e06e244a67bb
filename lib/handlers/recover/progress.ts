import type { Facts, Progress } from './ports';

export function done(words: string, facts?: Facts): Progress {
  return { state: 'done', words, ...(facts ? { facts } : {}) };
}

export function pending(words: string, facts?: Facts): Progress {
  return { state: 'pending', words, ...(facts ? { facts } : {}) };
}

export function failed(words: string, facts?: Facts): Progress {
  return { state: 'failed', words, ...(facts ? { facts } : {}) };
}

/** A rehearsal that has restored nothing says so. */
export function onlySeen({ state, words, facts }: Progress): Progress {
  return { state, words: `not rehearsed here, only looked at: ${words}`, facts: { ...facts, rehearsed: false } };
}

/** An answer, or undefined where the service gives one of these errors. */
export async function unless<T>(names: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) {
      return undefined;
    }
    throw error;
  }
}
