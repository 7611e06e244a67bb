import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { deployedTogether } from './identity';

/** Refuses what would make the stack of `scope` read another Region or account while it is deployed. */
export function requireNear(scope: IConstruct, prop: string, value: string, owner: IConstruct): string {
  if (Token.isUnresolved(value) && !deployedTogether(Stack.of(owner), Stack.of(scope))) {
    throw new ConfigurationError(
      'ReferenceAcrossRegions',
      `'${prop}' is '${owner.node.path}' in ${environmentOf(owner)}, but the vault is in ${environmentOf(scope)} and has to deploy without it: give an ARN as plain text, or one that is defined there`,
      scope,
    );
  }
  return value;
}

function environmentOf(construct: IConstruct): string {
  const { account, region } = Stack.of(construct);
  return [account, region].map((part) => (Token.isUnresolved(part) ? 'an unknown place' : part)).join(' / ');
}
