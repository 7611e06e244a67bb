import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { Refused } from '../refused';

/** Where a PostgreSQL server is and who logs in. */
export interface PostgresLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Certificates of the authority that the server's comes from, in PEM. Left out for a server on this very machine, by socket or 127.0.0.1. */
  readonly caPem?: string;
}

/** How tools log in: secrets are in a file that only we can read, and never in arguments. */
export interface ToolLogin {
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const LOCAL: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** What the server is asked before and besides what tools do. */
export async function connect({ host, port, database, user, password, caPem }: PostgresLogin): Promise<Client> {
  const client = new Client({
    host,
    port,
    database,
    user,
    password,
    connectionTimeoutMillis: 15_000,
    application_name: 'cdk-recovery keeper',
    ...(caPem ? { ssl: { ca: caPem } } : {}),
  });
  // a connection that is lost fails what is asked next
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Refused('look', `cannot log in to ${host}:${port}/${database} as ${user}: ${(error as Error).message}`);
  }
  return client;
}

/** Files that tools log in with, in a folder of their own. */
export async function toolLogin(login: PostgresLogin, folder: string): Promise<ToolLogin> {
  if (!login.caPem && !LOCAL.has(login.host) && !login.host.startsWith('/')) {
    throw new Refused('settings', `'caPem' is missing, and ${login.host} is another machine: give the certificates of its authority`);
  }
  const own = await mkdtemp(join(folder, 'login-'));
  const passwords = join(own, 'passwords');
  const ca = join(own, 'ca.pem');
  await writeFile(passwords, `${[login.host, login.port, '*', login.user, login.password].map(escaped).join(':')}\n`, { mode: 0o600 });
  if (login.caPem) {
    await writeFile(ca, login.caPem, { mode: 0o600 });
  }
  return {
    env: {
      PGHOST: login.host,
      PGPORT: String(login.port),
      PGUSER: login.user,
      PGPASSFILE: passwords,
      PGCONNECT_TIMEOUT: '15',
      PGAPPNAME: 'cdk-recovery keeper',
      ...(login.caPem ? { PGSSLMODE: 'verify-full', PGSSLROOTCERT: ca } : { PGSSLMODE: 'prefer' }),
    },
    remove: () => rm(own, { recursive: true, force: true }),
  };
}

function escaped(part: string | number): string {
  return String(part).replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}
