import type { IConstruct } from 'constructs';

/** Thrown for input that can never deploy or never keep its promise; `code` is stable and has an entry in docs/errors.md. */
export class ConfigurationError extends Error {
  constructor(
    public readonly code: string,
    message: string,
    scope?: IConstruct,
  ) {
    super(`${message} (${code}${scope ? ` at '${scope.node.path}'` : ''})`);
    this.name = 'ConfigurationError';
  }
}
