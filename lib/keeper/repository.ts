import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type BackupManifest, readManifest, type StoredObject } from '../model/self-managed';
import { inParallel } from './in-parallel';
import { Refused } from './refused';

/** A part of an upload: 10,000 of them make 160 GB. */
const PART_BYTES = 16 * 2 ** 20;
/** Small requests that are made at once. */
const AT_ONCE: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Where the backups of one source are: data first, and a manifest once all of it is there. */
export class Repository {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    /** Without a slash at its end. */
    private readonly source: string,
  ) {}

  /** Sends a file, or whatever a stream gives to its end, and says what was sent. */
  public async send(id: string, name: string, from: string | Readable, signal?: AbortSignal): Promise<StoredObject> {
    const body = typeof from === 'string' ? createReadStream(from, { highWaterMark: 2 ** 20 }) : from;
    const counted = new Counted();
    body.once('error', (error: Error) => counted.destroy(error));
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: this.bucket, Key: this.dataKey(id, name), Body: body.pipe(counted), ChecksumAlgorithm: 'SHA256' },
      partSize: PART_BYTES,
      queueSize: 2,
    });
    const abort = () => void upload.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      await upload.done();
      const stored = await this.storedBytes(this.dataKey(id, name));
      if (stored !== counted.bytes) {
        throw new Refused('publish', `'${name}' has ${stored ?? 'no'} bytes in the bucket, and ${counted.bytes} were sent`);
      }
      return { name, bytes: counted.bytes, sha256: counted.sha256() };
    } catch (error) {
      body.destroy();
      signal?.throwIfAborted();
      if (body.errored || error instanceof Refused) {
        throw body.errored ?? error;
      }
      throw new Refused('publish', `'${name}' cannot be sent to the bucket ${this.bucket}: ${inWords(error)}`);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** What a listing tells, because to ask for an object takes the right to read it, which whoever makes backups has not. */
  private async storedBytes(key: string): Promise<number | undefined> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: key, MaxKeys: 1 }));
    return Contents.find(({ Key }) => Key === key)?.Size;
  }

  /** Makes a backup one. Nothing is replaced: there is one manifest of a backup, for good. */
  public async publish(manifest: BackupManifest): Promise<void> {
    const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
    try {
      await this.s3.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: this.manifestKey(manifest.id),
          Body: text,
          ContentType: 'application/json',
          ChecksumAlgorithm: 'SHA256',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      // an attempt whose answer was lost makes the next one fail, and what is there is ours
      const there = await this.manifest(manifest.id).catch(() => undefined);
      if (JSON.stringify(there) !== JSON.stringify(manifest)) {
        throw new Refused('publish', `backup ${manifest.id} cannot be published in the bucket ${this.bucket}: ${inWords(error)}`);
      }
    }
  }

  /** The ids of all backups, the newest first. */
  public async ids(): Promise<string[]> {
    const prefix = `manifests/${this.source}/`;
    const ids: string[] = [];
    for await (const { Contents } of this.pages(prefix)) {
      ids.push(...(Contents ?? []).flatMap(({ Key }) => (Key?.endsWith('.json') ? [Key.slice(prefix.length, -'.json'.length)] : [])));
    }
    return ids.sort().reverse();
  }

  /** All backups, the newest first, and the ids of those whose manifest cannot be read. */
  public async manifests(): Promise<{ readonly readable: readonly BackupManifest[]; readonly unreadable: readonly string[] }> {
    const found: BackupManifest[] = [];
    const unreadable: string[] = [];
    await inParallel(await this.ids(), AT_ONCE, async (id) => {
      const manifest = await this.manifest(id).catch((error) => {
        if (error instanceof Refused) {
          return undefined;
        }
        throw error;
      });
      manifest ? found.push(manifest) : unreadable.push(id);
    });
    return { readable: found.sort((a, b) => (a.id < b.id ? 1 : -1)), unreadable };
  }

  /** The ids of all that has been sent, published or not. */
  public async sentIds(): Promise<string[]> {
    const prefix = `data/${this.source}/`;
    const ids: string[] = [];
    for await (const { CommonPrefixes } of this.pages(prefix, '/')) {
      ids.push(...(CommonPrefixes ?? []).map(({ Prefix }) => Prefix?.slice(prefix.length, -1) ?? ''));
    }
    return ids;
  }

  /** Makes a backup none: its manifest first, so that nobody restores what is half gone. In a bucket with versions all of it can be had back for a while. */
  public async remove(id: string): Promise<number> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: this.manifestKey(id) }));
    let removed = 0;
    for await (const { Contents } of this.pages(this.dataKey(id, ''))) {
      await inParallel(Contents ?? [], AT_ONCE, async ({ Key }) => {
        await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
        removed++;
      });
    }
    return removed;
  }

  /** The manifest of a backup, or the newest one; undefined where there is none at all. */
  public async manifest(id?: string): Promise<BackupManifest | undefined> {
    const wanted = id ?? (await this.ids())[0];
    if (wanted === undefined) {
      return undefined;
    }
    const key = this.manifestKey(wanted);
    const text = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key })).then(
      ({ Body }) => Body?.transformToString() ?? '',
      (error: S3ServiceException) => {
        throw isMissing(error) ? new Refused('look', `there is no backup '${wanted}' of ${this.source}, or it may not be read`) : error;
      },
    );
    const manifest = readManifest(text);
    if ('why' in manifest) {
      throw new Refused('look', `the manifest '${key}' cannot be read: ${manifest.why}`);
    }
    if (manifest.id !== wanted || manifest.source !== this.source) {
      throw new Refused('look', `the manifest '${key}' is that of ${manifest.source} ${manifest.id}`);
    }
    return manifest;
  }

  /** Fetches an object into a folder; throws where it is not what was sent. */
  public async fetch(id: string, object: StoredObject, folder: string, signal?: AbortSignal): Promise<void> {
    const file = join(folder, object.name);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await this.read(id, object, signal), createWriteStream(file, { mode: 0o600 }), { signal });
  }

  /** What an object holds. The stream breaks off at its end where that is not what was sent. */
  public async read(id: string, { name, bytes, sha256 }: StoredObject, signal?: AbortSignal): Promise<Readable> {
    const { Body } = await this.s3
      .send(new GetObjectCommand({ Bucket: this.bucket, Key: this.dataKey(id, name) }), { abortSignal: signal })
      .catch((error) => {
        throw isMissing(error) ? new Refused('verify', `'${name}' of backup ${id} is gone, or may not be read`) : error;
      });
    const body = Body as Readable;
    const counted = new Counted((counted) =>
      counted.bytes === bytes && counted.sha256() === sha256
        ? undefined
        : new Refused('verify', `'${name}' of backup ${id} is not what was sent: ${counted.bytes} bytes of ${bytes}, or others`),
    );
    body.once('error', (error: Error) =>
      counted.destroy(new Refused('look', `'${name}' of backup ${id} cannot be read: ${inWords(error)}`)),
    );
    counted.once('close', () => body.destroy());
    return body.pipe(counted);
  }

  private async *pages(Prefix: string, Delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let ContinuationToken: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await this.s3.send(
        new ListObjectsV2Command({ Bucket: this.bucket, Prefix, Delimiter, ContinuationToken }),
      );
      yield page;
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  private dataKey(id: string, name: string): string {
    return `data/${this.source}/${id}/${name}`;
  }

  private manifestKey(id: string): string {
    return `manifests/${this.source}/${id}.json`;
  }
}

/** Lets bytes through and knows them afterwards. */
class Counted extends Transform {
  public bytes = 0;
  private readonly hash = createHash('sha256');
  private digest: string | undefined;

  constructor(judge: (counted: Counted) => Error | undefined = () => undefined) {
    super({
      highWaterMark: 2 ** 20,
      transform: (chunk: Buffer, _encoding, done) => {
        this.hash.update(chunk);
        this.bytes += chunk.length;
        done(undefined, chunk);
      },
      flush: (done) => done(judge(this)),
    });
  }

  public sha256(): string {
    this.digest ??= this.hash.digest('hex');
    return this.digest;
  }
}

/** S3 tells that an object is missing only to those who may list all of the bucket, and others that they may not read it (S3 API Reference: GetObject). */
function isMissing({ name }: Error): boolean {
  return name === 'NoSuchKey' || name === 'AccessDenied';
}

/** Errors of the network have words only in their code at times. */
function inWords(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  return [message || (code ?? ''), name && name !== 'Error' ? `(${name})` : ''].join(' ').trim();
}
