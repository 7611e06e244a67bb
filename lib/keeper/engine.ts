import type { BackupKind, BackupMade, BackupManifest, Finding, KeeperSettings, RestoreRequest, Verified } from '../model/self-managed';
import type { Repository } from './repository';

/** What the keeper works with, whatever it does. */
export interface KeeperContext {
  readonly settings: KeeperSettings;
  readonly repository: Repository;
  /** Fires when the work has to end: somebody stops the keeper, or its lock is lost. Its reason is the error to end with. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: () => number;
  /** The text of a secret. Never tell it, never make it an argument. */
  readonly readSecret: (secretArn: string) => Promise<string>;
  /** Tells an event in one line. */
  readonly tell: (event: string, details?: Readonly<Record<string, unknown>>) => void;
}

/** What a piece of work on files has besides. */
export interface WorkContext extends KeeperContext {
  /** A folder of this run alone, mode 700, which is removed afterwards. */
  readonly folder: string;
}

/** What the making of a backup has besides. */
export interface BackupContext extends WorkContext {
  /** The id that the backup gets. */
  readonly id: string;
  /** All published backups, the newest first; those whose manifest cannot be read are left out. */
  readonly published: () => Promise<readonly BackupManifest[]>;
}

/** How new what can be restored is, where logs are archived all the time. */
export interface LogsState {
  /** The newest moment that can be restored to. */
  readonly restorableToMs: number;
  /** What is wrong, such as a piece that is missing, in words for whoever has to act. */
  readonly problem?: string;
}

/**
 * What one kind of tool can do. The keeper around it holds the lock, makes and removes the folder, compares the size with the last backup,
 * writes the manifest, and turns errors into exit codes.
 */
export interface Engine {
  /** Makes a backup, sends it and looks at it; the keeper publishes it afterwards. A kind that is not asked for is up to the engine. */
  backup(context: BackupContext, kind: BackupKind | undefined): Promise<BackupMade>;
  /** Restores, or tells the plan of it and does nothing where that is asked for. */
  restore(context: WorkContext, request: RestoreRequest): Promise<void>;
  /** Looks at a backup that tools keep by themselves; objects of ours the keeper reads again without an engine. */
  verify?(context: WorkContext, manifest: BackupManifest): Promise<readonly Verified[]>;
  /**
   * Bytes by which a backup is compared with the last one that has some, so that none counts that has lost half of its source; undefined for what cannot be
   * compared. What full backups store, where left out.
   */
  sizeOf?(manifest: BackupManifest): number | undefined;
  /** What is wrong on this machine and with the server. */
  doctor(context: WorkContext): Promise<readonly Finding[]>;
  /** Sets up what has to be there before the first backup. */
  configure?(context: WorkContext): Promise<readonly Finding[]>;
  /** How far logs are archived. */
  logs?(context: WorkContext): Promise<LogsState>;
  /** Gives up backups in the repository of a tool, before their manifests are removed; called also where there are none. */
  retire?(context: WorkContext, retired: readonly BackupManifest[]): Promise<void>;
}
