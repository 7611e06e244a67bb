import { Unable } from '../checks/finding';

/** The login of a database. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The database that the secret names. */
  readonly dbname?: string;
}

/** Reads the text of a secret; undefined where it holds bytes. */
export type SecretReader = (secretArn: string) => Promise<string | undefined>;

/** The login in a secret of the form that RDS writes. No error tells what is in it. */
export async function readCredentials(secretArn: string | undefined, read: SecretReader): Promise<Credentials> {
  if (!secretArn) {
    throw new Unable('no secret is given to log in with');
  }
  const { username, password, dbname } = parsed(await textOf(secretArn, read));
  if (!isText(username) || !isText(password)) {
    throw new Unable("the secret has no 'username' and 'password'");
  }
  return { username, password, ...(isText(dbname) ? { dbname } : {}) };
}

async function textOf(secretArn: string, read: SecretReader): Promise<string> {
  let text: string | undefined;
  try {
    text = await read(secretArn);
  } catch (error) {
    throw new Unable(`the secret cannot be read: ${REASONS[nameOf(error)] ?? nameOf(error)}`);
  }
  if (!text) {
    throw new Unable('the secret holds no text');
  }
  return text;
}

const REASONS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'it does not exist',
  InvalidRequestException: 'it is being deleted, or has no value yet',
  AccessDeniedException: 'the function may not read it',
  DecryptionFailure: 'its key cannot decrypt it',
  ThrottlingException: 'too many requests, in every attempt',
  TimeoutError: 'Secrets Manager does not answer; the network needs an endpoint of it',
  AbortError: 'the time of the function is over',
};

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    throw new Unable("the secret is no JSON with 'username' and 'password'");
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
