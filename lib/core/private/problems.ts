import { Annotations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Problem } from '../../model/limits';
import { ConfigurationError } from './errors';

/** Warns with an id that users can acknowledge: `cdk-recovery:` and the code in camel case. */
export function warn(scope: IConstruct, code: string, message: string): void {
  Annotations.of(scope).addWarningV2(`cdk-recovery:${code.charAt(0).toLowerCase()}${code.slice(1)}`, message);
}

/** Throws the first problem that is an error, after it has shown those that are warnings. */
export function insist(scope: IConstruct, ...problems: readonly (Problem | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  for (const problem of found.filter(({ severity }) => severity === 'warning')) {
    warn(scope, problem.code, problem.message);
  }
  const error = found.find(({ severity }) => severity === 'error');
  if (error) {
    throw new ConfigurationError(error.code, error.message, scope);
  }
}
