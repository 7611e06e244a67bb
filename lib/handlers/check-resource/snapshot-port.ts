/** A volume that was restored, alone or with its instance. */
export interface RestoredVolume {
  readonly id: string;
  readonly bytes: number;
  /** The snapshot that it was made from. */
  readonly snapshotId?: string;
}

/** A snapshot that can be read block by block. */
export interface SnapshotBlocks {
  readonly volumeBytes: number;
  readonly blockBytes: number;
  /** A block of nothing but zeros may be left out of a snapshot: then it is undefined. What is damaged on its way throws `DamagedBlock`. */
  block(index: number): Promise<Buffer | undefined>;
}

/** What a check needs from EC2 and the EBS direct APIs. Whoever cannot answer throws `Unable`. */
export interface SnapshotPort {
  /** The volume, or those of an instance. */
  volumes(targetArn: string): Promise<readonly RestoredVolume[]>;
  /** Undefined where the snapshot has no block at all. */
  open(snapshotId: string): Promise<SnapshotBlocks | undefined>;
}

/** A block that is not what its checksum says. */
export class DamagedBlock extends Error {
  public override readonly name = 'DamagedBlock';
}
