import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DatabaseCredentials } from '../../core/database-credentials';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import type { DatabaseAccess } from '../../model/verification';
import type { DataPlace } from './bound-data';

/** How a database is logged in to, and what reading that takes. */
export interface CheckedSecret {
  readonly access: DatabaseAccess;
  readonly statements: readonly PolicyStatement[];
}

/** The secret as the Region of a site knows it: another Region has a replica, by name. */
export function secretAt(place: DataPlace, scope: Construct, credentials: DatabaseCredentials): CheckedSecret {
  const { database, certificateAuthorities: caPem } = credentials.options;
  const secret = secretIn(place, scope, credentials);
  const { secretArn, secretFullArn, encryptionKey } = secret;
  return {
    access: { secretArn, ...(database && { database }), ...(caPem && { caPem }) },
    // statements and not grants, which would have the key refer to the role of a stack that refers to that of the key
    statements: [
      new PolicyStatement({
        sid: 'LogIn',
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secretFullArn ?? `${secretArn}-??????`],
      }),
      ...(encryptionKey
        ? [
            new PolicyStatement({
              sid: 'ReadSecret',
              actions: ['kms:Decrypt'],
              resources: [encryptionKey.keyArn],
              conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${place.region}.${Stack.of(scope).urlSuffix}` } },
            }),
          ]
        : []),
    ],
  };
}

function secretIn({ name, region, by }: DataPlace, scope: Construct, { secret, options }: DatabaseCredentials): ISecret {
  if (Stack.of(secret).region === region) {
    return secret;
  }
  const called = options.secretNameInRecoveryRegion ?? known(secret.secretName);
  if (called === undefined) {
    throw new ConfigurationError(
      'NoCredentials',
      `checks of '${name}' in ${region} have no secret that is known there: give 'secretNameInRecoveryRegion', the name of a replica of the secret`,
      by,
    );
  }
  return Secret.fromSecretNameV2(scope, 'Secret', called);
}
