import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { DatabaseCredentials } from '../core/database-credentials';
import { ConfigurationError } from '../core/private/errors';
import { warn } from '../core/private/problems';
import type { Target } from '../services/service';

/** How checks log in to a database: as was said, or as its owner, whose secret the construct has. */
export function credentialsFor(
  scope: IConstruct,
  { id, construct }: Pick<Target, 'id' | 'construct'>,
  given: DatabaseCredentials | undefined,
): DatabaseCredentials {
  if (given) {
    return given;
  }
  const { secret } = construct as { readonly secret?: ISecret };
  if (secret === undefined) {
    throw new ConfigurationError(
      'NoCredentials',
      `checks of '${id}' read tables, but nobody has said how they log in: give 'credentials', such as DatabaseCredentials.fromSecret(), of a role that may only read`,
      scope,
    );
  }
  warn(
    scope,
    'ChecksAsOwner',
    `checks of '${id}' log in as its owner, who may change everything and whose password may have been rotated since the recovery point: give 'credentials' of a role that may only read`,
  );
  return DatabaseCredentials.fromSecret(secret);
}
