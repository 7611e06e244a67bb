import type { ServerSettings } from './settings';

/** What is to be restored, and where to. */
export interface RestoreRequest {
  /** The newest backup where it is left out, or the newest one before `untilMs`. */
  readonly id?: string;
  /** The moment to restore to, for engines that archive logs: what was committed up to then, and nothing after. */
  readonly untilMs?: number;
  /** Another server than that of the settings. */
  readonly server?: ServerSettings;
  /** The database to restore to, that of the settings where it is left out. */
  readonly database?: string;
  /** The folder to restore to, for physical backups and files. */
  readonly folder?: string;
  /** Of files, this file or folder alone, by the whole path that it had. */
  readonly path?: string;
  /** This table alone, `schema.table`. */
  readonly table?: string;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** The name of what is not empty and may be replaced: it has to be that of the target, so that no habit replaces the wrong one. */
  readonly replace?: string;
}
