import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { Alarm, CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import {
  AuroraGlobalDatabase,
  AuroraSecondaryCluster,
  BucketReplication,
  DatabaseBackupReplication,
  DatabaseExport,
  DatabaseReadReplica,
  FileSystemReplication,
  Protection,
  ProtectionPlan,
  ProtectionRule,
  RecoveryTier,
  RecoveryWatch,
  Selection,
  TableConsistency,
  TableExport,
  TableReplication,
} from '../../lib';
import type { FreshnessConfig } from '../../lib/model/freshness';
import { HOUR, MINUTE } from '../../lib/model/time';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const SEOUL = 'ap-northeast-2';
const ENV = { account: '111122223333', region: TOKYO };
type Templates = Readonly<Record<string, Template>>;

const ordersIn = (app = new App()) => new Stack(app, 'Orders', { env: ENV });
const tableIn = (stack: Stack, id = 'Table', tableName?: string) =>
  new TableV2(stack, id, { tableName, partitionKey: { name: 'id', type: AttributeType.STRING } });
const databaseIn = (stack: Stack, id = 'Ledger', more: object = {}) =>
  new CfnDBInstance(stack, id, {
    engine: 'postgres',
    dbInstanceClass: 'db.t4g.micro',
    allocatedStorage: '20',
    storageEncrypted: true,
    dbInstanceIdentifier: id.toLowerCase(),
    ...more,
  });
const templatesOf = (stack: Stack): Templates =>
  Object.fromEntries((stack.node.root as App).synth().stacks.map((one) => [one.id, Template.fromJSON(one.template)]));
const configIn = (template: Template): FreshnessConfig => {
  const [config] = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
    ({ Properties }) => Properties.Environment?.Variables?.FRESHNESS_CONFIG ?? [],
  );
  return JSON.parse(config);
};
const unmeasured = (stack: Stack) =>
  Warnings.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('cdk-recovery:copyNotMeasured'))
    .map(({ entry }) => String(entry.data));
/** A daily plan of the resources and a watch, in the stack of the resources. */
const watched = (stack: Stack, ...resources: IConstruct[]) => {
  const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('daily', { keep: Duration.days(7) })] });
  plan.select('All', Selection.resources(...resources));
  new RecoveryWatch(stack, 'Watch');
};

test.each([
  ['DynamoDB', (stack: Stack) => tableIn(stack)],
  ['RDS', (stack: Stack) => databaseIn(stack)],
  ['Aurora', (stack: Stack) => new CfnDBCluster(stack, 'Cluster', { engine: 'aurora-postgresql', storageEncrypted: true })],
] as const)('%s keeps its own point-in-time recovery, which the watch knows', (type, make) => {
  const stack = ordersIn();
  watched(stack, make(stack));
  const template = templatesOf(stack).Orders;
  expect(configIn(template).plans[0].services).toEqual([{ type, count: 1, thresholdMs: expect.any(Number) }]);
});

test('automated backups that AWS Backup owns are the plan’s, and measured once', () => {
  const stack = ordersIn();
  const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Second', { keep: Duration.days(7), continuous: true })] });
  plan.select('All', Selection.resources(databaseIn(stack)));
  new RecoveryWatch(stack, 'Watch');
  const [{ promises, services }] = configIn(templatesOf(stack).Orders).plans;
  expect(promises[0].copies).toContainEqual(expect.objectContaining({ continuous: true }));
  expect(services).toBeUndefined();
});

describe('a replicated table', () => {
  let templates: Templates;
  let stack: Stack;
  beforeAll(() => {
    stack = ordersIn();
    const table = tableIn(stack);
    new TableReplication(stack, 'Replication', { source: table, recoveryRegion: OSAKA });
    tableIn(stack, 'Other');
    watched(stack, table, stack.node.findChild('Other'));
    templates = templatesOf(stack);
  });

  test('has a recovery of its own in each Region, and so many tables have it', () => {
    expect(configIn(templates.Orders).plans[0].services).toEqual([
      { type: 'DynamoDB', count: 2, thresholdMs: 35 * MINUTE },
      { type: 'DynamoDB', region: OSAKA, count: 1, thresholdMs: expect.any(Number) },
    ]);
  });

  test('is looked at in the Region of its replica too', () => {
    const { plans, vaults } = configIn(templates[`Orders-recovery-${OSAKA}`]);
    expect(vaults).toEqual([]);
    expect(plans).toEqual([
      expect.objectContaining({
        region: TOKYO,
        services: [{ type: 'DynamoDB', region: OSAKA, count: 1, thresholdMs: expect.any(Number) }],
      }),
    ]);
  });

  test('may be asked for in these Regions, and nothing more', () => {
    const statementOf = (template: Template) =>
      Object.values(template.findResources('AWS::IAM::Policy'))
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
        .filter(({ Sid }) => Sid === 'ReadTableRecovery')
        .map(({ Action, Resource }) => [Action, JSON.stringify(Resource).match(/:dynamodb:[a-z0-9-]+:\d+:table\/\*/g)]);
    const tables = (region: string) => `:dynamodb:${region}:111122223333:table/*`;
    expect(statementOf(templates.Orders)).toEqual([['dynamodb:DescribeContinuousBackups', [tables(TOKYO), tables(OSAKA)]]]);
    expect(statementOf(templates[`Orders-recovery-${OSAKA}`])).toEqual([['dynamodb:DescribeContinuousBackups', [tables(OSAKA)]]]);
  });

  test('has an alarm on its lag, so that the watch need not call it unjudged', () => {
    expect(configIn(templates.Orders).plans[0].unseen).toBeUndefined();
    expect(unmeasured(stack)).toEqual([]);
  });
});

