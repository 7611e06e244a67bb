import { Names, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { SOURCE_NAME } from '../../model/self-managed';
import type { BackupRepository } from '../backup-repository';

const MAX_LENGTH = 63;

/** The names that are taken in each repository; two sources under one name would take each other's backups for theirs. */
const TAKEN = new WeakMap<BackupRepository, Map<string, Construct>>();

/** The name of what is backed up, which no other source of the repository has. */
export function sourceNameOf(scope: Construct, repository: BackupRepository, given: string | undefined): string {
  const name = given ?? Names.uniqueResourceName(scope, { maxLength: MAX_LENGTH, separator: '-' });
  if (Token.isUnresolved(name) || !SOURCE_NAME.test(name)) {
    throw new ConfigurationError(
      'InvalidSourceName',
      `'sourceName' is '${Token.isUnresolved(name) ? 'only known at deploy time' : name}': give 1 to ${MAX_LENGTH} letters, digits, dots, dashes and underscores that begin with a letter or digit, as plain text`,
      scope,
    );
  }
  const taken = TAKEN.get(repository) ?? new Map<string, Construct>();
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
