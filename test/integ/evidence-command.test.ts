import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { buildSync } from 'esbuild';
import { bucketStore } from '../../lib/handlers/evidence/bucket';
import { EvidenceStore } from '../../lib/handlers/evidence/evidence-store';
import { describeWithEmulator } from '../emulator/harness';
import { ROOT } from '../harness/sources';
import { concluded, weekly } from '../model/evidence/evidence';

jest.setTimeout(60_000);

/** `npx cdk-recovery evidence s3://...`, as it is published, against a bucket with versions. */
describeWithEmulator('the command evidence against S3', (emulator) => {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  const bundle = join(folder, 'cli.js');
  const Bucket = 'evidence';
  const FOLDER = 'restores/orders/';
  let s3: S3Client;

  beforeAll(() => {
    buildSync({ entryPoints: [join(ROOT, 'bin/cdk-recovery.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    await emulator().control.reset();
    s3 = new S3Client(emulator().client());
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' } }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const store = new EvidenceStore(bucketStore(s3, Bucket), { prefix: 'restores', verification: 'orders' });
    for (const week of [1, 2, 3]) {
      const { comparedWith } = await store.lastVerified(concluded.resource, concluded.test.sourceArn);
      await store.append(weekly(week, { comparedWith }));
    }
  });

  const run = (...args: string[]) =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [bundle, 'evidence', ...args], { env: { PATH: process.env.PATH, ...emulator().env } });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
  const textOf = async (Key: string) => (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

  test.each(['s3://evidence', 's3://evidence/restores', 's3://evidence/restores/orders/'])('%s is read, and in order', async (place) => {
    const { status, stdout, stderr } = await run(place);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain("'orders': 3 tests, 3 successful; the chain is as it was written");
  });

  test('a record that was deleted is missed', async () => {
    await s3.send(new DeleteObjectCommand({ Bucket, Key: `${FOLDER}records/00000002.json` }));
    const { status, stdout } = await run('s3://evidence');
    expect(status).toBe(1);
    expect(stdout).toMatch(/fault +missing +records\/00000002\.json is missing: record 3 tells/);
    expect(stdout).toMatch(/fault +missing +records\/00000002\.json was deleted: the bucket has its former version/);
  });

  test('a chain that was written anew from its first record to its head, so that all fits, is told by the versions', async () => {
    const other = new EvidenceStore(bucketStore(s3, Bucket), { prefix: 'forged', verification: 'orders' });
    for (const week of [1, 2, 3]) {
      await other.append(weekly(week, { resource: 'Orders/Other' }));
    }
    const names = ['records', 'pages'].flatMap((part) =>
      [1, 2, 3].flatMap((place) => (part === 'records' ? ['json'] : ['html', 'md']).map((end) => `${part}/0000000${place}.${end}`)),
    );
    for (const name of [...names, 'head.json']) {
      await put(FOLDER + name, await textOf(`forged/orders/${name}`));
    }
    const { status, stdout } = await run('s3://evidence/restores');
    expect(status).toBe(1);
    expect(stdout.match(/fault +changed +records\/0000000\d\.json was written 2 times/g)).toHaveLength(3);
  });

  test('who may not list versions is told of the chain alone', async () => {
    await emulator().control.plantFault({ kind: 'accessDenied', service: 's3', operation: 'ListObjectVersions', code: 'AccessDenied' });
    expect(await run('s3://evidence')).toMatchObject({ status: 0, stderr: '' });
  });

  test.each<[string, string, object, RegExp]>([
    ['a bucket that is not there', 's3://nowhere', {}, /could not read 's3:\/\/nowhere': NoSuchBucket/],
    ['a prefix without evidence', 's3://evidence/elsewhere', {}, /there is no evidence below 's3:\/\/evidence\/elsewhere'/],
    [
      'denied access to the list',
      's3://evidence',
      { kind: 'accessDenied', operation: 'ListObjectsV2' },
      /could not read 's3:\/\/evidence': AccessDenied/,
    ],
    [
      'denied access to a record',
      's3://evidence',
      { kind: 'accessDenied', operation: 'GetObject' },
      /could not read 's3:\/\/evidence': AccessDenied/,
    ],
    [
      'versions that cannot be listed',
      's3://evidence',
      { kind: 'throttle', operation: 'ListObjectVersions', code: 'SlowDown', times: 50 },
      /SlowDown/,
    ],
  ])('fails for %s', async (_case, place, fault, message) => {
    if ('kind' in fault) {
      await emulator().control.plantFault({ service: 's3', code: 'AccessDenied', ...fault } as never);
    }
    const { status, stdout, stderr } = await run(place);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim()).not.toContain('\n');
  });
});
