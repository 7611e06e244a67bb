import { Names, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import type { BackupRepository } from '../backup-repository';

const FORM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const MAX_LENGTH = 63;

/** The names that are taken in each repository; two sources under one name would take each other's backups for theirs. */
const TAKEN = new WeakMap<BackupRepository, Map<string, IConstruct>>();

/** The name of what is backed up, which no other source of the repository has. */
export function sourceNameOf(scope: IConstruct, repository: BackupRepository, given: string | undefined): string {
  const name = given ?? Names.uniqueResourceName(scope as never, { maxLength: MAX_LENGTH, separator: '-' });
  if (Token.isUnresolved(name) || !FORM.test(name)) {
    throw new ConfigurationError(
      'InvalidSourceName',
      `'sourceName' is '${Token.isUnresolved(name) ? 'only known at deploy time' : name}': give 1 to ${MAX_LENGTH} letters, digits, dots, dashes and underscores that begin with a letter or digit, as plain text`,
      scope,
    );
  }
  const taken = TAKEN.get(repository) ?? new Map<string, IConstruct>();
  TAKEN.set(repository, taken);
  const other = taken.get(name);
  if (other && other !== scope) {
    throw new ConfigurationError(
      'SourceNameTaken',
      `'sourceName' is '${name}', under which '${other.node.path}' has its backups in the same repository: give another name`,
      scope,
    );
  }
  taken.set(name, scope);
  return name;
}
