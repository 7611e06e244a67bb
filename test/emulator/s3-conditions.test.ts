import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { describeWithEmulator } from './harness';
import { callService } from './raw-client';

const Bucket = 'conditions';

jest.setTimeout(60_000);

/** What S3 documents of writes on conditions, in a bucket with versions. */
describeWithEmulator('conditional writes of S3', (emulator) => {
  let s3: S3Client;

  beforeAll(async () => {
    s3 = new S3Client(emulator().client());
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' } }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  });

  const put = (Key: string, Body: string, condition: { IfMatch?: string; IfNoneMatch?: string }) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...condition })).then(
      ({ ETag }) => ETag,
      ({ name }: Error) => name,
    );
  const bodyOf = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

  test('of many who create the same object at once, one succeeds', async () => {
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => put(`new-${round}`, String(index), { IfNoneMatch: '*' })));
      expect(answers.filter((answer) => answer !== 'PreconditionFailed')).toHaveLength(1);
      const winner = answers.findIndex((answer) => answer !== 'PreconditionFailed');
      await expect(bodyOf(`new-${round}`)).resolves.toBe(String(winner));
    }
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'new-' }));
    expect(Versions).toHaveLength(5);
  });

  test('of several who create the same large object at once, which takes its time, one succeeds', async () => {
    const headers = { 'if-none-match': '*', 'x-amz-sdk-checksum-algorithm': 'SHA256' };
    const body = 'x'.repeat(8_000_000);
    const request = { service: 's3', region: 'ap-northeast-1', method: 'PUT', path: `/${Bucket}/large`, headers, body };
    const answers = await Promise.all(Array.from({ length: 4 }, () => callService(emulator(), request)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  test('of many who replace the same version at once, one succeeds', async () => {
    const first = await put('counter', 'first', { IfNoneMatch: '*' });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => put('counter', `then ${index}`, { IfMatch: first })));
    expect(answers.filter((answer) => answer !== 'PreconditionFailed')).toHaveLength(1);
  });

  test('what is not there cannot be replaced, and what was deleted can be created again', async () => {
    await expect(put('nowhere', 'x', { IfMatch: '"0123"' })).resolves.toBe('NoSuchKey');
    const written = await put('again', 'x', { IfNoneMatch: '*' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'again' }));
    await expect(put('again', 'y', { IfMatch: written })).resolves.toBe('NoSuchKey');
    await expect(put('again', 'z', { IfNoneMatch: '*' })).resolves.toMatch(/^"/);
  });
});
