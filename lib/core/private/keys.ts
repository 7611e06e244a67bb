import { Reference, Token, Tokenization } from 'aws-cdk-lib/core';
import type { KeyFact } from '../../model/facts';
import { resourceId } from './inventory';

/** Equal for equal keys: the path of a key of this app, otherwise what was given; nothing where only known at deploy time. */
export function keyIdOf(key: string): string | undefined {
  if (!Token.isUnresolved(key)) {
    return key;
  }
  const token = Tokenization.reverse(key, { failConcat: false });
  return Reference.isReference(token) ? resourceId(token.target) : undefined;
}

/** The key that a resource names in its template. */
export function namedKey(key: string): KeyFact {
  return { kind: /(^|:)alias\/aws\//.test(key) ? 'service-managed' : 'customer', id: keyIdOf(key) };
}
