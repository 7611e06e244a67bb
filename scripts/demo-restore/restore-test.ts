import { randomUUID } from 'node:crypto';
import { checkPostgres } from '../../lib/handlers/check-postgres/check-postgres';
import type { EvidenceStore } from '../../lib/handlers/evidence/evidence-store';
import type { EvidenceRecord } from '../../lib/model/evidence';
import { HOUR, MINUTE } from '../../lib/model/time';
import type { CheckSpec, RestoreTest } from '../../lib/model/verification';
import { unpack } from './base-backup';
import type { Certificate } from './certificate';
import type { DemoPlace } from './places';
import { DATABASE } from './sample';
import { type Binaries, startServer } from './server';
import { line, step } from './telling';

const RESOURCE = 'Shop/Database';
const SOURCE = 'arn:aws:rds:ap-northeast-1:123456789012:db:shop';

const CHECKS: readonly CheckSpec[] = [
  { kind: 'connection', name: 'application can log in' },
  { kind: 'row-count', name: 'customers', table: 'sales.customers', tolerance: 0.01 },
  { kind: 'row-count', name: 'orders', table: 'sales.orders', atLeast: 10_000 },
  { kind: 'foreign-keys', name: 'foreign keys' },
  { kind: 'newest-row', name: 'newest order', table: 'sales.orders', column: 'created_at', withinMs: HOUR },
  { kind: 'schema', name: 'schema', tables: [{ name: 'sales.orders' }, { name: 'stock.products' }], extensions: ['pg_trgm'] },
  { kind: 'corruption', name: 'every page and index' },
];

/** What the test has to work with. */
export interface Bench {
  readonly binaries: Binaries;
  readonly certificate: Certificate;
  readonly password: string;
  readonly readerPassword: string;
  readonly place: DemoPlace;
  readonly store: EvidenceStore;
  /** What has to be stopped, however the demo ends. */
  readonly running: { stop(): Promise<void> }[];
}

/** A stored backup. */
export interface StoredBackup {
  readonly key: string;
  readonly madeMs: number;
}

/** Restores a backup onto a server of its own, has the checks of the library look at it, and keeps what they found. */
export async function testRestore({ key, madeMs }: StoredBackup, folder: string, bench: Bench): Promise<EvidenceRecord> {
  const { binaries, certificate, password, place, store } = bench;
  const test: RestoreTest = {
    restoreJobId: randomUUID(),
    planArn: 'demo',
    resourceType: 'RDS',
    sourceArn: SOURCE,
    recoveryPointArn: key,
    vaultArn: 'demo',
    account: '123456789012',
    region: 'ap-northeast-1',
    recoveryPointMs: madeMs,
    startedMs: Date.now(),
  };
  const backup = await step('read the backup', () => place.get(key), size);
  await step('unpack it', (progress) => unpack(backup, folder, progress));
  const restoredMs = Date.now();
  const server = await step(
    'start a server on it',
    () => startServer(binaries, folder, password, certificate),
    ({ port }) => `port ${port}`,
  );
  bench.running.push(server);
  const usableMs = Date.now();
  try {
    const { baselines, comparedWith } = await store.lastVerified(RESOURCE, SOURCE);
    const { results } = await step('look at the data', () =>
      checkPostgres(
        {
          version: 1,
          test,
          target: {
            resourceType: 'RDS',
            arn: 'arn:aws:rds:ap-northeast-1:123456789012:db:restored',
            name: 'restored',
            engine: 'postgres',
            endpoint: { host: '127.0.0.1', port: server.port },
            database: { secretArn: 'demo', database: DATABASE, caPem: certificate.certificate },
          },
          checks: CHECKS,
          baselines,
        },
        {
          now: () => Date.now(),
          remainingMs: () => MINUTE,
          secrets: () => async () => JSON.stringify({ username: 'verifier', password: bench.readerPassword }),
          connections: 2,
        },
      ),
    );
    for (const { status, name, found } of results) {
      line(`${status === 'passed' ? '✓' : '✗'} ${name}: ${found}`);
    }
    const checkedMs = Date.now();
    await step('stop the restored server', () => server.stop());
    return await step('write the evidence', () =>
      store.append({
        resource: RESOURCE,
        rpoMs: HOUR,
        rtoMs: HOUR / 4,
        recoveryPoints: 'latest',
        test: { ...test, restoredMs, createdArn: 'arn:aws:rds:ap-northeast-1:123456789012:db:restored' },
        checks: CHECKS,
        results,
        ...(comparedWith && { comparedWith }),
        usableMs,
        checkedMs,
        cleanUp: { status: 'clean', left: [] },
        concludedMs: Date.now(),
      }),
    );
  } finally {
    await server.stop();
  }
}

/** In words: how large a backup is. */
export function size({ length }: Buffer): string {
  return `${(length / 1_000_000).toFixed(1)} MB`;
}
