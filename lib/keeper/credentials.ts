import type { KeeperContext } from './engine';
import { Refused } from './refused';

/** The login of a database. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The database that the secret names. */
  readonly dbname?: string;
}

/** The login in a secret of the form that RDS writes. No error tells what is in it. */
export async function credentialsIn(secretArn: string, { readSecret }: Pick<KeeperContext, 'readSecret'>): Promise<Credentials> {
  const { username, password, dbname } = parsed(await readSecret(secretArn));
  if (!isText(username) || !isText(password)) {
    throw new Refused('settings', `the secret ${secretArn} has no 'username' and 'password': write it as JSON with both`);
  }
  return { username, password, ...(isText(dbname) ? { dbname } : {}) };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
