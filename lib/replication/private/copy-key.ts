import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { deployedTogether } from '../../vault/private/identity';

/** Where a copy lies that a key is for. */
export interface KeyPlace {
  readonly region: string;
  /** The stack of the copy, where the user has one there: it may refer to a key that is deployed with it. */
  readonly stack?: Stack;
}

/** The ARN of a key that encrypts a copy: in the Region of the copy, and known without a reference to another Region. */
export function requireKeyIn(scope: IConstruct, property: string, key: IKeyRef, { region, stack }: KeyPlace): string {
  const arn = key.keyRef.keyArn;
  if (Token.isUnresolved(arn)) {
    if (stack === undefined || !deployedTogether(Stack.of(key), stack)) {
      throw new ConfigurationError(
        'ReferenceAcrossRegions',
        `'${property}' is '${key.node.path}', whose ARN is only known once its stack is deployed, but the copy has to be named without it: give the ARN as plain text, as with Key.fromKeyArn()`,
        scope,
      );
    }
    return arn;
  }
  const [, , , home] = arn.split(':');
  if (home !== region && !Token.isUnresolved(region)) {
    throw new ConfigurationError('KeyElsewhere', `'${property}' is in ${home}, but the copy in ${region}: take a key of ${region}`, scope);
  }
  return arn;
}
