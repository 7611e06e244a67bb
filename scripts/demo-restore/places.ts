import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, PutObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketStore } from '../../lib/handlers/evidence/bucket';
import type { ObjectStore } from '../../lib/handlers/evidence/object-store';
import { startEmulator, whyNoEmulator } from '../../test/emulator/harness';

/** Where the demo keeps backups and evidence. */
export interface DemoPlace {
  readonly words: string;
  readonly evidence: ObjectStore;
  put(key: string, bytes: Buffer): Promise<void>;
  get(key: string): Promise<Buffer>;
  stop(): Promise<void>;
}

/** Emulated S3 where moto is installed, or else a folder; DEMO_FOLDER=1 takes the folder in any case. */
export async function openPlace(folder: string): Promise<DemoPlace> {
  const why = process.env.DEMO_FOLDER ? 'as you wish' : whyNoEmulator();
  return why === undefined ? emulated() : folderPlace(folder, why);
}

async function emulated(): Promise<DemoPlace> {
  const emulator = await startEmulator();
  const client = new S3Client(emulator.client());
  const Bucket = 'demo';
  const CreateBucketConfiguration = { LocationConstraint: 'ap-northeast-1' } as const;
  await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true, CreateBucketConfiguration }));
  const Rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 1 } } as const;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule } }));
  return {
    words: 'emulated S3, bucket under Object Lock',
    evidence: bucketStore(client, Bucket),
    put: async (Key, Body) => void (await client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    get: async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    stop: () => emulator.stop(),
  };
}

function folderPlace(folder: string, why: string): DemoPlace {
  return {
    words: `a folder (no emulated S3: ${why})`,
    evidence: folderStore(folder),
    put: async (key, bytes) => {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), bytes);
    },
    get: async (key) => readFileSync(join(folder, key)),
    stop: async () => undefined,
  };
}

/** Evidence in a folder, for one process at a time. */
export function folderStore(folder: string): ObjectStore {
  const versionOf = (bytes: Buffer): string => bytes.toString('base64');
  const write = (key: string, text: string): true => {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), text);
    return true;
  };
  const read = (key: string): Buffer | undefined => (existsSync(join(folder, key)) ? readFileSync(join(folder, key)) : undefined);
  return {
    read: async (key) => {
      const bytes = read(key);
      return bytes && { bytes, version: versionOf(bytes) };
    },
    create: async (key, text) => read(key) === undefined && write(key, text),
    replace: async (key, text, version) => {
      const bytes = read(key);
      return bytes !== undefined && versionOf(bytes) === version && write(key, text);
    },
    async *list(prefix) {
      const entries = existsSync(folder)
        ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
        : [];
      const names = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
      yield* names.filter((name) => name.startsWith(prefix)).sort();
    },
  };
}
