import type { FileCheckSpec } from '../../model/verification';
import { type Finding, unable } from '../sql/finding';

/** Files of EFS can only be read by whoever has mounted the file system, and this function has not. */
export async function checkFiles(_check: FileCheckSpec): Promise<Finding> {
  return unable('files can only be read by a function that has mounted the restored file system: bring one of your own (DataCheck.custom)');
}
