import { isIP } from 'node:net';
import type { SslOptions } from 'mysql2';
import type { CheckInput } from '../../model/verification';
import { Unable } from '../checks/finding';
import { readCredentials, type SecretReader } from '../sql/credentials';
import { trustedCertificates } from '../sql/trust';

/** All that is needed for another connection. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Left out: names of tables say their database, or the server has only one. */
  readonly database?: string;
  /** One object for all connections, for the driver keeps what it makes of the certificates with it. */
  readonly ssl: SslOptions;
}

/** Finds out how to log in to what was restored. */
export async function loginTo({ target }: CheckInput, readSecret: SecretReader): Promise<Login> {
  const { engine, endpoint, database: access } = target ?? {};
  if (engine !== undefined && !/mysql|mariadb/.test(engine)) {
    throw new Unable(`the engine is '${engine}', and these checks are for MySQL and MariaDB`);
  }
  if (!endpoint?.host || !endpoint.port) {
    throw new Unable('the restored database has no endpoint');
  }
  if (isIP(endpoint.host)) {
    // the driver would compare the certificate with 'localhost'
    throw new Unable('the endpoint is an address, and a certificate is for a host name');
  }
  const ca = trustedCertificates(access?.caPem);
  const { username, password, dbname } = await readCredentials(access?.secretArn, readSecret);
  const database = access?.database ?? dbname;
  return {
    ...endpoint,
    user: username,
    password,
    ...(database === undefined ? {} : { database }),
    ssl: { ca, minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true },
  };
}
