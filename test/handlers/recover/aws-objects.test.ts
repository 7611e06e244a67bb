import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { RunStore } from '../../../lib/handlers/evidence/run-store';
import { hasBucket, objectsOf } from '../../../lib/handlers/recover/aws-objects';
import type { SigningClients } from '../../../lib/handlers/recover/signed-call';
import { readHead, verifyChain } from '../../../lib/model/evidence';
import { freePort } from '../../harness/free-port';
import { chainOf } from '../../model/evidence/evidence';
import { quarterly } from '../../model/evidence/runs';

const CLIENTS = {
  region: 'ap-northeast-3',
  dynamodb: { config: { credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }) } },
} as unknown as SigningClients;

/** The bucket `evidence` with what S3 promises of writes on conditions; lists two names at a time. */
class Bucket {
  public readonly objects = new Map<string, string>();
  public readonly seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
  /** What is answered next, before anything is done. */
  public readonly next: (readonly [status: number, code: string])[] = [];

  public async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    this.seen.push({ method, url, headers });
    let body = '';
    for await (const part of request) {
      body += part;
    }
    const end = (status: number, text = '', more = {}) => response.writeHead(status, more).end(method === 'HEAD' ? '' : text);
    const error = (status: number, code: string) => end(status, `<Error><Code>${code}</Code></Error>`);
    const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
    const [, bucket, ...path] = pathname.split('/').map(decodeURIComponent);
    const key = path.join('/');
    const struck = this.next.shift();
    if (struck || bucket !== 'evidence') {
      error(...(struck ?? ([404, 'NoSuchBucket'] as const)));
    } else if (method === 'PUT' && headers['content-md5'] !== createHash('md5').update(body).digest('base64')) {
      // as a bucket answers that has Object Lock
      error(400, 'InvalidRequest');
    } else if (method === 'PUT') {
      const found = this.objects.get(key);
      const match = headers['if-match'];
      if (match !== undefined && found === undefined) {
        error(404, 'NoSuchKey');
      } else if ((headers['if-none-match'] === '*' && found !== undefined) || (match !== undefined && match !== tagOf(found ?? ''))) {
        error(412, 'PreconditionFailed');
      } else {
        this.objects.set(key, body);
        end(200, '', { etag: tagOf(body) });
      }
    } else if (key === '') {
      const all = [...this.objects.keys()].filter((each) => each.startsWith(searchParams.get('prefix') ?? '')).sort();
      const from = Number(searchParams.get('continuation-token')?.slice(2) ?? 0);
      const more = from + 2 < all.length;
      const keys = all.slice(from, from + 2).map((each) => `<Contents><Key>${each.replaceAll('&', '&amp;')}</Key></Contents>`);
      const tail = more ? `<NextContinuationToken>+/${from + 2}</NextContinuationToken>` : '';
      end(200, `<ListBucketResult><IsTruncated>${more}</IsTruncated>${keys.join('')}${tail}</ListBucketResult>`);
    } else {
      const found = this.objects.get(key);
      found === undefined ? error(404, 'NoSuchKey') : end(200, found, { etag: tagOf(found) });
    }
  }
}

function tagOf(text: string): string {
  return `"${createHash('md5').update(text).digest('hex')}"`;
}

const before = process.env.AWS_ENDPOINT_URL;
let server: Server;
let bucket: Bucket;

beforeEach(async () => {
  bucket = new Bucket();
  server = createServer((request, response) => void bucket.answer(request, response));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  if (before === undefined) {
    delete process.env.AWS_ENDPOINT_URL;
  } else {
    process.env.AWS_ENDPOINT_URL = before;
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const objects = () => objectsOf(CLIENTS, 'evidence');

test('writes where nothing is, over the version that was read, and nowhere else', async () => {
  expect(await objects().read('a/b.json')).toBeUndefined();
  expect(await objects().create('a/b.json', 'one')).toBe(true);
  expect(await objects().create('a/b.json', 'two')).toBe(false);
  const found = await objects().read('a/b.json');
  expect(Buffer.from(found!.bytes).toString()).toBe('one');
  expect(await objects().replace('a/b.json', 'three', found!.version)).toBe(true);
  expect(await objects().replace('a/b.json', 'four', found!.version)).toBe(false);
  expect(await objects().replace('gone.json', 'five', found!.version)).toBe(false);
  expect([...bucket.objects]).toEqual([['a/b.json', 'three']]);
});

test('signs each call for S3 in its Region, and says what a page is', async () => {
  await objects().create('pages/1.html', '<p>');
  const [{ headers, url }] = bucket.seen;
  expect(url).toBe('/evidence/pages/1.html');
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/ap-northeast-3\/s3\/aws4_request, SignedHeaders=.*if-none-match/,
  );
  expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update('<p>').digest('hex'));
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
});

test('lists every name, however many answers it takes, with what XML has written otherwise', async () => {
  for (const name of ['x/1', 'x/2', 'x/3&4', 'x/5', 'x/6', 'y/1']) {
    bucket.objects.set(name, '');
  }
  const names: string[] = [];
  for await (const name of objects().list('x/')) {
    names.push(name);
  }
  expect(names).toEqual(['x/1', 'x/2', 'x/3&4', 'x/5', 'x/6']);
});

test.each([
  [409, 'ConditionalRequestConflict'],
  [503, 'SlowDown'],
  [500, 'InternalError'],
])('tries again after %d', async (status, code) => {
  bucket.next.push([status, code], [status, code]);
  expect(await objects().create('a', 'one')).toBe(true);
  expect(bucket.seen).toHaveLength(3);
});

test('fails at once for what is denied, and for a bucket that is not there, which is not an object that is not there', async () => {
  bucket.next.push([403, 'AccessDenied']);
  await expect(objects().read('a')).rejects.toMatchObject({ name: 'AccessDenied', status: 403 });
  expect(bucket.seen).toHaveLength(1);
  await expect(objectsOf(CLIENTS, 'other').read('a')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(objectsOf(CLIENTS, 'other').replace('a', 'b', '"c"')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('tells whether a bucket is there', async () => {
  expect(await hasBucket(CLIENTS, 'evidence')).toBe(true);
  expect(await hasBucket(CLIENTS, 'other')).toBe(false);
});

test('carries the chain of runs, concluded twice and by two at once', async () => {
  const store = () => new RunStore(objects(), 'recovery/Orders/');
  await Promise.all([1, 1, 2, 3].map((quarter) => store().append(quarterly(quarter))));
  const files = new Map([...bucket.objects].map(([key, text]) => [key.slice('recovery/Orders/'.length), text]));
  expect([...files.keys()].filter((name) => name.startsWith('records/'))).toHaveLength(3);
  expect(verifyChain(chainOf(files, readHead))).toEqual([]);
});
