import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { Unable } from '../checks/finding';
import { ask, askUnless } from './ask-aws';
import type { AwsClients } from './aws-clients';
import type { ListedObject, ObjectStore, ObjectVersion, ReadContent } from './object-store';

const ABSENT = ['NoSuchKey', 'NotFound'];
/** Larger objects are read in three parts only: the beginning, the middle and the end. */
const WHOLE_BYTES = 64 * 1024 * 1024;
const PART_BYTES = 8 * 1024 * 1024;

/** Keys may have characters that XML cannot hold. */
const ENCODED = { EncodingType: 'url' } as const;

/** S3 by the AWS SDK. */
export function awsObjects(clients: AwsClients): ObjectStore {
  return {
    list: (bucket, prefix) => list(clients, bucket, prefix),
    read: (bucket, object) => read(clients, bucket, object),
    versions: (bucket, key) => versions(clients, bucket, key),
    tags: (bucket, key) => tags(clients, bucket, key),
  };
}

async function* list(clients: AwsClients, bucket: string, prefix: string): AsyncGenerator<readonly ListedObject[]> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      ...(prefix ? { Prefix: prefix } : {}),
      ...ENCODED,
      ContinuationToken: token,
    });
    const page = await ask('the objects cannot be listed', () => clients.s3().send(command, { abortSignal: clients.signal }));
    const objects = (page.Contents ?? []).map(({ Key: key, Size: size }) => {
      if (key === undefined || size === undefined) {
        throw new Unable('the listing has an object without a key or a size');
      }
      return { key: decoded(key, page.EncodingType), size };
    });
    if ((page.KeyCount ?? objects.length) !== objects.length || page.IsTruncated === undefined) {
      throw new Unable('a page of the listing is not complete');
    }
    if (page.IsTruncated && (!page.NextContinuationToken || page.NextContinuationToken === token)) {
      throw new Unable('the listing breaks off: there is more, but no way to ask for it');
    }
    yield objects;
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
}

async function read(clients: AwsClients, bucket: string, { key, size }: ListedObject): Promise<ReadContent | undefined> {
  if (size > WHOLE_BYTES) {
    return readParts(clients, bucket, key, size);
  }
  return ask(`${key} cannot be read`, async () => {
    const found = await get(clients, bucket, key);
    if (!found) {
      return undefined;
    }
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of found.Body as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        md5.update(chunk);
        sha256.update(chunk);
      }
    } catch (error) {
      if (isMismatch(error)) {
        return { checksum: '', size, own: 'differs' };
      }
      throw error;
    }
    const checksum = sha256.digest('base64url').slice(0, 22);
    return { checksum, size: bytes, own: ownOf(found, md5.digest('hex')) };
  });
}

async function readParts(clients: AwsClients, bucket: string, key: string, size: number): Promise<ReadContent | undefined> {
  const sha256 = createHash('sha256');
  for (const from of [0, Math.floor((size - PART_BYTES) / 2), size - PART_BYTES]) {
    const range = `bytes=${from}-${from + PART_BYTES - 1}`;
    const bytes = await ask(`${key} cannot be read`, async () => {
      const found = await get(clients, bucket, key, range);
      let read = 0;
      for await (const chunk of (found?.Body ?? []) as AsyncIterable<Uint8Array>) {
        read += chunk.length;
        sha256.update(chunk);
      }
      return found && read;
    });
    if (bytes === undefined) {
      return undefined;
    }
    if (bytes !== PART_BYTES) {
      return { checksum: '', size: from + bytes, own: 'none' };
    }
  }
  return { checksum: `parts:${sha256.digest('base64url').slice(0, 22)}`, size, own: 'none' };
}

function get(clients: AwsClients, bucket: string, key: string, range?: string): Promise<GetObjectCommandOutput | undefined> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...(range ? { Range: range } : { ChecksumMode: 'ENABLED' }) });
  return askUnless(ABSENT, `${key} cannot be read`, () => clients.s3().send(command, { abortSignal: clients.signal }));
}

/** The SDK compares checksums while it reads, unless they are those of several parts. Plain ETags of one part are MD5. */
function ownOf(found: GetObjectCommandOutput, md5: string): ReadContent['own'] {
  const checksums = [found.ChecksumSHA256, found.ChecksumSHA1, found.ChecksumCRC32, found.ChecksumCRC32C, found.ChecksumCRC64NVME].filter(
    (checksum) => checksum !== undefined,
  );
  const etag = found.ETag?.replaceAll('"', '') ?? '';
  const plain = found.ServerSideEncryption === undefined || found.ServerSideEncryption === 'AES256';
  if (plain && /^[0-9a-f]{32}$/.test(etag) && found.SSECustomerAlgorithm === undefined) {
    return etag === md5 ? 'matches' : 'differs';
  }
  return checksums.length > 0 && checksums.every((checksum) => !/-\d+$/.test(checksum)) ? 'matches' : 'none';
}

function decoded(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

function isMismatch(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Checksum mismatch');
}

async function versions(clients: AwsClients, bucket: string, key: string): Promise<readonly ObjectVersion[]> {
  const command = new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, MaxKeys: 1_000, ...ENCODED });
  const what = `the versions of ${key} cannot be listed`;
  const page = await askUnless(['NoSuchBucket'], what, () => clients.s3().send(command, { abortSignal: clients.signal }));
  if (!page) {
    throw new Unable(`${what}: there is no such bucket`);
  }
  // the key itself stands before all that only begin with it
  return [
    ...(page.Versions ?? []).map((version) => ({ ...version, deleted: false })),
    ...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, deleted: true })),
  ]
    .filter(({ Key: found }) => found !== undefined && decoded(found, page.EncodingType) === key)
    .map(({ LastModified: at, deleted }) => ({ atMs: at?.getTime() ?? Number.POSITIVE_INFINITY, deleted }));
}

async function tags(clients: AwsClients, bucket: string, key: string): Promise<string | undefined> {
  const command = new GetObjectTaggingCommand({ Bucket: bucket, Key: key });
  const found = await askUnless(ABSENT, `the tags of ${key} cannot be read`, () =>
    clients.s3().send(command, { abortSignal: clients.signal }),
  );
  const pairs = found && (found.TagSet ?? []).map(({ Key: name, Value: value }) => JSON.stringify([name, value])).sort();
  return pairs && `${pairs.length}:${createHash('sha256').update(pairs.join()).digest('base64url').slice(0, 8)}`;
}
