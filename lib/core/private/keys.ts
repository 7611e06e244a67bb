import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { KeyFact } from '../../model/facts';
import { resourceId } from './inventory';

/**
 * What a key is called in facts, equal for equal keys: the path of a key of this app, otherwise what was given.
 * Nothing where it is only known at deploy time.
 */
export function keyIdOf(scope: IConstruct, key: string): string | undefined {
  if (!Token.isUnresolved(key)) {
    return key;
  }
  const token = Tokenization.reverseCompleteString(key);
  if (Reference.isReference(token)) {
    return resourceId(token.target);
  }
  const resolved: unknown = Stack.of(scope).resolve(key);
  return resolved !== null && typeof resolved === 'object' && 'Ref' in resolved ? undefined : JSON.stringify(resolved);
}

/** The key that a resource names in its template, where it names one. */
export function customerKey(scope: IConstruct, key: string): KeyFact {
  return key.startsWith('alias/aws/') ? { kind: 'service-managed', id: key } : { kind: 'customer', id: keyIdOf(scope, key) };
}
