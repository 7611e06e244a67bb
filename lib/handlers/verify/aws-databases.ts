import {
  CreateDBInstanceCommand,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
} from '@aws-sdk/client-rds';
import { MADE_FOR_TAG } from '../../model/verification';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { nameOf } from './look';
import type { Restored, StepPorts } from './ports';

const NO_INSTANCE = ['DBInstanceNotFoundFault', 'DBInstanceNotFound'];
const NO_CLUSTER = ['DBClusterNotFoundFault', 'DBClusterNotFound'];
/** The instance is changing just now, or is being deleted: the next look tells. */
const BUSY = ['InvalidDBInstanceStateFault', 'InvalidDBInstanceState'];
const THERE_ALREADY = ['DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists'];

/** Statuses from which nothing comes by itself (Amazon RDS User Guide: DB instance status). */
const LOST =
  /^(failed|deleting|deleted|stopped|stopping|restore-error|insufficient-capacity|storage-full|inaccessible-encryption-credentials|incompatible-.*|cloning-failed|migration-failed)$/;
const DELETING = /^(deleting|deleted)$/;

/** Databases, bound to the API of RDS. */
export function databasePorts(clients: AwsClients): Pick<StepPorts, 'cluster' | 'instance' | 'makeInstance' | 'deleteInstance'> {
  return {
    cluster: async (DBClusterIdentifier) => {
      const found = await unless(NO_CLUSTER, clients.rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier })));
      const cluster = found?.DBClusters?.[0];
      return (
        cluster && {
          ...restored(cluster.Status, cluster.Engine, cluster.Endpoint, cluster.Port),
          members: (cluster.DBClusterMembers ?? []).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier ?? ''),
          serverless: cluster.ServerlessV2ScalingConfiguration !== undefined,
        }
      );
    },
    instance: async (name) => {
      const found = await instanceOf(clients, name);
      return (
        found && {
          ...toRestored(found),
          cluster: found.DBClusterIdentifier,
          madeFor: found.TagList?.find(({ Key }) => Key === MADE_FOR_TAG)?.Value,
          deleting: DELETING.test(found.DBInstanceStatus ?? ''),
        }
      );
    },
    makeInstance: async ({ name, cluster, engine, instanceClass, restoreJobId }) => {
      const command = new CreateDBInstanceCommand({
        DBInstanceIdentifier: name,
        DBClusterIdentifier: cluster,
        Engine: engine,
        DBInstanceClass: instanceClass,
        // DocumentDB knows no such property, and like Neptune it is private unless asked for
        ...(engine.startsWith('aurora') ? { PubliclyAccessible: false } : {}),
        Tags: [{ Key: MADE_FOR_TAG, Value: restoreJobId }],
      });
      await unless(THERE_ALREADY, clients.rds.send(command));
    },
    deleteInstance: async (DBInstanceIdentifier) => {
      const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true });
      await unless([...BUSY, ...NO_INSTANCE], clients.rds.send(command));
    },
  };
}

/** A restored instance, by its ARN. */
export async function describeInstance(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const found = await instanceOf(clients, nameOf(arn));
  return found && toRestored(found);
}

async function instanceOf(clients: AwsClients, DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
  const found = await unless(NO_INSTANCE, clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })));
  return found?.DBInstances?.[0];
}

function toRestored({ DBInstanceStatus, Engine, Endpoint }: DBInstance): Restored {
  return restored(DBInstanceStatus, Engine, Endpoint?.Address, Endpoint?.Port);
}

function restored(status = 'without a status', engine?: string, host?: string, port?: number): Restored {
  const state = status !== 'available' ? (LOST.test(status) ? 'lost' : 'coming') : 'usable';
  return { state, words: status, ...(engine ? { engine } : {}), ...(host && port ? { endpoint: { host, port } } : {}) };
}
