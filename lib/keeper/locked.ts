import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { freed, LOCK_MS, type Lock, takeLock } from '../model/self-managed';
import { Refused } from './refused';
import { isDeadHere } from './run-owner';

/** What a lock lies in, and who wants it. */
export interface LockPlace {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly source: string;
  readonly owner: string;
  readonly now: () => number;
}

/** The lock is somebody else's by now: whoever replaced it is at work. */
const LOST: ReadonlySet<string> = new Set(['PreconditionFailed', 'ConditionalRequestConflict']);

/** A lock that is held. */
export interface HeldLock {
  /** Fires when the lock is lost: what is under way must not be published then. */
  readonly signal: AbortSignal;
  /** Makes sure that nobody else has the lock; throws where somebody has, or where that cannot be found out. */
  confirm(): Promise<void>;
}

/** Does work that only one may do at a time for a source. */
export async function locked<T>(place: LockPlace, work: (held: HeldLock) => Promise<T>): Promise<T> {
  const lost = new AbortController();
  let version = await take(place);
  const renew = async () => {
    lost.signal.throwIfAborted();
    try {
      version = await write(place, { owner: place.owner, expiresMs: place.now() + LOCK_MS }, version);
    } catch (error) {
      if (LOST.has((error as Error).name)) {
        lost.abort(new Refused('publish', `somebody else has taken the lock of ${place.source}: this run was too slow to renew it`));
        throw lost.signal.reason;
      }
      throw error;
    }
  };
  // one after the other, for each needs the version that the one before has written
  let renewing = Promise.resolve();
  const confirm = () => {
    const renewed = renewing.then(renew);
    renewing = renewed.catch(() => {});
    return renewed;
  };
  // what is only late is tried again in a while, long before the lock expires
  const timer = setInterval(() => confirm().catch(() => {}), LOCK_MS / 3);
  try {
    return await work({ signal: lost.signal, confirm });
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    clearInterval(timer);
    await renewing;
    if (!lost.signal.aborted) {
      // one that is left behind expires
      await write(place, freed(place.owner), version).catch(() => {});
    }
  }
}

/** Made where it is missing, and only read where it is there: to find out that something is missing takes more rights than to make it. */
async function take(place: LockPlace): Promise<string> {
  const made = await write(place, { owner: place.owner, expiresMs: place.now() + LOCK_MS }, undefined).catch((error) => {
    if (LOST.has((error as Error).name)) {
      return undefined;
    }
    throw error;
  });
  return made ?? takeOver(place);
}

async function takeOver(place: LockPlace): Promise<string> {
  const found = await read(place);
  const answer = takeLock(found.lock, place.owner, place.now(), isDeadHere);
  if ('heldBy' in answer) {
    const { owner, expiresMs } = answer.heldBy;
    throw new Refused(
      'look',
      `${owner} is at work on ${place.source}, and holds the lock until ${new Date(expiresMs).toISOString()} at least: wait, or stop it`,
    );
  }
  try {
    return await write(place, answer.take, found.version);
  } catch (error) {
    if (LOST.has((error as Error).name)) {
      throw new Refused('look', `another run has begun to work on ${place.source} at this moment`);
    }
    throw error;
  }
}

async function read({ s3, bucket, source }: LockPlace): Promise<{ lock: Lock | undefined; version: string }> {
  const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(source) }));
  return { lock: lockIn((await Body?.transformToString()) ?? ''), version: ETag ?? '' };
}

/** What cannot be read is no lock. */
function lockIn(text: string): Lock | undefined {
  try {
    const { owner, expiresMs } = JSON.parse(text) as Lock;
    return typeof owner === 'string' && Number.isFinite(expiresMs) ? { owner, expiresMs } : undefined;
  } catch {
    return undefined;
  }
}

async function write({ s3, bucket, source }: LockPlace, lock: Lock, version: string | undefined): Promise<string> {
  const { ETag } = await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: keyOf(source),
      Body: JSON.stringify(lock),
      ContentType: 'application/json',
      ...(version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version }),
    }),
  );
  return ETag ?? '';
}

function keyOf(source: string): string {
  return `locks/${source}.json`;
}
