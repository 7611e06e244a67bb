import type { Problem } from '../../../lib/model/limits';

/** What a check found: one problem, a list of them, or nothing. */
type Found = Problem | undefined | readonly Problem[];

export type Case = readonly [what: string, found: Found, severity: Problem['severity'], code: string, message: RegExp];

/** Every refusal says the property, the value, the limit and the remedy, and starts lower case; there is one for each mistake. */
export function refuses(cases: readonly Case[]): void {
  test.each(cases)('fails for %s', (_what, found, severity, code, message) => {
    const [problem, ...others] = [found].flat();
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ severity, code });
    expect(problem?.message).toMatch(message);
    expect(problem?.message).toMatch(/^'\w+' .*: .+[^.]$/);
  });
}

export function accepts(cases: readonly (readonly [what: string, found: Found])[]): void {
  test.each(cases)('takes %s', (_what, found) => {
    expect([found].flat().filter((problem) => problem !== undefined)).toEqual([]);
  });
}
