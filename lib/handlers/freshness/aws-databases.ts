import { DescribeDBClustersCommand, DescribeDBInstanceAutomatedBackupsCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import type { ResourceType } from '../../model/services';
import type { AwsClients } from './aws-clients';
import { pagesOf } from './pages';
import type { Database, Ports } from './ports';

const MAX_RECORDS = 100;

/** Databases, by the API that RDS, Aurora, DocumentDB and Neptune share. */
export function databasePorts({ rds, signal }: AwsClients): Pick<Ports, 'databases' | 'replicatedBackups'> {
  return {
    databases: async function* (region) {
      yield* instances(region);
      yield* clusters(region);
    },
    replicatedBackups: (region) =>
      pagesOf(async (Marker) => {
        const request = new DescribeDBInstanceAutomatedBackupsCommand({ Marker, MaxRecords: MAX_RECORDS });
        const page = await rds(region).send(request, { abortSignal: signal });
        const items = (page.DBInstanceAutomatedBackups ?? []).map((backup) => ({
          of: backup.DBInstanceArn ?? '',
          latestRestorableMs: backup.RestoreWindow?.LatestTime?.getTime(),
        }));
        return { items, next: page.Marker };
      }),
  };

  function instances(region: string): AsyncGenerator<readonly Database[]> {
    return pagesOf(async (Marker) => {
      const page = await rds(region).send(new DescribeDBInstancesCommand({ Marker, MaxRecords: MAX_RECORDS }), { abortSignal: signal });
      const items = (page.DBInstances ?? []).map((instance) => ({
        arn: instance.DBInstanceArn ?? '',
        type: 'RDS' as const,
        member: instance.DBClusterIdentifier !== undefined,
        createdMs: instance.InstanceCreateTime?.getTime(),
        latestRestorableMs: instance.LatestRestorableTime?.getTime(),
      }));
      return { items, next: page.Marker };
    });
  }

  function clusters(region: string): AsyncGenerator<readonly Database[]> {
    return pagesOf(async (Marker) => {
      const page = await rds(region).send(new DescribeDBClustersCommand({ Marker, MaxRecords: MAX_RECORDS }), { abortSignal: signal });
      const items = (page.DBClusters ?? []).map((cluster) => ({
        arn: cluster.DBClusterArn ?? '',
        type: typeOf(cluster.Engine ?? ''),
        member: false,
        createdMs: cluster.ClusterCreateTime?.getTime(),
        latestRestorableMs: cluster.LatestRestorableTime?.getTime(),
      }));
      return { items, next: page.Marker };
    });
  }
}

function typeOf(engine: string): ResourceType {
  if (engine.startsWith('aurora')) {
    return 'Aurora';
  }
  return engine === 'docdb' ? 'DocumentDB' : engine === 'neptune' ? 'Neptune' : 'RDSCluster';
}
