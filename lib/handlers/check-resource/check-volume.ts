import type { VolumeCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { contentOf, TELLING_BYTES } from './file-systems';
import { partitionsOf } from './partitions';
import { DamagedBlock, type RestoredVolume, type SnapshotBlocks, type SnapshotPort } from './snapshot-port';

/** What a volume was seen to hold. */
interface SeenVolume {
  readonly words: string;
  readonly problems: readonly string[];
}

/**
 * Reads the partition table and the beginning of every file system. The EBS direct APIs read snapshots, not volumes; what is read is the
 * snapshot that the volume was restored from, since whatever the volume is asked for comes from there.
 */
export async function checkVolume(port: SnapshotPort, _check: VolumeCheckSpec, { input }: CheckContext): Promise<Finding> {
  const volumes = await port.volumes(input.target.arn);
  if (volumes.length === 0) {
    throw new Unable('there is no such volume, or the instance has none');
  }
  const seen: SeenVolume[] = [];
  for (const volume of volumes) {
    seen.push(await lookAt(port, volume, volume.snapshotId ?? snapshotOf(input.test.recoveryPointArn)));
  }
  const problems = seen.flatMap((volume) => volume.problems);
  return problems.length === 0 ? passed(seen.map(({ words }) => words).join('; ')) : failed(problems.join('; '), { details: problems });
}

async function lookAt(port: SnapshotPort, { id, bytes }: RestoredVolume, snapshotId: string | undefined): Promise<SeenVolume> {
  if (!snapshotId) {
    throw new Unable(
      `nobody says which snapshot ${id} was restored from, and volumes themselves cannot be read: bring a function of your own`,
    );
  }
  const snapshot = await port.open(snapshotId);
  const wrong = (problem: string): SeenVolume => ({ words: '', problems: [`${id}: ${problem}`] });
  if (!snapshot) {
    return wrong(`the snapshot ${snapshotId} holds no data at all`);
  }
  if (snapshot.volumeBytes > bytes) {
    return wrong('the volume is smaller than what it was restored from');
  }
  try {
    return await lookInside(id, snapshot);
  } catch (error) {
    if (error instanceof DamagedBlock) {
      return wrong(error.message);
    }
    throw error;
  }
}

async function lookInside(id: string, snapshot: SnapshotBlocks): Promise<SeenVolume> {
  const { kind, partitions, problems } = partitionsOf(await read(snapshot, 0, snapshot.blockBytes), snapshot.volumeBytes);
  const contents: string[] = [];
  const wrong = [...problems];
  for (const { name, from, bytes } of problems.length === 0 ? partitions : []) {
    const content = contentOf(await read(snapshot, from, TELLING_BYTES), bytes);
    contents.push(content.name ?? 'unknown');
    if (content.problem) {
      wrong.push(`${name}: ${content.problem}`);
    }
  }
  if (wrong.length === 0 && contents.length === 0) {
    wrong.push('the partition table names no partition that could hold files');
  }
  return {
    words: `${id}: ${kind === 'none' ? '' : `${kind} with `}${contents.join(', ')}`,
    problems: wrong.map((problem) => `${id}: ${problem}`),
  };
}

async function read(snapshot: SnapshotBlocks, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = from; at < from + length; ) {
    const index = Math.floor(at / snapshot.blockBytes);
    const offset = at - index * snapshot.blockBytes;
    const count = Math.min(snapshot.blockBytes - offset, from + length - at);
    (await snapshot.block(index))?.copy(bytes, at - from, offset, offset + count);
    at += count;
  }
  return bytes;
}

function snapshotOf(recoveryPointArn: string): string | undefined {
  return /:snapshot\/(snap-[0-9a-f]+)$/.exec(recoveryPointArn)?.[1];
}
