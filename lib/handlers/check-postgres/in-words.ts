import { certificateProblem } from '../sql/trust';

/** What an error of PostgreSQL has besides its message. */
export interface ServerError {
  /** SQLSTATE. */
  readonly code?: string;
  readonly message?: string;
}

const BY_STATE: Readonly<Record<string, string>> = {
  '28P01': 'the server refuses the user or the password of the secret',
  '28000': 'the server does not let this user in',
  '3D000': 'the server has no database of this name',
  '57014': 'the statement was cancelled: it took longer than the time that was left',
  '53300': 'the server takes no more connections',
  '57P01': 'the server was shut down',
  '57P02': 'the server crashed',
  '57P03': 'the server does not take connections yet',
  '55P03': 'a lock could not be had in time',
};

/** Messages of these classes name objects of the catalogue and pages of files, never values: syntax and rights, damage, resources. */
const TELLING = /^(42|XX|58|53|0A|25|55|3F|3D)/;

/** What the driver says when there is no TLS, and system errors of the network. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/, 'the server offers no TLS; nothing is read without'],
  [/timeout expired|ETIMEDOUT|connection timeout/i, 'the server does not answer'],
  [/ECONNREFUSED/, 'nothing listens at the endpoint'],
  [/ENOTFOUND|EAI_AGAIN/, 'the host name of the endpoint is unknown'],
  [/ECONNRESET|EPIPE|Connection terminated|socket hang up|disconnected/, 'the connection was lost'],
  [/EHOSTUNREACH|ENETUNREACH/, 'no route leads to the endpoint'],
];

/** What went wrong, without the values of rows that messages of PostgreSQL may hold. */
export function inWords(error: unknown): string {
  const certificate = certificateProblem(error);
  if (certificate) {
    return certificate;
  }
  const { code = '', message = '' } = (error ?? {}) as ServerError;
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const known = BY_STATE[code] ?? (TELLING.test(code) ? message : 'the server reports an error');
    return `${known} (SQLSTATE ${code})`;
  }
  const [, known] = BY_MESSAGE.find(([pattern]) => pattern.test(`${code} ${message}`)) ?? [];
  return known ?? `an unexpected error (${[error instanceof Error ? error.name : typeof error, code].filter(Boolean).join(' ')})`;
}

/** Whether the server says that data or an index is damaged, as opposed to out of reach. */
export function isDamage(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as ServerError;
  // an internal error while reading is what damage looks like that no check has a name for; a missing file is one too
  return /^(XX|58P01|58030)/.test(code);
}
