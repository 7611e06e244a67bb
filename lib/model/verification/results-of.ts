import { type CheckResult, MAX_DETAILS } from './check-contract';
import type { CheckSpec } from './check-spec';
import { type CheckAnswer, type CheckGroup, errorInWords } from './workflow';

/** Words of a result are cut after so many characters: one answer must not crowd out the others. */
const MAX_WORDS = 500;

/** One result for each check, whatever the functions have answered: what is missing or makes no sense is `unable`. */
export function resultsOf(groups: readonly CheckGroup[], answers: readonly CheckAnswer[] | undefined): CheckResult[] {
  return groups.flatMap(({ checks }, index) => {
    const given = answers?.[index];
    if (given === undefined) {
      return checks.map((check) => unable(check, 'the check was not run'));
    }
    if (given.error) {
      const words = errorInWords(given.error);
      return checks.map((check) => unable(check, `the function that checks failed: ${words}`));
    }
    const results: unknown = (given.answer as { readonly results?: unknown } | null | undefined)?.results;
    if (!Array.isArray(results)) {
      return checks.map((check) => unable(check, "the function that checks answered without 'results'"));
    }
    return checks.map((check) => resultOf(check, results));
  });
}

/** The result of a check that could not be made. */
export function unable({ name, kind }: CheckSpec, found: string): CheckResult {
  return { name, kind, status: 'unable', expected: 'a result', found: cut(found), durationMs: 0 };
}

function resultOf(check: CheckSpec, results: readonly unknown[]): CheckResult {
  const own = results.filter((result): result is Partial<CheckResult> => (result as Partial<CheckResult> | null)?.name === check.name);
  if (own.length !== 1) {
    return unable(check, own.length === 0 ? 'the function that checks gave no result' : `${own.length} results were given for one check`);
  }
  const [{ status, expected, found, durationMs, details, newestMs, baseline }] = own;
  if (status !== 'passed' && status !== 'failed' && status !== 'unable') {
    return unable(check, 'the result is neither passed nor failed');
  }
  return {
    name: check.name,
    kind: check.kind,
    status,
    expected: text(expected),
    found: text(found),
    durationMs: isMoment(durationMs) ? durationMs : 0,
    ...(Array.isArray(details) && details.length > 0 ? { details: details.slice(0, MAX_DETAILS).map(text) } : {}),
    ...(isMoment(newestMs) ? { newestMs } : {}),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function text(value: unknown): string {
  return cut(typeof value === 'string' && value !== '' ? value : 'not said');
}

/** As much of words as a result has room for. */
export function cut(words: string): string {
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS - 3)}...` : words;
}
