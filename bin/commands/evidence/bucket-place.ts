import { ListObjectVersionsCommand, S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { bucketStore } from '../../../lib/handlers/evidence/bucket';
import { CommandError } from '../command-error';
import type { EvidencePlace, History } from './place';

const ADDRESS = /^s3:\/\/([^/]+)(?:\/(.*))?$/;

/** A bucket, with the credentials and the Region that the AWS command line would take. */
export function bucketPlace(address: string): EvidencePlace {
  const [, bucket, path = ''] = ADDRESS.exec(address) ?? [];
  if (bucket === undefined) {
    throw new CommandError(`'${address}' names no bucket: write s3://bucket or s3://bucket/prefix`);
  }
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const client = new S3Client({ followRegionRedirects: true });
  const store = bucketStore(client, bucket);
  const told = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      const { name, message } = error as Error;
      throw new CommandError(`could not read '${address}': ${name}: ${message}`);
    }
  };
  return {
    name: address,
    names: () => told(namesBelow(store.list(prefix), prefix)),
    read: async (name) => {
      const found = await told(store.read(prefix + name));
      if (found === undefined) {
        throw new CommandError(`'${address}' changes while it is read: '${name}' is gone; try again`);
      }
      return found.bytes;
    },
    history: () => told(historyOf(client, bucket, prefix)),
  };
}

async function namesBelow(keys: AsyncIterable<string>, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const key of keys) {
    names.push(key.slice(prefix.length));
  }
  return names;
}

/** Who may read objects may not always list their versions: then only what is there now is judged. */
async function historyOf(client: S3Client, bucket: string, prefix: string): Promise<History | undefined> {
  const versions = new Map<string, number>();
  const deleted: string[] = [];
  let from: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (from !== undefined) {
    let page: Awaited<ReturnType<typeof list>>;
    try {
      page = await list(client, bucket, prefix, from);
    } catch (error) {
      if ((error as S3ServiceException).name === 'AccessDenied') {
        return undefined;
      }
      throw error;
    }
    for (const { Key = '' } of page.Versions ?? []) {
      const name = Key.slice(prefix.length);
      versions.set(name, (versions.get(name) ?? 0) + 1);
    }
    deleted.push(...(page.DeleteMarkers ?? []).filter(({ IsLatest }) => IsLatest).map(({ Key = '' }) => Key.slice(prefix.length)));
    from = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
  return { versions, deleted };
}

function list(client: S3Client, bucket: string, prefix: string, from: object) {
  return client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }));
}