test('automated backups in another Region may be listed there', () => {
  const stack = ordersIn();
  const source = databaseIn(stack);
  new DatabaseBackupReplication(stack, 'Copies', { source, recoveryRegion: OSAKA });
  watched(stack, source);
  const template = templatesOf(stack).Orders;
  expect(configIn(template).plans[0].services).toContainEqual({
    type: 'RDS',
    region: OSAKA,
    count: 1,
    thresholdMs: expect.any(Number),
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'rds:DescribeDBInstanceAutomatedBackups',
          Resource: ['auto-backup', 'db'].map((kind) => ({
            'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:rds:${OSAKA}:111122223333:${kind}:*`]],
          })),
        }),
      ]),
    },
  });
});

describe('live copies', () => {
  const replicas: readonly (readonly [string, (stack: Stack, scoped: boolean) => IConstruct])[] = [
    [
      'a bucket',
      (stack, ours) => {
        const bucket = new Bucket(stack, 'Files', { bucketName: 'orders-files', versioned: true });
        if (ours) {
          new BucketReplication(stack, 'Replication', { source: bucket, recoveryRegion: OSAKA });
        } else {
          (bucket.node.defaultChild as CfnBucket).replicationConfiguration = {
            role: 'arn:aws:iam::111122223333:role/replication',
            rules: [
              {
                id: 'All',
                status: 'Enabled',
                priority: 1,
                filter: { prefix: '' },
                deleteMarkerReplication: { status: 'Disabled' },
                destination: { bucket: 'arn:aws:s3:::orders-replica' },
              },
            ],
          };
        }
        return bucket;
      },
    ],
    [
      'a file system',
      (stack, ours) => {
        const files = new CfnFileSystem(stack, 'Files', {
          encrypted: true,
          ...(ours ? {} : { replicationConfiguration: { destinations: [{ region: OSAKA }] } }),
        });
        if (ours) {
          new FileSystemReplication(stack, 'Replication', { source: files, recoveryRegion: OSAKA });
        }
        return files;
      },
    ],
    [
      'a table',
      (stack, ours) => {
        const table = tableIn(stack);
        if (ours) {
          new TableReplication(stack, 'Replication', { source: table, recoveryRegion: OSAKA });
        } else {
          table.addReplica({ region: OSAKA });
        }
        return table;
      },
    ],
  ];

  test.each(replicas)('of %s that this library makes have an alarm, whatever the watch measures', (_, make) => {
    const stack = ordersIn();
    watched(stack, make(stack, true));
    expect(configIn(templatesOf(stack).Orders).plans[0].unseen).toBeUndefined();
    expect(unmeasured(stack)).toEqual([]);
  });

  test.each(replicas)('of %s that nobody watches are unjudged, and a warning says so', (_, make) => {
    const stack = ordersIn();
    watched(stack, make(stack, false));
    const { unseen } = configIn(templatesOf(stack).Orders).plans[0];
    expect(unseen).toEqual([{ place: expect.stringMatching(/^(ap-northeast-3|unknown Region)\/live copies$/), count: 1 }]);
    expect(unmeasured(stack)).toEqual([expect.stringMatching(/^1 copies of what 'Orders\/Plan' protects are in/)]);
  });

  test('into one Region have no alarm that is on those into another', () => {
    const stack = ordersIn();
    const table = tableIn(stack);
    new TableReplication(stack, 'Replication', { source: table, recoveryRegion: OSAKA });
    table.addReplica({ region: SEOUL });
    watched(stack, table);
    expect(configIn(templatesOf(stack).Orders).plans[0].unseen).toEqual([{ place: `${SEOUL}/live copies`, count: 1 }]);
  });

  test('are not measured by an alarm on something else of the table', () => {
    const stack = ordersIn();
    const table = tableIn(stack);
    table.addReplica({ region: OSAKA });
    new Alarm(stack, 'Busy', { metric: table.metricConsumedReadCapacityUnits(), threshold: 1, evaluationPeriods: 1 });
    watched(stack, table);
    expect(configIn(templatesOf(stack).Orders).plans[0].unseen).toEqual([{ place: `${OSAKA}/live copies`, count: 1 }]);
  });

  test('of strong consistency publish no lag', () => {
    const stack = ordersIn();
    const table = tableIn(stack);
    new TableReplication(stack, 'Replication', {
      source: table,
      recoveryRegion: OSAKA,
      consistency: TableConsistency.strongWithWitness(SEOUL),
    });
    watched(stack, table);
    expect(configIn(templatesOf(stack).Orders).plans[0].unseen).toEqual([{ place: `${OSAKA}/live copies`, count: 1 }]);
  });
});

