import { type IKey, type IKeyRef, Key } from 'aws-cdk-lib/aws-kms';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { differ } from '../../model/differ';
import { deployedTogether } from '../../vault/private/identity';
import { isKnownAfar } from './replica-names';

/** Where a copy lies that a key is for. */
export interface KeyPlace {
  readonly region: string;
  /** The one stack that names the key, if there is only one: it may refer to what is deployed with it. */
  readonly stack?: Stack;
}

/** The ARN of a key that encrypts a copy: in the Region of the copy, and known without a reference to another Region. */
export function requireKeyIn(scope: IConstruct, property: string, key: IKeyRef, { region, stack }: KeyPlace): string {
  const arn = key.keyRef.keyArn;
  const home = known(arn.split(':')[3]) ?? known(key.env.region);
  if (differ(home, known(region))) {
    throw new ConfigurationError('KeyElsewhere', `'${property}' is in ${home}, but the copy in ${region}: take a key of ${region}`, scope);
  }
  const isReference = Token.isUnresolved(arn) && !isKnownAfar(arn, Stack.of(scope));
  if (isReference && !(stack && deployedTogether(Stack.of(key), stack))) {
    throw new ConfigurationError(
      'ReferenceAcrossRegions',
      `'${property}' is '${key.node.path}', whose ARN is only known once its stack is deployed, but the copy has to be named without it: give the ARN as plain text, as with Key.fromKeyArn()`,
      scope,
    );
  }
  return arn;
}

/** A key as the L2s of aws-cdk-lib take it; a mere reference becomes an import. */
export function asKey(scope: Construct, key: IKeyRef): IKey {
  return 'keyArn' in key ? (key as IKey) : Key.fromKeyArn(scope, 'EncryptionKey', key.keyRef.keyArn);
}

/** The key of a bucket in the stack of `scope`: S3 takes one of its own Region only. */
export function keyBeside(scope: Construct, key: IKeyRef): IKey {
  const stack = Stack.of(scope);
  requireKeyIn(scope, 'encryptionKey', key, { region: stack.region, stack });
  return asKey(scope, key);
}
