import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { bucketStore } from '../../lib/handlers/evidence/bucket';
import { EvidenceStore } from '../../lib/handlers/evidence/evidence-store';
import { RunStore } from '../../lib/handlers/evidence/run-store';
import { objectsOf } from '../../lib/handlers/recover/aws-objects';
import type { SigningClients } from '../../lib/handlers/recover/signed-call';
import { type ConcludedTest, readHead, verifyChain } from '../../lib/model/evidence';
import { describeWithEmulator, type FaultOptions } from '../emulator/harness';
import { chainOf, weekly } from '../model/evidence/evidence';
import { quarterly } from '../model/evidence/runs';

jest.setTimeout(120_000);

let buckets = 0;

/** The store over HTTP, in a bucket that keeps every version under a lock. */
describeWithEmulator('evidence in S3', (emulator) => {
  let Bucket: string;
  let s3: S3Client;
  const FOLDER = 'evidence/orders/';

  beforeEach(async () => {
    await emulator().control.healFaults();
    Bucket = `evidence-${++buckets}`;
    s3 = new S3Client(emulator().client());
    await s3.send(
      new CreateBucketCommand({
        Bucket,
        ObjectLockEnabledForBucket: true,
        CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' },
      }),
    );
    await s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 3 } } },
      }),
    );
  });

  /** A store with a client of its own, as each execution has one. */
  const store = (maxAttempts = 3, requestTimeout = 5_000): EvidenceStore => {
    const requestHandler = { requestTimeout, connectionTimeout: requestTimeout, throwOnRequestTimeout: true };
    const client = new S3Client({ ...emulator().client(), maxAttempts, requestHandler });
    return new EvidenceStore(bucketStore(client, Bucket), { prefix: 'evidence/', verification: 'orders' });
  };
  const plant = (fault: Partial<FaultOptions>) => emulator().control.plantFault({ kind: 'throttle', service: 's3', ...fault });
  const findings = async (folder = FOLDER) => {
    const files = new Map<string, string>();
    for await (const Key of bucketStore(s3, Bucket).list(folder)) {
      files.set(Key.slice(folder.length), (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '');
    }
    // what they compared with is nothing that these tests ask for
    const found = verifyChain(chainOf(files, readHead)).filter(({ kind }) => kind !== 'baseline');
    return found.map(({ severity, kind, name }) => `${severity} ${kind} ${name}`);
  };
  const versionsOf = async (Prefix: string) => {
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
    return Versions.length;
  };
  const appended = (...tests: readonly ConcludedTest[]) => Promise.all(tests.map((test) => store().append(test)));

  test('the agent of a recovery, which calls S3 without its client, chains each run once, whoever else writes', async () => {
    const { endpoint, region, credentials } = emulator().client();
    const before = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = String(endpoint);
    try {
      const clients = { region, dynamodb: { config: { credentials: async () => credentials } } } as unknown as SigningClients;
      const runs = () => new RunStore(objectsOf(clients, Bucket), 'recovery/Orders/');
      await Promise.all([1, 1, 2, 2, 3].map((quarter) => runs().append(quarterly(quarter))));
      await runs().append(quarterly(2, { concludedMs: 1 }));
      expect(await findings('recovery/Orders/')).toEqual([]);
      expect(await versionsOf('recovery/Orders/records/')).toBe(3);
    } finally {
      if (before === undefined) {
        delete process.env.AWS_ENDPOINT_URL;
      } else {
        process.env.AWS_ENDPOINT_URL = before;
      }
    }
  });

  test('twelve executions at once, each test twice, leave one chain with each test once, and every record has one version', async () => {
    await appended(...[1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6].map((week) => weekly(week)));
    expect(await findings()).toEqual([]);
    expect(await versionsOf(`${FOLDER}records/`)).toBe(6);
    expect(await versionsOf(`${FOLDER}head.json`)).toBe(6);
  });

  test('a record is under the lock of the bucket, and served as what it is', async () => {
    await appended(weekly(1));
    const page = await s3.send(new GetObjectCommand({ Bucket, Key: `${FOLDER}pages/00000001.html` }));
    expect(page).toMatchObject({ ContentType: 'text/html; charset=utf-8', ObjectLockMode: 'COMPLIANCE' });
    const record = await s3.send(new GetObjectCommand({ Bucket, Key: `${FOLDER}records/00000001.json` }));
    expect(record).toMatchObject({ ContentType: 'application/json', ObjectLockMode: 'COMPLIANCE' });
  });

  test.each<[string, Partial<FaultOptions>]>([
    ['throttling', { operation: 'PutObject', times: 2, code: 'SlowDown' }],
    ['a service that is not available', { kind: 'unavailable', operation: 'PutObject', times: 2 }],
    ['an internal error while reading', { kind: 'internalError', operation: 'GetObject', times: 2 }],
    ['a conflict of two writers', { operation: 'PutObject', times: 3, code: 'ConditionalRequestConflict' }],
  ])('passes over %s', async (_case, fault) => {
    await appended(weekly(1));
    await plant(fault);
    await store(4).append(weekly(2));
    expect(await findings()).toEqual([]);
    expect(await emulator().control.requests({ fault: fault.kind ?? 'throttle' })).not.toEqual([]);
  });

  test.each<[string, Partial<FaultOptions>, RegExp]>([
    ['throttling without end', { operation: 'PutObject', code: 'SlowDown' }, /Rate exceeded/],
    ['denied writing', { kind: 'accessDenied', operation: 'PutObject' }, /not authorized/],
    ['denied reading', { kind: 'accessDenied', operation: 'GetObject' }, /not authorized/],
    ['conflicts without end', { operation: 'PutObject', code: 'ConditionalRequestConflict' }, /Rate exceeded/],
    [
      'a service that does not answer',
      { kind: 'hang', operation: 'GetObject', delayMs: 3_000 },
      /timed out|timeout|aborted|requestTimeout/i,
    ],
  ])('fails for %s, and the next attempt finds the chain as it was', async (_case, fault, message) => {
    await appended(weekly(1));
    await plant({ ...fault, times: 10_000 });
    await expect(store(2, 300).append(weekly(2))).rejects.toThrow(message);
    if (fault.operation === 'GetObject') {
      await expect(store(2, 300).lastVerified('Orders/Database', weekly(1).test.sourceArn)).rejects.toThrow(message);
      await expect(store(2, 300).find(weekly(1).test.restoreJobId)).rejects.toThrow(message);
    }
    await emulator().control.healFaults();
    await store().append(weekly(2));
    expect(await findings()).toEqual([]);
  });

  test('an answer that is lost after the record was written makes no second record', async () => {
    await appended(weekly(1));
    const lossy = new S3Client({
      ...emulator().client(),
      maxAttempts: 3,
      requestHandler: { requestTimeout: 400, throwOnRequestTimeout: true },
    });
    // S3 has written when the answer comes too late: the client sends again what is already there
    let lost = 0;
    lossy.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        const { Key } = args.input as { readonly Key?: string };
        if (Key?.includes('/records/') && 'Body' in args.input && lost++ === 0) {
          throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $retryable: {} });
        }
        return answer;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const record = await new EvidenceStore(bucketStore(lossy, Bucket), { prefix: 'evidence/', verification: 'orders' }).append(weekly(2));
    expect({ lost, sequence: record.sequence }).toEqual({ lost: 2, sequence: 2 });
    expect(await findings()).toEqual([]);
    expect(await versionsOf(`${FOLDER}records/`)).toBe(2);
  });

  test('a crash between the record and the head is put right by the next test', async () => {
    await appended(weekly(1));
    const crashing = new S3Client({ ...emulator().client(), maxAttempts: 1 });
    crashing.middlewareStack.add(
      (next) => (args) => {
        if ((args.input as { readonly IfMatch?: string }).IfMatch !== undefined) {
          throw new Error('the machine is gone');
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    await expect(
      new EvidenceStore(bucketStore(crashing, Bucket), { prefix: 'evidence/', verification: 'orders' }).append(weekly(2)),
    ).rejects.toThrow('the machine is gone');
    expect(await findings()).toEqual(['note head head.json', expect.stringMatching(/^note pointer verified/)]);
    await expect(store().find(weekly(2).test.restoreJobId)).resolves.toMatchObject({ sequence: 2 });
    await appended(weekly(3));
    expect(await findings()).toEqual([]);
  });

  test('a last record that somebody deletes is missed, though S3 would let its name be used again', async () => {
    await appended(weekly(1));
    await appended(weekly(2));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: `${FOLDER}records/00000002.json` }));
    await appended(weekly(3));
    expect(await findings()).toEqual(['fault missing records/00000002.json']);
  });

  test('half of a record that somebody put into the next place is followed, and named', async () => {
    await appended(weekly(1));
    await s3.send(new PutObjectCommand({ Bucket, Key: `${FOLDER}records/00000002.json`, Body: '{"version": 1, "seq' }));
    await appended(weekly(3));
    expect(await findings()).toEqual(['fault unreadable records/00000002.json']);
  });

  test('the keys that are written are all below the prefix', async () => {
    await appended(weekly(1));
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.every(({ Key }) => Key?.startsWith(FOLDER))).toBe(true);
  });
});
