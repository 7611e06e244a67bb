// The whole path of a restore test on this machine: a real server, a real backup, a disaster, a restore, the checks of the library, a
// verdict, and evidence that nobody can change unnoticed. First with a backup that is good, then with one that is not.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { evidenceIn, formatChains } from '../../bin/commands/evidence';
import { EvidenceStore } from '../../lib/handlers/evidence/evidence-store';
import { type EvidenceRecord, spanWords } from '../../lib/model/evidence';
import { baseBackup } from './base-backup';
import { certificateForLocalhost } from './certificate';
import { type DemoPlace, openPlace } from './places';
import { type Bench, type StoredBackup, size, testRestore } from './restore-test';
import { fileOfPayments, fill, orphan } from './sample';
import { findPostgres, initialise, type Server, startServer } from './server';
import { heading, line, soFar, step } from './telling';

const PAGE = 8_192;
const WIDTH = 110;

async function main(): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const root = mkdtempSync(join(tmpdir(), 'demo-restore-'));
  chmodSync(root, 0o755);
  const running: { stop(): Promise<void> }[] = [];
  // what was started ends with the process; see startServer()
  const interrupted = (): void => {
    process.once('exit', () => removeSoon(root));
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await play(root, running);
  } finally {
    await end(running, root);
  }
}

/** Servers that were told to end may write for a moment yet. */
function removeSoon(folder: string): void {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

async function end(running: readonly { stop(): Promise<void> }[], root: string): Promise<void> {
  await Promise.all(running.map((each) => each.stop().catch(() => undefined)));
  for (const folder of ['primary', 'restored-1', 'restored-2', 'kept/backups']) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
}

async function play(root: string, running: { stop(): Promise<void> }[]): Promise<void> {
  const started = <T extends { stop(): Promise<void> }>(each: T): T => {
    running.push(each);
    return each;
  };
  heading('A shop and its backups');
  const [password, readerPassword] = [randomBytes(18).toString('hex'), randomBytes(18).toString('hex')];
  const certificate = certificateForLocalhost(Date.now());
  const binaries = await step(
    'find a PostgreSQL server',
    () => findPostgres(),
    ({ words }) => words,
  );
  const kept = join(root, 'kept');
  const place = started(
    await step(
      'open a place for backups and evidence',
      () => openPlace(kept),
      ({ words }) => words,
    ),
  );
  const primary = started(
    await step('start the server of the shop', () => {
      initialise(binaries, join(root, 'primary'), password, certificate);
      return startServer(binaries, join(root, 'primary'), password, certificate);
    }),
  );
  await step(
    'fill it',
    (progress) => fill(primary, readerPassword, progress),
    (rows) => `24 tables, ${rows.toLocaleString('en-US')} rows`,
  );
  const good = await backUp('a backup', 'monday', primary, place);
  await step(
    'a bug deletes customers, and nobody looks for their orders',
    () => orphan(primary),
    (count) => `${count} customers`,
  );
  const file = await fileOfPayments(primary);
  const bad = await backUp('the next backup, of which a disk spoils a page', 'tuesday', primary, place, (name, bytes) => {
    if (name === file) {
      bytes.fill(0xa5, 3 * PAGE + 100, 3 * PAGE + 400);
    }
  });
  await step('the server of the shop is lost', async () => {
    await primary.stop();
    rmSync(primary.folder, { recursive: true, force: true });
  });

  const store = new EvidenceStore(place.evidence, { prefix: 'evidence', verification: 'demo' });
  const bench: Bench = { binaries, certificate, password, readerPassword, place, store, running };
  heading('A restore test of the first backup');
  tell(await testRestore(good, join(root, 'restored-1'), bench));
  heading('A restore test of the second backup');
  tell(await testRestore(bad, join(root, 'restored-2'), bench));

  heading('The evidence');
  const copy = join(root, 'evidence');
  await step(
    'download it',
    () => download(place, copy),
    () => copy,
  );
  await list(copy);
  const record = join(copy, 'demo/records/00000002.json');
  const before = readFileSync(record, 'utf8');
  await step("somebody makes 'FAILED' a 'SUCCESSFUL' in the copy", () => writeFileSync(record, before.replace('"FAILED"', '"SUCCESSFUL"')));
  await list(copy);
  writeFileSync(record, before);
  heading(`Done in ${soFar()}. Pages to look at: ${join(copy, 'demo/pages')}`);
}

async function backUp(
  text: string,
  name: string,
  server: Server,
  place: DemoPlace,
  damage?: (name: string, bytes: Buffer) => void,
): Promise<StoredBackup> {
  const key = `backups/${name}.base.gz`;
  const backup = await step(`make ${text}`, (progress) => baseBackup(server, progress, damage), size);
  await step('store it', () => place.put(key, backup));
  return { key, madeMs: Date.now() };
}

function tell({ verdict, achieved: { recoveryPoint, recoveryTime } }: EvidenceRecord): void {
  heading(`  ${verdict.status}`);
  for (const { words } of verdict.reasons) {
    line(words);
  }
  line(
    `recovery point ${spanWords(recoveryPoint.ms ?? 0)} (promised 1 h: ${recoveryPoint.outcome}), recovery time ${spanWords(recoveryTime.ms ?? 0)} (promised 15 min: ${recoveryTime.outcome})`,
  );
}

async function download({ evidence }: DemoPlace, folder: string): Promise<void> {
  for await (const key of evidence.list('evidence/')) {
    const path = join(folder, key.slice('evidence/'.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, (await evidence.read(key))?.bytes ?? '');
  }
}

async function list(folder: string): Promise<void> {
  const chains = await evidenceIn(folder, () => undefined);
  process.stdout.write(`\n${formatChains(chains, 'text', Math.max(WIDTH, process.stdout.columns ?? 0), Number.POSITIVE_INFINITY)}\n\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`demo:restore: ${error.message}\n`);
  process.exitCode = 1;
});
