import type { ResourceType } from '../../model/services';
import type { RestoreMetadata } from '../restore-metadata';
import { RestoredType } from '../restored-type';
import { restoredTypeOf } from './split-selections';

/**
 * What of the given metadata is for a type. AWS Backup calls instances and Multi-AZ clusters of RDS by one name, but they are restored by
 * different keys.
 */
export function chosenMetadata(type: ResourceType, given: readonly RestoreMetadata[]): RestoreMetadata | undefined {
  const restored = restoredTypeOf(type) as RestoredType;
  return given.find(
    ({ types }) =>
      types.includes(restored) && (restored !== RestoredType.RDS || types.includes(RestoredType.AURORA) === (type === 'RDSCluster')),
  );
}
