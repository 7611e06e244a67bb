import type { Engine } from '../engine';
import { backUpLogically } from './logical-backup';
import { findLogicalProblems } from './logical-problems';
import { restoreLogically } from './logical-restore';

/** PostgreSQL by pg_dump and pg_restore, over the network or on the host of the server. */
export const LOGICAL_POSTGRES: Engine = {
  backup: backUpLogically,
  restore: restoreLogically,
  doctor: findLogicalProblems,
};
