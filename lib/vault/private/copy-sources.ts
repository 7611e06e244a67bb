import type { Conditions } from 'aws-cdk-lib/aws-iam';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { LIMITS } from '../../model/limits';
import type { CopySource } from '../copy-source';

/** Checks the form of an account or organization; a token is left to deploy time. */
export function requireCopySource(scope: IConstruct, source: CopySource): void {
  const { value, unit } = source._kind === 'account' ? LIMITS.accountId : LIMITS.organizationId;
  const [checked] = source._kind === 'organizationalUnit' ? source.id.split('/') : [source.id];
  if (!Token.isUnresolved(source.id) && !value.test(checked!)) {
    const thing = source._kind === 'account' ? 'an account' : 'an organization';
    throw new ConfigurationError(
      'InvalidCopySource',
      `'allowCopyFrom' has '${source.id}', but the id of ${thing} is ${unit}: correct it`,
      scope,
    );
  }
}

/** Conditions that hold for callers from the source; none for an account, which is named as the principal. */
export function conditionsOf(source: CopySource): Conditions | undefined {
  switch (source._kind) {
    case 'account':
      return undefined;
    case 'organization':
      return { StringEquals: { 'aws:PrincipalOrgID': source.id } };
    case 'organizationalUnit':
      return { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': `${source.id.replace(/\/?\*?$/, '')}/*` } };
  }
}
