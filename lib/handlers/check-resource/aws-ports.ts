import type { AwsClients } from './aws-clients';
import { awsMachines } from './aws-machines';
import { awsObjects } from './aws-objects';
import { awsSnapshots } from './aws-snapshots';
import { awsTables } from './aws-tables';
import type { MachinePort } from './machine-port';
import type { ObjectStore } from './object-store';
import type { SnapshotPort } from './snapshot-port';
import type { TablePort } from './table-port';

/** All that the checks ask of AWS. */
export interface ResourcePorts {
  readonly objects: ObjectStore;
  readonly tables: TablePort;
  readonly snapshots: SnapshotPort;
  readonly machines: MachinePort;
}

/** The ports, bound to the AWS SDK. */
export function awsPorts(clients: AwsClients): ResourcePorts {
  return {
    objects: awsObjects(clients),
    tables: awsTables(clients),
    snapshots: awsSnapshots(clients),
    machines: awsMachines(clients),
  };
}
