import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type BackupManifest, readManifest, type StoredObject } from '../model/self-managed';
import { Refused } from './refused';

/** A part of an upload: 10,000 of them make 160 GB. */
const PART_BYTES = 16 * 2 ** 20;

/** Where the backups of one source are: data first, and a manifest once all of it is there. */
export class Repository {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    /** Without a slash at its end. */
    private readonly source: string,
  ) {}

  /** Sends a file and says what was sent. */
  public async send(id: string, name: string, file: string): Promise<StoredObject> {
    const hash = createHash('sha256');
    let bytes = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(undefined, chunk);
      },
    });
    const read = createReadStream(file, { highWaterMark: 2 ** 20 });
    read.once('error', (error) => counted.destroy(error));
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: this.bucket, Key: this.dataKey(id, name), Body: read.pipe(counted), ChecksumAlgorithm: 'SHA256' },
      partSize: PART_BYTES,
      queueSize: 2,
    });
    await upload.done();
    const { ContentLength } = await this.s3.send(new HeadObjectCommand({ Bucket: this.bucket, Key: this.dataKey(id, name) }));
    if (ContentLength !== bytes) {
      throw new Refused('publish', `'${name}' has ${ContentLength} bytes in the bucket, and ${bytes} were sent`);
    }
    return { name, bytes, sha256: hash.digest('hex') };
  }

  /** Makes a backup one. Nothing is replaced: there is one manifest of a backup, for good. */
  public async publish(manifest: BackupManifest): Promise<void> {
    await new Upload({
      client: this.s3,
      params: {
        Bucket: this.bucket,
        Key: this.manifestKey(manifest.id),
        Body: `${JSON.stringify(manifest, undefined, 1)}\n`,
        ContentType: 'application/json',
        ChecksumAlgorithm: 'SHA256',
        IfNoneMatch: '*',
      },
    }).done();
  }

  /** The ids of all backups, the newest first. */
  public async ids(): Promise<string[]> {
    const prefix = `manifests/${this.source}/`;
    const ids: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken }));
      ids.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key?.endsWith('.json') ? [Key.slice(prefix.length, -'.json'.length)] : [])));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return ids.sort().reverse();
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
        throw error.name === 'NoSuchKey' ? new Refused('look', `there is no backup '${wanted}' of ${this.source}`) : error;
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
  public async fetch(id: string, { name, bytes, sha256 }: StoredObject, folder: string): Promise<void> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: this.dataKey(id, name) })).catch((error) => {
      throw error.name === 'NoSuchKey' ? new Refused('verify', `'${name}' of backup ${id} is gone`) : error;
    });
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    const hash = createHash('sha256');
    let read = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        read += chunk.length;
        done(undefined, chunk);
      },
    });
    await pipeline(Body as Readable, counted, createWriteStream(file, { mode: 0o600 }));
    if (read !== bytes || hash.digest('hex') !== sha256) {
      throw new Refused('verify', `'${name}' of backup ${id} is not what was sent: ${read} bytes of ${bytes}, or others`);
    }
  }

  private dataKey(id: string, name: string): string {
    return `data/${this.source}/${id}/${name}`;
  }

  private manifestKey(id: string): string {
    return `manifests/${this.source}/${id}.json`;
  }
}
