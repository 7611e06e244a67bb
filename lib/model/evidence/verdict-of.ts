import type { ConcludedTest } from './concluded-test';
import type { AskedCheck, Reason, RecordedResult, Verdict } from './evidence-record';
import { recordedResult } from './recorded-result';

type Judged = Pick<ConcludedTest, 'test' | 'checks' | 'results' | 'usableMs' | 'problem'>;

/** Successful only if the restore was, everything asked for has exactly one answer, and every answer is `passed`. */
export function verdictOf(judged: Judged): Verdict {
  const results = judged.results.map(recordedResult);
  const reasons = [
    ...reasonsOfRestore(judged),
    ...judged.checks.flatMap((check) => reasonsOfCheck(check, results)),
    ...strays(judged, results),
  ];
  return { status: reasons.length === 0 ? 'SUCCESSFUL' : 'FAILED', reasons };
}

function reasonsOfRestore({ test, checks, usableMs, problem }: Judged): Reason[] {
  const restored = test.failure === undefined && test.createdArn !== undefined;
  return [
    ...(restored ? [] : [reason('restore-failed', `the restore job failed: ${test.failure || 'it made nothing'}`)]),
    ...(problem === undefined ? [] : [reason('interrupted', `the verification was not finished: ${problem || 'nobody knows why'}`)]),
    ...(restored && !Number.isFinite(usableMs) ? [reason('never-usable', 'what was restored never became usable')] : []),
    ...(checks.length > 0 ? [] : [reason('nothing-checked', 'there was no check, so nobody looked at the data')]),
  ];
}

function reasonsOfCheck({ name, kind }: AskedCheck, results: readonly RecordedResult[]): Reason[] {
  const answers = results.filter((result) => result.name === name);
  const [answer] = answers;
  if (answer === undefined) {
    return [reason('no-result', `'${name}' has no result`, name)];
  }
  if (answers.length > 1 || answer.kind !== kind) {
    const why = answers.length > 1 ? `${answers.length} results instead of one` : `a result of kind '${answer.kind}' instead of '${kind}'`;
    return [reason('unexpected-result', `'${name}' has ${why}`, name)];
  }
  switch (answer.status) {
    case 'passed':
      return [];
    case 'failed':
      return [reason('check-failed', `'${name}' expected ${answer.expected} and found ${answer.found}`, name)];
    default:
      return [reason('check-unable', `'${name}' could not look: ${answer.found}`, name)];
  }
}

function strays({ checks }: Judged, results: readonly RecordedResult[]): Reason[] {
  const asked = new Set(checks.map(({ name }) => name));
  const unasked = results.map(({ name }) => name).filter((name) => !asked.has(name));
  return [...new Set(unasked)].map((name) => reason('unexpected-result', `nobody asked for '${name}', which has a result`, name));
}

function reason(kind: Reason['kind'], words: string, check?: string): Reason {
  return { kind, ...(check === undefined ? {} : { check }), words };
}
