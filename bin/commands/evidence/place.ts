/** Where evidence lies for the command: it only reads. Names are told below the place, with `/` between folders. */
export interface EvidencePlace {
  /** As the user calls it. */
  readonly name: string;
  names(): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array>;
  /** What a bucket with versions tells beyond what is there now; nothing where nobody can tell. */
  history(): Promise<History | undefined>;
}

export interface History {
  /** Versions of each name. */
  readonly versions: ReadonlyMap<string, number>;
  /** Names of which there are only former versions. */
  readonly deleted: readonly string[];
}
