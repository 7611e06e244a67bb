import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { KeyFact } from '../../model/facts';
import { resourceId } from './inventory';
import { known } from './known';

/** Equal for equal keys: the path of a key of this app, otherwise what was given; nothing where only known at deploy time. */
export function keyIdOf(key: string): string | undefined {
  return Token.isUnresolved(key) ? targetOf(key)?.id : key;
}

/** The key that a resource names in its template. */
export function namedKey(key: string): KeyFact {
  const kind = /(^|:)alias\/aws\//.test(key) ? 'service-managed' : 'customer';
  return Token.isUnresolved(key) ? { kind, ...targetOf(key) } : { kind, id: key };
}

/** The key of this app that a token refers to, and where it is. */
function targetOf(key: string): Pick<KeyFact, 'id' | 'region' | 'account'> | undefined {
  const token = Tokenization.reverse(key, { failConcat: false });
  if (!Reference.isReference(token)) {
    return undefined;
  }
  const { region, account } = Stack.of(token.target);
  return { id: resourceId(token.target), region: known(region), account: known(account) };
}
