import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { checkResource } from '../../lib/handlers/check-resource';
import type { CheckInput, CheckResult, CheckSpec } from '../../lib/model/verification';
import { ACCOUNT, describeWithEmulator, type FaultOptions } from '../emulator/harness';

const REGION = 'ap-northeast-1';
const HOUR = 3_600_000;
const LONG_AGO = Date.now() - 1_000 * HOUR;

jest.setTimeout(120_000);

describeWithEmulator('buckets and tables, over HTTP', (emulator) => {
  const before = { ...process.env };
  const plant = (fault: FaultOptions) => emulator().control.plantFault({ times: 1000, ...fault });

  beforeAll(() => {
    Object.assign(process.env, emulator().env);
  });
  afterAll(() => {
    process.env = before;
  });
  beforeEach(() => emulator().control.reset());

  interface Asked {
    readonly baseline?: unknown;
    readonly point?: string;
    readonly atMs?: number;
    readonly sourceArn?: string;
    readonly maxAttempts?: number;
    readonly throttledMs?: number;
  }

  async function look(check: CheckSpec, arn: string, asked: Asked = {}): Promise<CheckResult> {
    const { baseline, point = 'point-1', atMs = Date.now(), sourceArn = 'arn:aws:s3:::gone', maxAttempts = 2, throttledMs = 0 } = asked;
    const input = {
      version: 1,
      test: { restoreJobId: `job-${point}`, recoveryPointArn: point, recoveryPointMs: atMs, sourceArn },
      target: { resourceType: arn.includes(':s3:') ? 'S3' : 'DynamoDB', arn, name: arn.split(/[:/]/).at(-1) },
      checks: [check],
      baselines: baseline === undefined ? {} : { [check.name]: JSON.parse(JSON.stringify(baseline)) },
    } as unknown as CheckInput;
    const options = {
      clock: { now: () => Date.now(), remainingMs: () => 100_000 },
      patience: { maxAttempts, requestTimeoutMs: 1_500, throttledMs, stepMs: 100 },
    };
    const { results } = await checkResource(input, options);
    expect(results).toHaveLength(1);
    return results[0];
  }

  describe('a bucket', () => {
    const OBJECTS: CheckSpec = { kind: 'objects', name: 'objects', sample: 1_000 };
    const RESTORED = 'awsbackup-restore-test-1';
    const SOURCE = 'shop-photos';
    const arn = `arn:aws:s3:::${RESTORED}`;
    const sourceArn = `arn:aws:s3:::${SOURCE}`;
    const s3 = () => new S3Client(emulator().client());
    const put = (bucket: string, key: string, body: string, tags = 'class=photo') =>
      s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), Tagging: tags }));
    const remove = (key: string, bucket = RESTORED) => s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    const keys = Array.from({ length: 25 }, (_, index) => `photos/${index} é+&.jpg`);

    async function make(bucket: string, wanted: readonly string[] = keys): Promise<void> {
      await s3().send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
      await s3().send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }));
      await Promise.all(wanted.map((key) => put(bucket, key, `content of ${key}`)));
    }

    /** What an earlier test has recorded; the source was written long before. */
    async function recorded(check = OBJECTS): Promise<unknown> {
      await emulator().control.freezeClock(new Date(LONG_AGO));
      await make(SOURCE);
      await emulator().control.freezeClock(new Date());
      await emulator().control.resumeClock();
      await make(RESTORED);
      const first = await look(check, arn, { sourceArn, atMs: Date.now() - 100 * HOUR });
      expect(first).toMatchObject({ status: 'passed' });
      return first.baseline;
    }

    test('passes with its objects read and verified by their own checksums, and records them', async () => {
      await make(RESTORED);
      const result = await look({ ...OBJECTS, atLeast: 25 } as CheckSpec, arn);
      expect(result).toMatchObject({ status: 'passed', found: '25 objects; 25 read, all verified by a checksum of S3' });
      expect(result.baseline).toMatchObject({ count: 25, prefix: '' });
      expect((result.baseline as { objects: object[] }).objects).toHaveLength(25);
    });

    test('is counted below a prefix', async () => {
      await make(RESTORED, [...keys, 'other/1']);
      const check = (prefix: string, exactly: number): CheckSpec => ({ kind: 'objects', name: prefix, prefix, exactly, sample: 0 });
      expect(await look(check('other/', 1), arn)).toMatchObject({ status: 'passed', found: '1 object' });
      expect(await look(check('photos/', 24), arn)).toMatchObject({ status: 'failed', found: '25 objects' });
    });

    test('fails empty, unless it has to be', async () => {
      await make(RESTORED, []);
      expect(await look(OBJECTS, arn)).toMatchObject({ status: 'failed', found: '0 objects' });
      expect(await look({ ...OBJECTS, tolerance: 1 } as CheckSpec, arn)).toMatchObject({ status: 'failed' });
      expect(await look({ ...OBJECTS, exactly: 0 } as CheckSpec, arn)).toMatchObject({ status: 'passed' });
    });

    test('fails where every object is empty', async () => {
      await make(RESTORED, []);
      await put(RESTORED, 'a', '');
      await put(RESTORED, 'b', '');
      expect(await look(OBJECTS, arn)).toMatchObject({ status: 'failed', found: expect.stringMatching(/each of them is empty/) });
    });

    test.each([
      ['an object is missing', () => remove(keys[3]), /is missing, while the source still has it/],
      ['an object is emptied', () => put(RESTORED, keys[3], ''), /is empty, it had \d+ bytes, while the source/],
      ['an object has another content', () => put(RESTORED, keys[3], 'other'), /has another content, while the source/],
      [
        'an object has other tags',
        () =>
          s3().send(new PutObjectTaggingCommand({ Bucket: RESTORED, Key: keys[3], Tagging: { TagSet: [{ Key: 'class', Value: 'x' }] } })),
        /has other tags, while the source/,
      ],
    ])('fails where %s that was recorded', async (_what, damage, found) => {
      const baseline = await recorded();
      await damage();
      const result = await look(OBJECTS, arn, { baseline, sourceArn, point: 'point-2' });
      expect(result).toMatchObject({ status: 'failed', found: expect.stringMatching(found) });
      expect(result.details).toEqual([expect.stringContaining(keys[3])]);
    });

    test('fails where versions of an object are missing', async () => {
      await make(SOURCE, []);
      await make(RESTORED, ['a']);
      await put(RESTORED, 'a', 'content of a');
      const { baseline } = await look(OBJECTS, arn, { sourceArn });
      const other = 'awsbackup-restore-test-2';
      await make(other, ['a']);
      const result = await look(OBJECTS, `arn:aws:s3:::${other}`, { baseline, point: 'point-2' });
      expect(result).toMatchObject({ status: 'failed', found: expect.stringMatching(/a has 1 version, it had 2; the source cannot tell/) });
    });

    test('fails where 1 % of the objects is missing', async () => {
      const many = Array.from({ length: 200 }, (_, index) => `${index}`);
      await make(RESTORED, many);
      const check: CheckSpec = { kind: 'objects', name: 'objects', tolerance: 0.005, sample: 0 };
      const { baseline } = await look(check, arn);
      await remove('7');
      expect(await look(check, arn, { baseline })).toMatchObject({ status: 'passed' });
      await remove('8');
      expect(await look(check, arn, { baseline })).toMatchObject({
        status: 'failed',
        found: '198 objects, 200 objects in the last verified test (-1 %)',
      });
    });

    test('passes where an object has changed or gone in the source, too', async () => {
      const baseline = await recorded();
      await Promise.all([SOURCE, RESTORED].map((bucket) => put(bucket, keys[3], 'newer')));
      await Promise.all([SOURCE, RESTORED].map((bucket) => remove(keys[4], bucket)));
      await Promise.all(
        [SOURCE, RESTORED].map((bucket) =>
          s3().send(new PutObjectTaggingCommand({ Bucket: bucket, Key: keys[5], Tagging: { TagSet: [{ Key: 'class', Value: 'x' }] } })),
        ),
      );
      expect(await look(OBJECTS, arn, { baseline, sourceArn, point: 'point-2' })).toMatchObject({
        status: 'passed',
        found: expect.stringMatching(/25 objects compared with the last verified test, 3 changed in the source too/),
      });
    });

    test('fails where an object has changed and the source is gone, unless so many may differ', async () => {
      const baseline = await recorded();
      await put(RESTORED, keys[3], 'other');
      expect(await look(OBJECTS, arn, { baseline, point: 'point-2' })).toMatchObject({
        status: 'failed',
        found: expect.stringMatching(/1 differs \(4 %\).*has another content; the source cannot tell/),
      });
      expect(await look({ ...OBJECTS, tolerance: 0.04 } as CheckSpec, arn, { baseline, point: 'point-2' })).toMatchObject({
        status: 'passed',
      });
    });

    test.each([
      ['throttle', 'ListObjectsV2', /the objects cannot be listed: too many requests/],
      ['accessDenied', 'ListObjectsV2', /the objects cannot be listed: the function may not do it/],
      ['hang', 'ListObjectsV2', /the objects cannot be listed: no answer/],
      ['throttle', 'GetObject', /cannot be read: too many requests/],
      ['accessDenied', 'GetObject', /cannot be read: the function may not do it/],
      ['accessDenied', 'GetObjectTagging', /the tags of .* cannot be read: the function may not do it/],
      ['internalError', 'ListObjectVersions', /the versions of .* cannot be listed: InternalError/],
    ] as const)('is not judged with %s of %s', async (kind, operation, found) => {
      await make(RESTORED);
      await plant({ kind, service: 's3', operation });
      expect(await look(OBJECTS, arn)).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    });

    test('that is not there is not judged', async () => {
      expect(await look(OBJECTS, arn)).toMatchObject({ status: 'unable', found: 'the objects cannot be listed: NoSuchBucket' });
    });

    test('waits for a service that is throttled for a while', async () => {
      await make(RESTORED);
      await plant({ kind: 'throttle', service: 's3', operation: 'GetObject', times: 3 });
      expect(await look(OBJECTS, arn, { maxAttempts: 6 })).toMatchObject({ status: 'passed' });
    });

    test('raises no false alarm in 25 tests of a bucket that lives', async () => {
      let baseline = await recorded({ ...OBJECTS, sample: 4 } as CheckSpec);
      for (let round = 0; round < 25; round += 1) {
        await Promise.all([SOURCE, RESTORED].map((bucket) => put(bucket, keys[round % 25], `content of round ${round}`)));
        const check: CheckSpec = { kind: 'objects', name: 'objects', atLeast: 25, tolerance: 0, sample: 4 };
        const result = await look(check, arn, { baseline, sourceArn, point: `point-${round}` });
        expect(result).toMatchObject({ status: 'passed' });
        ({ baseline } = result);
      }
    });
  });

  describe('a table', () => {
    const ITEMS: CheckSpec = { kind: 'items', name: 'items', sample: 1_000 };
    const RESTORED = 'awsbackup-restore-test-orders';
    const SOURCE = 'orders';
    const arnOf = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
    const arn = arnOf(RESTORED);
    const sourceArn = arnOf(SOURCE);
    const client = () => new DynamoDBClient(emulator().client());
    const itemOf = (index: number, note = 'usual') => ({
      customer: { S: `customer ${index % 7}` },
      number: { N: `${index}` },
      note: { S: note },
      parts: { SS: ['b', 'a'] },
      photo: { B: new Uint8Array([index]) },
    });
    const put = (table: string, index: number, note?: string) =>
      client().send(new PutItemCommand({ TableName: table, Item: itemOf(index, note) }));
    const remove = (table: string, index: number) => {
      const { customer, number } = itemOf(index);
      return client().send(new DeleteItemCommand({ TableName: table, Key: { customer, number } }));
    };
    const schema: Partial<CreateTableCommandInput> = {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'customer', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
        { AttributeName: 'note', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'customer', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'by-note', KeySchema: [{ AttributeName: 'note', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
      ],
    };
    const WITHOUT_INDEX = {
      AttributeDefinitions: schema.AttributeDefinitions?.slice(0, 2),
      GlobalSecondaryIndexes: undefined,
    };

    async function make(name: string, changes: Partial<CreateTableCommandInput> = {}, count = 40): Promise<void> {
      await client().send(new CreateTableCommand({ ...schema, ...changes, TableName: name } as CreateTableCommandInput));
      await Promise.all(Array.from({ length: count }, (_, index) => put(name, index)));
    }

    async function recorded(): Promise<unknown> {
      await make(SOURCE);
      await make(RESTORED);
      const first = await look(ITEMS, arn, { sourceArn });
      expect(first).toMatchObject({
        status: 'passed',
        found: expect.stringMatching(/^40 items; key customer HASH S, number RANGE N and 1 index; 40 read/),
      });
      return first.baseline;
    }

    test('passes with its items counted and read, and records no value of them', async () => {
      const baseline = await recorded();
      expect(JSON.stringify(baseline)).not.toMatch(/customer \d|usual/);
      expect(await look({ ...ITEMS, exactly: 40 } as CheckSpec, arn, { baseline, sourceArn, point: 'point-2' })).toMatchObject({
        status: 'passed',
        found: expect.stringMatching(/40 items compared with the last verified test$/),
      });
    });

    test('is counted without being read where no sample is asked for', async () => {
      await make(RESTORED);
      expect(await look({ kind: 'items', name: 'items', sample: 0, exactly: 40 }, arn, { sourceArn })).toMatchObject({ status: 'passed' });
      const scans = await emulator().control.requests({ operation: 'Scan' });
      expect(scans.every(({ params }) => params.Select === 'COUNT')).toBe(true);
    });

    test('fails empty', async () => {
      await make(RESTORED, {}, 0);
      expect(await look(ITEMS, arn, { sourceArn })).toMatchObject({ status: 'failed', found: expect.stringMatching(/^0 items/) });
    });

    test('fails where items are missing from the count', async () => {
      await make(RESTORED, {}, 200);
      const check: CheckSpec = { kind: 'items', name: 'items', tolerance: 0.005, sample: 0 };
      const { baseline } = await look(check, arn);
      await Promise.all([remove(RESTORED, 3), remove(RESTORED, 4)]);
      expect(await look(check, arn, { baseline })).toMatchObject({
        status: 'failed',
        found: expect.stringMatching(/^198 items, 200 items in the last verified test/),
      });
    });

    test.each([
      ['without its index', WITHOUT_INDEX, /the index by-note is missing/],
      [
        'with another key',
        {
          KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' as const }],
          ...WITHOUT_INDEX,
          AttributeDefinitions: schema.AttributeDefinitions?.slice(0, 1),
        },
        /its key is customer HASH S, not customer HASH S, number RANGE N/,
      ],
      [
        'with an index of another projection',
        {
          GlobalSecondaryIndexes: [
            {
              IndexName: 'by-note',
              KeySchema: [{ AttributeName: 'note', KeyType: 'HASH' as const }],
              Projection: { ProjectionType: 'KEYS_ONLY' as const },
            },
          ],
        },
        /the index by-note is global note HASH S KEYS_ONLY, not global note HASH S ALL/,
      ],
    ])('fails %s, by its source and by what was recorded', async (_what, changes, found) => {
      const baseline = await recorded();
      await client().send(new DeleteTableCommand({ TableName: RESTORED }));
      await make(RESTORED, changes);
      const bySource = await look({ ...ITEMS, sample: 0 } as CheckSpec, arn, { sourceArn });
      expect(bySource).toMatchObject({ status: 'failed', found: expect.stringMatching(found) });
      const byRecord = await look({ ...ITEMS, sample: 0 } as CheckSpec, arn, { baseline, sourceArn: arnOf('gone') });
      expect(byRecord).toMatchObject({ status: 'failed', found: expect.stringMatching(found) });
    });

    test('passes where its source has lost the index, too', async () => {
      const baseline = await recorded();
      for (const name of [RESTORED, SOURCE]) {
        await client().send(new DeleteTableCommand({ TableName: name }));
        await make(name, WITHOUT_INDEX);
      }
      expect(await look(ITEMS, arn, { baseline, sourceArn })).toMatchObject({ status: 'passed' });
    });

    test('fails where an item has changed, but not in the source', async () => {
      const baseline = await recorded();
      await put(RESTORED, 3, 'changed');
      const result = await look(ITEMS, arn, { baseline, sourceArn, point: 'point-2' });
      expect(result).toMatchObject({ status: 'failed', found: expect.stringMatching(/has other values, while the source still has it/) });
      expect(JSON.stringify(result)).not.toMatch(/changed"|customer \d/);
    });

    test('fails where an item is missing, unless so many may', async () => {
      const baseline = await recorded();
      await remove(RESTORED, 3);
      expect(await look(ITEMS, arn, { baseline, sourceArn, point: 'point-2' })).toMatchObject({
        status: 'failed',
        found: expect.stringMatching(/is missing; the source cannot tell/),
      });
      expect(await look({ ...ITEMS, tolerance: 0.05 } as CheckSpec, arn, { baseline, sourceArn, point: 'point-2' })).toMatchObject({
        status: 'passed',
      });
    });

    test.each([
      ['throttle', 'Scan', /the table cannot be read: too many requests/],
      ['accessDenied', 'Scan', /the table cannot be read: the function may not do it/],
      ['hang', 'Scan', /the table cannot be read: no answer/],
      ['accessDenied', 'DescribeTable', /the table cannot be described: the function may not do it/],
      ['accessDenied', 'GetItem', /an item cannot be read: the function may not do it/],
    ] as const)('is not judged with %s of %s', async (kind, operation, found) => {
      await make(RESTORED);
      await plant({ kind, service: 'dynamodb', operation });
      expect(await look(ITEMS, arn)).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    });

    test('waits for a table of little capacity', async () => {
      await make(RESTORED);
      await plant({ kind: 'throttle', service: 'dynamodb', operation: 'Scan', code: 'ProvisionedThroughputExceededException', times: 3 });
      expect(await look(ITEMS, arn, { maxAttempts: 1, throttledMs: 20_000 })).toMatchObject({ status: 'passed' });
    });

    test('raises no false alarm in 25 tests of a table that lives', async () => {
      let baseline = await recorded();
      for (let round = 0; round < 25; round += 1) {
        await Promise.all([SOURCE, RESTORED].map((table) => put(table, round % 40, `round ${round}`)));
        await Promise.all([SOURCE, RESTORED].map((table) => put(table, 40 + round)));
        const check: CheckSpec = { kind: 'items', name: 'items', atLeast: 40, tolerance: 0.1, sample: 5 };
        const result = await look(check, arn, { baseline, sourceArn, point: `point-${round}` });
        expect(result).toMatchObject({ status: 'passed' });
        ({ baseline } = result);
      }
    });
  });
});