describe('live copies of databases, and exports', () => {
  /** What is told as unmeasured, by the plan of a database that the construct in the other Region copies. */
  const unseenWith = (make: (stack: Stack, recovery: Stack) => IConstruct) => {
    const stack = ordersIn();
    const recovery = new Stack(stack.node.root as App, 'Recovery', { env: { ...ENV, region: OSAKA } });
    watched(stack, make(stack, recovery));
    const [{ unseen }] = configIn(templatesOf(stack).Orders).plans;
    return { unseen, warnings: unmeasured(stack) };
  };
  const clusterIn = (stack: Stack) =>
    new CfnDBCluster(stack, 'Cluster', {
      engine: 'aurora-postgresql',
      engineVersion: '16.6',
      masterUsername: 'postgres',
      storageEncrypted: true,
    });

  test.each<[string, (stack: Stack, recovery: Stack) => IConstruct]>([
    [
      'a read replica by the lag that it publishes',
      (stack, recovery) => {
        const source = databaseIn(stack, 'Ledger', { engineVersion: '17.6', dbInstanceClass: 'db.m7g.large' });
        new DatabaseReadReplica(recovery, 'Replica', { source, vpc: new Vpc(recovery, 'Vpc') });
        return source;
      },
    ],
    [
      'a secondary of Aurora by the lag of its volume',
      (stack, recovery) => {
        const primary = clusterIn(stack);
        const globalDatabase = new AuroraGlobalDatabase(stack, 'Global', { primary });
        new AuroraSecondaryCluster(recovery, 'Secondary', { globalDatabase, vpc: new Vpc(recovery, 'Vpc') });
        return primary;
      },
    ],
    [
      'an export of a table by its absence',
      (stack) => {
        const source = tableIn(stack);
        new TableExport(stack, 'Export', { source });
        return source;
      },
    ],
    [
      'an export of a database by its absence',
      (stack) => {
        const source = databaseIn(stack, 'Ledger', { engineVersion: '17.6' });
        new DatabaseExport(stack, 'Export', { source, every: Duration.days(7) });
        return source;
      },
    ],
  ])('%s', (_what, make) => {
    expect(unseenWith(make)).toEqual({ unseen: undefined, warnings: [] });
  });

  test.each<[string, (stack: Stack, recovery: Stack) => IConstruct, string]>([
    [
      'a read replica',
      (stack, recovery) => {
        const source = databaseIn(stack, 'Ledger', { engineVersion: '17.6', dbInstanceClass: 'db.m7g.large' });
        new DatabaseReadReplica(recovery, 'Replica', { source, vpc: new Vpc(recovery, 'Vpc') });
        return source;
      },
      'live copies',
    ],
    [
      'an export',
      (stack) => {
        const source = tableIn(stack);
        new TableExport(stack, 'Export', { source });
        return source;
      },
      'exports',
    ],
  ])('%s is told as unmeasured where its alarms are taken out', (_what, make, place) => {
    const { unseen } = unseenWith((stack, recovery) => {
      const made = make(stack, recovery);
      for (const alarm of stack.node.root.node.findAll().filter((node) => node instanceof CfnAlarm)) {
        alarm.node.scope?.node.tryRemoveChild(alarm.node.id);
      }
      return made;
    });
    expect(unseen).toEqual([{ place: expect.stringMatching(new RegExp(`/${place}$`)), count: 1 }]);
  });
});

describe('an RPO', () => {
  const late = (template: Template) => Object.keys(template.findResources('AWS::CloudWatch::Alarm')).filter((id) => id.includes('Late'));

  test('is compared with the place that it relies on', () => {
    const stack = ordersIn();
    new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT }).protect(tableIn(stack));
    new RecoveryWatch(stack, 'Watch');
    const template = templatesOf(stack).Orders;
    expect(configIn(template).plans[0]).toMatchObject({
      promises: [{ copies: [{ vault: 0 }] }],
      services: [{ type: 'DynamoDB', rpoMs: 4 * HOUR }],
    });
    // its threshold is shorter, so that it is stale before
    expect(late(template)).toEqual([]);
  });

  test('rings where missed runs are allowed, and the promise does not wait for them', () => {
    const stack = ordersIn();
    new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA }).protect(tableIn(stack));
    new RecoveryWatch(stack, 'Watch', { allowedMisses: 3 });
    const { Orders: template } = templatesOf(stack);
    const [, far] = configIn(template).plans[0].promises[0].copies;
    expect(far.rpoMs).toBe(4 * HOUR);
    expect(far.thresholdMs).toBeGreaterThan(4 * HOUR);
    expect(late(template)).toHaveLength(1);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Late',
      Statistic: 'Maximum',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'ignore',
      AlarmDescription: Match.stringLikeRegexp('docs/runbook.md#late-recovery-points$'),
    });
  });
});
