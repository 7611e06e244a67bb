import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { App, Stack } from 'aws-cdk-lib/core';
import {
  AuroraGlobalDatabase,
  AuroraSecondaryCluster,
  DatabaseReadReplica,
  FileSystemReplication,
  RecoveryDashboard,
  TableReplication,
} from '../../lib';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const account = '111122223333';

/** Live copies of every kind, with one dashboard beside the sources and one beside the copies. */
const bodies = (() => {
  const app = new App();
  const [home, recovery] = [TOKYO, OSAKA].map((region) => new Stack(app, region, { env: { account, region } }));
  const vpc = new Vpc(recovery, 'Vpc');
  const table = new TableV2(home, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const source = new CfnDBInstance(home, 'Database', {
    engine: 'postgres',
    engineVersion: '17.6',
    dbInstanceClass: 'db.m7g.large',
    dbInstanceIdentifier: 'orders',
    storageEncrypted: true,
  });
  const primary = new CfnDBCluster(home, 'Cluster', {
    dbClusterIdentifier: 'ledger',
    engine: 'aurora-postgresql',
    engineVersion: '16.6',
    masterUsername: 'postgres',
    storageEncrypted: true,
  });
  new TableReplication(home, 'Tables', { source: table, recoveryRegion: OSAKA });
  new FileSystemReplication(home, 'Files2', { source: new CfnFileSystem(home, 'Files'), recoveryRegion: OSAKA });
  new DatabaseReadReplica(recovery, 'Replica', { source, vpc });
  new AuroraSecondaryCluster(recovery, 'Secondary', { globalDatabase: new AuroraGlobalDatabase(home, 'Global', { primary }), vpc });
  for (const stack of [home, recovery]) {
    new RecoveryDashboard(stack, 'Dashboard', { dashboardName: `board-${stack.region}` });
  }
  return Object.fromEntries([home, recovery].map((stack) => [stack.region, bodyIn(Template.fromStack(stack))]));
})();

function bodyIn(template: Template): { widgets: { properties: Record<string, unknown> }[] } {
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts: unknown[] =
    typeof Properties.DashboardBody === 'string' ? [Properties.DashboardBody] : Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(
    parts
      .map((part) =>
        typeof part === 'string'
          ? part
          : `<${Object.values(part as object)
              .flat()
              .join('.')}>`,
      )
      .join(''),
  );
}

/** The lines of the graph of one metric, and the Region that it is read in. */
function graph(region: string, title: string): [unknown, unknown[][]] {
  const found = bodies[region].widgets.filter(({ properties }) => properties.title === title);
  expect(found).toHaveLength(1);
  return [found[0].properties.region, found[0].properties.metrics as unknown[][]];
}

const named = (label: RegExp) => expect.objectContaining({ label: expect.stringMatching(label) });

test('of a table, once, by its name and the Region that receives', () => {
  expect(graph(TOKYO, 'ReplicationLatency')).toEqual([
    TOKYO,
    [
      [
        'AWS/DynamoDB',
        'ReplicationLatency',
        'ReceivingRegion',
        OSAKA,
        'TableName',
        expect.stringMatching(/^<Table[0-9A-F]{8}>$/),
        { label: expect.stringMatching(/^ap-northeast-1\/Tables/), region: TOKYO },
      ],
    ],
  ]);
});

test('of a file system, by a query where nobody knows the id of the destination', () => {
  const [region, [[{ expression }], ...more]] = graph(TOKYO, 'TimeSinceLastSync') as [string, { expression: string }[][]];
  expect([region, more]).toEqual([TOKYO, []]);
  expect(expression).toMatch(/^SELECT MAX\(TimeSinceLastSync\) FROM SCHEMA\("AWS\/EFS", .*FileSystemId = '<Files>'$/);
});

test('of a read replica, in the Region of the replica', () => {
  const [region, [line, ...more]] = graph(OSAKA, 'ReplicaLag');
  expect([region, more]).toEqual([OSAKA, []]);
  expect(line).toEqual(['AWS/RDS', 'ReplicaLag', 'DBInstanceIdentifier', expect.any(String), named(/^ap-northeast-3\/Replica/)]);
  expect(line.at(-1)).toMatchObject({ region: OSAKA });
});

test('of a secondary cluster, in its Region, by the metric that its engine publishes', () => {
  const [region, [line, ...more]] = graph(OSAKA, 'AuroraGlobalDBRPOLag');
  expect([region, more]).toEqual([OSAKA, []]);
  expect(line).toEqual(['AWS/RDS', 'AuroraGlobalDBRPOLag', 'DBClusterIdentifier', expect.any(String), named(/^ap-northeast-3\/Secondary/)]);
});
