import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Token } from 'aws-cdk-lib/core';
import { ConfigurationError } from './private/errors';

/** Options of DatabaseCredentials. */
export interface DatabaseCredentialsOptions {
  /**
   * The database that checks look at.
   * @default - `dbname` of the secret, or else the usual one of the engine
   */
  readonly database?: string;
  /**
   * Certificates of the authorities to trust, in PEM, where the server has one that is not of RDS.
   * @default - the certificate authorities of RDS
   */
  readonly certificateAuthorities?: string;
  /**
   * The name of the secret in the recovery Region, as a replica of it has, for tests of the copies there.
   * @default - the name of the secret, where it is plain text
   */
  readonly secretNameInRecoveryRegion?: string;
}

/**
 * How checks log in to a restored database: with a secret that has `username` and `password`, of a role that may only read.
 *
 * A restored database has the users and passwords that it had at the time of its recovery point. Give the role a password that is
 * not rotated more often than recovery points are tested, or the test of an old one fails.
 * @example
 * DatabaseCredentials.fromSecret(Secret.fromSecretNameV2(this, 'Reader', 'orders/reader'), { database: 'orders' });
 */
export class DatabaseCredentials {
  /** Logs in as a secret of AWS Secrets Manager says. */
  public static fromSecret(secret: ISecret, options: DatabaseCredentialsOptions = {}): DatabaseCredentials {
    return new DatabaseCredentials(secret, options);
  }

  private constructor(
    /** The secret. */
    public readonly secret: ISecret,
    /** What is said besides. */
    public readonly options: DatabaseCredentialsOptions,
  ) {
    const { database, certificateAuthorities } = options;
    if (database?.trim() === '') {
      throw new ConfigurationError('InvalidCredentials', "'database' is empty: name it, or leave it out", secret);
    }
    const isPem =
      certificateAuthorities === undefined || /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(certificateAuthorities);
    if (!isPem && !Token.isUnresolved(certificateAuthorities)) {
      throw new ConfigurationError(
        'InvalidCredentials',
        "'certificateAuthorities' holds no certificate in PEM: give the text from BEGIN CERTIFICATE to END CERTIFICATE, or leave it out",
        secret,
      );
    }
  }
}
