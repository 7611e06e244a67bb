import type { BackupKind } from '../../model/self-managed';
import { Refused } from '../refused';

/** Files are backed up in two ways alone. */
export function requireKind(kind: BackupKind | undefined): void {
  if (kind !== undefined && kind !== 'full' && kind !== 'incremental') {
    throw new Refused('settings', `the kind is '${kind}', and backups of files are full or incremental: give one of these, or none`);
  }
}
