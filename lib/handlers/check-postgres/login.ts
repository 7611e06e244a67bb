import type { ConnectionOptions } from 'node:tls';
import type { CheckInput } from '../../model/verification';
import { Unable } from '../checks/finding';
import { readCredentials, type SecretReader } from '../sql/credentials';
import { tlsOptions } from '../sql/trust';

/** All that is needed for another connection. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly ssl: ConnectionOptions;
}

/** The database that every server has. */
const USUAL_DATABASE = 'postgres';

/** Finds out how to log in to what was restored. */
export async function loginTo({ target }: CheckInput, readSecret: SecretReader): Promise<Login> {
  const { engine, endpoint, database: access } = target ?? {};
  if (engine !== undefined && !/postgres/.test(engine)) {
    throw new Unable(`the engine is '${engine}', and these checks are for PostgreSQL`);
  }
  if (!endpoint?.host || !endpoint.port) {
    throw new Unable('the restored database has no endpoint');
  }
  const ssl = tlsOptions(endpoint.host, access?.caPem);
  const { username, password, dbname } = await readCredentials(access?.secretArn, readSecret);
  return { ...endpoint, user: username, password, database: access?.database ?? dbname ?? USUAL_DATABASE, ssl };
}
