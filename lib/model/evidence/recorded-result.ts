import { type CheckResult, MAX_DETAILS } from '../verification';
import type { RecordedResult } from './evidence-record';

/** Longest text of a result, in characters; functions of users may answer with anything. */
const MAX_TEXT = 2_000;

const STATUSES: readonly CheckResult['status'][] = ['passed', 'failed', 'unable'];

/** What a check answered, in the form that it is kept in. Whatever is not clearly `passed` or `failed` is `unable`. */
export function recordedResult(answer: unknown): RecordedResult {
  const given = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>;
  const status = STATUSES.find((each) => each === given.status);
  const details = Array.isArray(given.details) ? given.details.slice(0, MAX_DETAILS).map((detail) => text(detail)) : [];
  return {
    name: text(given.name, '(no name)'),
    kind: text(given.kind, '(no kind)') as CheckResult['kind'],
    status: status ?? 'unable',
    expected: text(given.expected, 'an answer'),
    found:
      status === undefined ? `an answer without a status that is known: ${text(given.status, 'none')}` : text(given.found, 'nothing said'),
    durationMs: isMoment(given.durationMs) ? given.durationMs : 0,
    ...(details.length === 0 ? {} : { details }),
    ...(isMoment(given.newestMs) ? { newestMs: given.newestMs } : {}),
  };
}

/** What the next test compares with, of each result that has it. */
export function baselinesOf(results: readonly unknown[]): Record<string, unknown> {
  const having = results.filter((result): result is CheckResult => (result as Partial<CheckResult> | null)?.baseline !== undefined);
  return Object.fromEntries(having.map(({ name, baseline }) => [name, baseline]));
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function text(value: unknown, otherwise = ''): string {
  const words =
    typeof value === 'string' && value !== '' ? value : ['number', 'boolean'].includes(typeof value) ? String(value) : otherwise;
  return words.length <= MAX_TEXT ? words : `${words.slice(0, MAX_TEXT)} ...`;
}
