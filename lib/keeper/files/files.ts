import type { Engine } from '../engine';
import { backUpByRestic } from './restic-backup';
import { configureRestic, findResticProblems } from './restic-problems';
import { restoreByRestic } from './restic-restore';
import { retireByRestic } from './restic-retire';
import { verifyByRestic } from './restic-verify';

/** Files by restic, to its repository in the bucket. */
export const RESTIC_FILES: Engine = {
  backup: backUpByRestic,
  restore: restoreByRestic,
  // only what is new is stored, but each backup is of all files
  sizeOf: ({ sourceBytes }) => sourceBytes,
  verify: verifyByRestic,
  doctor: findResticProblems,
  configure: configureRestic,
  retire: retireByRestic,
};
