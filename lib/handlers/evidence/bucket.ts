import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { contentTypeOf, type ObjectStore } from './object-store';

/** Two writers at the same moment: S3 asks one of them to try again (S3 User Guide: conditional writes). */
const CONFLICT = 'ConditionalRequestConflict';
const MAX_CONFLICTS = 8;
const CONFLICT_PAUSE_MS = 40;

/** The condition does not hold; what was to be replaced may also be gone. */
const REFUSED: ReadonlySet<string> = new Set(['PreconditionFailed', 'NoSuchKey']);

/** A bucket of S3. Whoever may not list it is told of denied access in place of absence, and then nothing here works: as it should. */
export function bucketStore(client: S3Client, bucket: string): ObjectStore {
  const write = async (key: string, text: string, condition: { readonly IfNoneMatch: '*' } | { readonly IfMatch: string }) => {
    for (let conflicts = 0; ; conflicts++) {
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: contentTypeOf(key), ...condition }));
        return true;
      } catch (error) {
        const { name } = error as S3ServiceException;
        if (REFUSED.has(name)) {
          return false;
        }
        if (name !== CONFLICT || conflicts === MAX_CONFLICTS) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.random() * CONFLICT_PAUSE_MS * (conflicts + 1)));
      }
    }
  };
  return {
    read: async (key) => {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), version: ETag ?? '' };
      } catch (error) {
        if ((error as S3ServiceException).name === 'NoSuchKey') {
          return undefined;
        }
        throw error;
      }
    },
    create: (key, text) => write(key, text, { IfNoneMatch: '*' }),
    replace: (key, text, version) => write(key, text, { IfMatch: version }),
    async *list(prefix) {
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }));
        for (const { Key } of page.Contents ?? []) {
          if (Key !== undefined) {
            yield Key;
          }
        }
        if (page.IsTruncated && (!page.NextContinuationToken || page.NextContinuationToken === ContinuationToken)) {
          throw new Error(`the list of '${bucket}' says that it goes on, and does not`);
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },
  };
}
