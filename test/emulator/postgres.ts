import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DescribeDBInstancesCommand, type Endpoint, type RDSClient } from '@aws-sdk/client-rds';

/** Why no PostgreSQL server can run here, or undefined when one can. */
export function whyNoPostgres(): string | undefined {
  const { PGBIN } = process.env;
  const missing = [PGBIN ? join(PGBIN, 'initdb') : 'initdb', 'psql'].filter((command) => spawnSync(command, ['--version']).status !== 0);
  return missing.length === 0 ? undefined : `needs ${missing.join(' and ')} on PATH, or the server in PGBIN: apt install postgresql`;
}

/** Where an instance of the emulator takes connections. */
export async function endpointOf(rds: RDSClient, instance: string): Promise<Endpoint> {
  const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
  return DBInstances![0].Endpoint!;
}

/** What the database `shop` answers to its user `app`, or an error that says why not. */
export function psql({ Address, Port }: Endpoint, query: string, password = 'secret123'): string {
  const done = spawnSync('psql', ['-XqAt', '-h', Address!, '-p', String(Port), '-U', 'app', '-d', 'shop', '-c', query], {
    encoding: 'utf8',
    env: { ...process.env, PGPASSWORD: password },
  });
  if (done.status !== 0) {
    throw new Error(done.stderr);
  }
  return done.stdout.trim();
}
