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
