import { MOUNT_VARIABLES } from '../../model/verification';
import type { AwsClients } from './aws-clients';
import { awsMachines } from './aws-machines';
import { awsMounts } from './aws-mounts';
import { awsObjects } from './aws-objects';
import { awsSnapshots } from './aws-snapshots';
import { awsTables } from './aws-tables';
import type { MachinePort } from './machine-port';
import type { MountPort } from './mount-port';
import type { ObjectStore } from './object-store';
import type { SnapshotPort } from './snapshot-port';
import type { TablePort } from './table-port';

/** All that the checks ask of AWS. */
export interface ResourcePorts {
  readonly objects: ObjectStore;
  readonly tables: TablePort;
  readonly snapshots: SnapshotPort;
  readonly machines: MachinePort;
  /** Where there is a function that can mount file systems. */
  readonly mounts?: MountPort;
  /** Where a file system is mounted in this very function. */
  readonly filesRoot?: string;
}

/** The ports, bound to the AWS SDK. */
export function awsPorts(clients: AwsClients, environment: NodeJS.ProcessEnv): ResourcePorts {
  return {
    objects: awsObjects(clients),
    tables: awsTables(clients),
    snapshots: awsSnapshots(clients),
    machines: awsMachines(clients),
    mounts: awsMounts(clients, environment),
    filesRoot: environment[MOUNT_VARIABLES.root],
  };
}
