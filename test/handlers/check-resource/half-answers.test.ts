import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { AwsClients } from '../../../lib/handlers/check-resource/aws-clients';
import { awsObjects } from '../../../lib/handlers/check-resource/aws-objects';
import { awsTables } from '../../../lib/handlers/check-resource/aws-tables';

const TABLE = 'arn:aws:dynamodb:ap-northeast-1:123456789012:table/orders';

/** Services that answer half, or wrongly: nothing that an emulator of good services can do. */
describe('an answer that is not whole', () => {
  const before = { ...process.env };
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => answer(request, response));
  const signal = new AbortController().signal;
  const clients = () => new AwsClients(signal, { maxAttempts: 1, requestTimeoutMs: 2_000, throttledMs: 0, stepMs: 1 });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    });
  });
  afterAll(() => {
    process.env = before;
    server.closeAllConnections();
    server.close();
  });

  async function listed(): Promise<number> {
    let count = 0;
    for await (const page of awsObjects(clients()).list('bucket', '')) {
      count += page.length;
    }
    return count;
  }

  const page = (inside: string) => `<?xml version="1.0"?><ListBucketResult>${inside}</ListBucketResult>`;
  const object = '<Contents><Key>a</Key><Size>1</Size></Contents>';
  const xml = (text: string) => (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/xml' }).end(text);

  test('a whole page is counted', async () => {
    answer = xml(page(`<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>${object}${object}`));
    expect(await listed()).toBe(2);
  });

  test.each([
    ['a page with fewer objects than it says', page(`<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>${object}`), /not complete/],
    ['a page that does not say whether it is the last', page(`<KeyCount>1</KeyCount>${object}`), /not complete/],
    ['a page with more to come and no token', page(`<IsTruncated>true</IsTruncated><KeyCount>1</KeyCount>${object}`), /breaks off/],
    [
      'a page that refers to itself',
      page(`<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><KeyCount>1</KeyCount>${object}`),
      /breaks off/,
    ],
    [
      'an object without a size',
      page('<IsTruncated>false</IsTruncated><KeyCount>1</KeyCount><Contents><Key>a</Key></Contents>'),
      /without/,
    ],
    ['a page that ends in the middle', `<?xml version="1.0"?><ListBucketResult><IsTruncated>fal`, /cannot be listed/],
  ])('fails on %s', async (_what, text, message) => {
    answer = xml(text);
    await expect(listed()).rejects.toThrow(message);
  });

  test('fails on a connection that ends in the middle of a page', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/xml', 'content-length': '1000' });
      response.write(page(`<IsTruncated>false</IsTruncated>${object}`));
      setTimeout(() => request.socket.destroy(), 20);
    };
    await expect(listed()).rejects.toThrow(/the objects cannot be listed/);
  });

  describe('of an object', () => {
    const content = 'the content';
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(content));
    const kms = { 'x-amz-server-side-encryption': 'aws:kms', etag: '"0123456789abcdef0123456789abcdef"' };
    const read = () => awsObjects(clients()).read('bucket', { key: 'a', size: content.length });
    const serve = (headers: Record<string, string>, body = content) => {
      answer = (_request, response) => void response.writeHead(200, { 'content-length': String(body.length), ...headers }).end(body);
    };

    test.each([
      ['matches its checksum', { ...kms, 'x-amz-checksum-crc32': sum.toString('base64') }, 'matches'],
      ['differs from its checksum', { ...kms, 'x-amz-checksum-crc32': 'AAAAAA==' }, 'differs'],
      ['matches its ETag', { etag: '"da619dfbf5572fc749b1496b0fffd76a"' }, 'matches'],
      ['differs from its ETag', { etag: '"0123456789abcdef0123456789abcdef"' }, 'differs'],
      ['has a checksum of its parts only', { ...kms, 'x-amz-checksum-crc32': `${sum.toString('base64')}-2` }, 'none'],
      ['has an ETag that is no MD5', kms, 'none'],
    ])('that %s', async (_what, headers, own) => {
      serve(headers);
      expect(await read()).toMatchObject({ own });
    });

    test('fails where it ends in the middle', async () => {
      answer = (request, response) => {
        response.writeHead(200, { 'content-length': '100', ...kms });
        response.write('half');
        setTimeout(() => request.socket.destroy(), 20);
      };
      await expect(read()).rejects.toThrow(/a cannot be read/);
    });

    test('that is large is read in three parts', async () => {
      const ranges: (string | undefined)[] = [];
      const part = Buffer.alloc(8 * 2 ** 20, 1);
      answer = (request, response) => {
        ranges.push(request.headers.range);
        response.writeHead(206, { 'content-length': part.length }).end(part);
      };
      const size = 100 * 2 ** 20;
      expect(await awsObjects(clients()).read('bucket', { key: 'a', size })).toMatchObject({
        size,
        checksum: expect.stringMatching(/^parts:/),
      });
      expect(ranges).toEqual(['bytes=0-8388607', 'bytes=48234496-56623103', 'bytes=96468992-104857599']);
    });
  });

  describe('of a table', () => {
    async function scanned(): Promise<number> {
      let count = 0;
      for await (const { count: more } of awsTables(clients()).scan(TABLE, 0, 1, ['id'])) {
        count += more;
      }
      return count;
    }
    const serve = (body: string) => {
      answer = (_request, response) => void response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
    };

    test('is counted where it is whole', async () => {
      serve(JSON.stringify({ Count: 1, Items: [{ id: { S: 'a' } }] }));
      expect(await scanned()).toBe(1);
    });

    test.each([
      ['with fewer items than it says', JSON.stringify({ Count: 2, Items: [{ id: { S: 'a' } }] }), /not complete/],
      ['without a count', '{}', /not complete/],
      ['that ends in the middle', '{"Count":2,"Items":[{"id"', /the table cannot be read: the answer cannot be read/],
    ])('fails %s', async (_what, body, message) => {
      serve(body);
      await expect(scanned()).rejects.toThrow(message);
    });
  });
});
