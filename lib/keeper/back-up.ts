import { type BackupKind, type BackupManifest, backupId, publishedMetrics, storedBytes, tooSmall } from '../model/self-managed';
import type { BackupContext, Engine, KeeperContext } from './engine';
import { locked } from './locked';
import { Refused } from './refused';
import { runOwner } from './run-owner';
import { inScratch, removeLeftOvers } from './scratch';

/** How a backup is asked for. */
export interface BackupOptions {
  /** Up to the engine where it is left out. */
  readonly kind?: BackupKind;
  /** Whether a backup counts that is much smaller than the last one. */
  readonly mayShrink?: boolean;
}

/** Makes a backup and publishes it, alone of its source: one that is not right never becomes one. */
export function backUp(engine: Engine, context: KeeperContext, bucket: LockBucket, options: BackupOptions): Promise<BackupManifest> {
  const { settings, now } = context;
  return locked({ ...bucket, source: settings.source, owner: runOwner(), now }, async (held) => {
    const left = await removeLeftOvers(settings.scratch, settings.source);
    if (left.length > 0) {
      context.tell('removed', { found: `${left.length} folders of runs that were killed` });
    }
    const signal = AbortSignal.any([context.signal, held.signal]);
    return inScratch(settings.scratch, settings.source, async (folder) => {
      const manifest = await make(engine, { ...context, signal, folder }, options);
      signal.throwIfAborted();
      await held.confirm();
      await context.repository.publish(manifest);
      const bytes = storedBytes(manifest);
      context.tell('published', {
        id: manifest.id,
        kind: manifest.kind,
        bytes,
        tookMs: now() - manifest.startedMs,
        ...publishedMetrics(manifest, bytes, now()),
      });
      return manifest;
    });
  });
}

/** Where locks are. */
export interface LockBucket {
  readonly s3: Parameters<typeof locked>[0]['s3'];
  readonly bucket: string;
}

async function make(
  engine: Engine,
  context: Omit<BackupContext, 'id' | 'published'>,
  { kind, mayShrink }: BackupOptions,
): Promise<BackupManifest> {
  const { settings, repository, now, random } = context;
  const startedMs = now();
  const id = backupId(startedMs, random());
  let read: Promise<readonly BackupManifest[]> | undefined;
  const published = () => (read ??= repository.manifests().then(({ readable }) => readable));
  context.tell('begun', { id, kind });
  const made = await engine.backup({ ...context, id, published }, kind);
  const { source, form } = settings;
  const manifest: BackupManifest = { version: 1, id, source, engine: settings.engine, form, startedMs, endedMs: now(), ...made };
  context.tell('verified', { id, verified: made.verified });
  const sizeOf = engine.sizeOf ?? sizeOfFull;
  const bytes = sizeOf(manifest);
  if (bytes !== undefined && !mayShrink) {
    const last = (await published()).find((other) => other.form === form && sizeOf(other) !== undefined);
    const objection = tooSmall(last && { id: last.id, bytes: sizeOf(last)! }, bytes);
    if (objection !== undefined) {
      throw new Refused('verify', `backup ${id} of ${source} is not published: ${objection}`);
    }
  }
  return manifest;
}

/** Logs are as large as what happened meanwhile, and so are increments. */
function sizeOfFull(manifest: BackupManifest): number | undefined {
  return manifest.kind === 'full' ? storedBytes(manifest) : undefined;
}
