import type { BackupEngine } from './manifest';

/**
 * What the keeper is told: constructs write it, the keeper reads it, in a container from the variable KEEPER_SETTINGS and on a host
 * from a file. It holds no secret: secrets are named, and read when they are needed.
 */
export interface KeeperSettings {
  readonly version: 1;
  /** What is backed up, such as `orders`: the folder of its backups. Letters, digits, dots, dashes and underscores. */
  readonly source: string;
  readonly engine: BackupEngine;
  readonly form: 'logical' | 'physical' | 'files';
  readonly repository: RepositorySettings;
  /** A second repository, in the recovery Region, for tools that write to two by themselves. */
  readonly secondRepository?: RepositorySettings;
  /** A folder with room for what is made before it is sent. */
  readonly scratch: string;
  /** Things that are done at once; 1 to 64. */
  readonly jobs: number;
  readonly server?: ServerSettings;
  /** Logical backups of these tables alone, `schema.table`, and of everything where left out. */
  readonly tables?: readonly string[];
  readonly physical?: PhysicalSettings;
  readonly files?: FilesSettings;
  /** What is kept, newest of each period, in days: what `keeper retire` goes by. */
  readonly keep: KeepSettings;
  /** Who can read what leaves the machine, as recipients of age, besides the encryption of the bucket. */
  readonly recipients?: readonly string[];
  /** A secret with an identity of age, which restores decrypt with. Whoever makes backups needs none, and may not read it. */
  readonly identitySecretArn?: string;
}

/** What a source may be called. */
export const SOURCE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** A bucket with backups. */
export interface RepositorySettings {
  readonly bucket: string;
  readonly region: string;
  /** Where S3 is, if not where the Region says: an address with https. */
  readonly endpoint?: string;
  /** The secret that the repository of the tool is encrypted with, for tools that encrypt by themselves. */
  readonly passphraseSecretArn?: string;
  /** Certificates to trust at the endpoint, in PEM, where it has not one that everybody trusts. */
  readonly certificateAuthorities?: string;
}

/** Where a database server is and who logs in. */
export interface ServerSettings {
  /** A name, an address, or the folder of its socket on this machine. */
  readonly host: string;
  readonly port: number;
  readonly database?: string;
  /** A secret with `username` and `password`; left out where the socket of this machine asks for none. */
  readonly secretArn?: string;
  /** Certificates to trust, in PEM; those of RDS where left out and the server is elsewhere. */
  readonly certificateAuthorities?: string;
}

/** Physical backups are made on the host of the server. */
export interface PhysicalSettings {
  readonly dataFolder: string;
  /** The user of the operating system that the server runs as. */
  readonly osUser?: string;
  /** Seconds after which a piece of log is archived though it is not full. */
  readonly logEverySeconds?: number;
  /** A folder for the configuration of the tool, which has secrets, its locks and its queue; `/var/lib/cdk-recovery/<source>` where left out. */
  readonly toolFolder?: string;
}

/** Files and folders. */
export interface FilesSettings {
  readonly paths: readonly string[];
  readonly exclude?: readonly string[];
  /** A mounted folder that gets hard-linked copies, which this version refuses; a repository of restic in the bucket where left out. */
  readonly target?: string;
}

/** The newest of each period is kept for so many days, and every one for `recentDays`. */
export interface KeepSettings {
  readonly logsDays?: number;
  /** Every backup is kept for so many days, whatever its period. */
  readonly recentDays?: number;
  readonly dailyDays?: number;
  readonly weeklyDays?: number;
  readonly monthlyDays?: number;
}
