import { certificateProblem } from '../sql/trust';

/** What an error of the driver has: the number that a server gives, or a code of the driver or the system. */
interface DriverError {
  readonly errno?: number;
  readonly code?: string;
  readonly message?: string;
}

const LOGIN: Readonly<Record<number, string>> = {
  1040: 'the server takes no more connections',
  1044: 'the login may not use the database',
  1045: 'the server refuses the user or the password of the secret',
  1049: 'the server has no database of this name',
  1129: 'the server has blocked this host after too many errors',
  1130: 'the server does not let this host in',
  1203: 'the login takes no more connections',
  1226: 'the login has used up what it may',
  1251: 'the login needs a way to log in that the driver does not know',
  1698: 'the server refuses the user or the password of the secret',
  1862: 'the password of the secret has expired',
  3118: 'the account of the login is locked',
  3159: 'the server takes connections with TLS only',
  4151: 'the account of the login is locked',
};

const STATEMENT: Readonly<Record<number, string>> = {
  1053: 'the server is being shut down',
  1064: 'the server does not understand the SQL',
  1142: 'the login has not the privilege for it',
  1143: 'the login has not the privilege for all of its columns',
  1205: 'a lock could not be had in time',
  1227: 'the login has not the privilege for it',
  1267: 'columns of different collations cannot be compared',
  1290: 'an option of the server does not let it run this',
  1317: 'the statement was cancelled: it took longer than the time that was left',
  1792: 'the statement would write, and the checks only read',
  1836: 'the server only reads now',
  1927: 'the server ended the connection',
  1969: 'the statement was cancelled: it took longer than the time that was left',
  3024: 'the statement was cancelled: it took longer than the time that was left',
};

const MISSING: Readonly<Record<number, string>> = {
  1054: 'a column does not exist',
  1109: 'a table does not exist',
  1146: 'a table does not exist',
  1305: 'a function does not exist',
  1356: 'a view refers to what does not exist, or may not be read',
};

/** Numbers below a thousand are those of storage engines. */
const DAMAGE: Readonly<Record<number, string>> = {
  126: 'an index does not fit its table',
  127: 'the file of the rows is damaged',
  130: 'a file of the table cannot be read',
  144: 'the table is marked as crashed',
  145: 'the table is marked as crashed',
  175: 'a file of the table is too short',
  176: 'a page of the table has a wrong checksum',
  180: 'an index is damaged',
  184: 'the tablespace of the table is missing',
  192: 'the table cannot be decrypted',
  1016: 'a file of the table cannot be opened',
  1017: 'a file of the table is missing',
  1030: 'the storage engine cannot read the data',
  1033: 'the definition of the table cannot be read',
  1034: 'an index does not fit its table',
  1035: 'an index does not fit its table',
  1194: 'the table is marked as crashed',
  1195: 'the table is marked as crashed',
  1296: 'the storage engine cannot read the data',
  1712: 'an index is damaged',
  1812: 'the tablespace of the table is missing',
  1814: 'the tablespace of the table was discarded',
  1815: 'the storage engine cannot read the data',
  1817: 'an index is damaged',
  1877: 'the table is damaged',
  1932: 'the storage engine has no such table',
  3681: 'a file of the table is damaged',
};

/** What the driver and the system say about the network, and about TLS: its codes are lost in the driver. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/HANDSHAKE_NO_SSL_SUPPORT/, 'the server offers no TLS; nothing is read without'],
  [/ETIMEDOUT|PROTOCOL_SEQUENCE_TIMEOUT/, 'the server does not answer'],
  [/ECONNREFUSED/, 'nothing listens at the endpoint'],
  [/ENOTFOUND|EAI_AGAIN/, 'the host name of the endpoint is unknown'],
  [/EHOSTUNREACH|ENETUNREACH/, 'no route leads to the endpoint'],
  [/ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST|closed state/, 'the connection was lost: the server closed it, or crashed'],
  [/HANDSHAKE_SSL_ERROR/, 'TLS cannot be begun with the server'],
  [/AUTH_SWITCH|auth.*plugin/i, 'the login needs a way to log in that the driver does not know'],
  [/PROTOCOL|PARSER|packet/i, 'what answers at the endpoint does not speak the protocol of MySQL'],
];

/** Codes of certificates by what TLS says of them. */
const CERTIFICATES: readonly (readonly [RegExp, string])[] = [
  [/altnames/, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/certificate is not yet valid/, 'CERT_NOT_YET_VALID'],
  [/certificate|issuer/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];

/** What went wrong, without messages of the server: they may hold values of rows. */
export function inWords(error: unknown): string {
  const { errno, code = '', message = '' } = (error ?? {}) as DriverError;
  if (code === 'HANDSHAKE_SSL_ERROR') {
    const [, known] = CERTIFICATES.find(([pattern]) => pattern.test(message)) ?? [];
    const problem = certificateProblem({ code: known, message });
    if (problem) {
      return problem;
    }
  }
  if (errno !== undefined && errno >= 100) {
    const known = LOGIN[errno] ?? STATEMENT[errno] ?? MISSING[errno] ?? DAMAGE[errno] ?? 'the server reports an error';
    return `${known} (error ${errno})`;
  }
  const [, known] = BY_MESSAGE.find(([pattern]) => pattern.test(`${code} ${message}`)) ?? [];
  return known ?? `an unexpected error (${[error instanceof Error ? error.name : typeof error, code].filter(Boolean).join(' ')})`;
}

/** Whether the server says that data or an index is damaged, as opposed to out of reach. */
export function isDamage(error: unknown): boolean {
  return numberOf(error) in DAMAGE;
}

/** Whether the object does not exist: a table, a column or a function. */
export function isMissing(error: unknown): boolean {
  return numberOf(error) in MISSING;
}

/** Whether the connection went while something was asked, as it does where a server crashes over damaged data. */
export function isLost(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as DriverError;
  return /ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST/.test(`${code} ${message}`);
}

function numberOf(error: unknown): number {
  return ((error ?? {}) as DriverError).errno ?? 0;
}
