/** An object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
}

/** What was read of an object. */
export interface ReadContent {
  /** SHA-256, shortened; of three parts where it is large, which the checksum says. */
  readonly checksum: string;
  readonly size: number;
  /** Whether S3 has a checksum of its own for it, and what comparing gave. */
  readonly own: 'matches' | 'differs' | 'none';
}

/** A version of an object, or the mark that it was deleted. */
export interface ObjectVersion {
  readonly atMs: number;
  readonly deleted: boolean;
}

/** What a check needs from S3. Whoever cannot answer throws `Unable`. */
export interface ObjectStore {
  list(bucket: string, prefix: string): AsyncIterable<readonly ListedObject[]>;
  /** Undefined where it is not there any more. */
  read(bucket: string, object: ListedObject): Promise<ReadContent | undefined>;
  /** At most 1,000. */
  versions(bucket: string, key: string): Promise<readonly ObjectVersion[]>;
  /** A hash of them. Undefined where there is no such object. */
  tags(bucket: string, key: string): Promise<string | undefined>;
}
