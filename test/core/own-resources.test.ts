import { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch';
import { BackupVault, CfnFramework, CfnReportPlan, CfnRestoreTestingPlan, CfnRestoreTestingSelection } from 'aws-cdk-lib/aws-backup';
import { Alarm, CfnAlarm, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnRule, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { CfnDBInstance, DatabaseInstance, DatabaseInstanceEngine } from 'aws-cdk-lib/aws-rds';
import { Bucket, BucketEncryption, CfnBucket, type ReplicationRule, ReplicationTimeValue } from 'aws-cdk-lib/aws-s3';
import {
  Annotations,
  App,
  CfnCondition,
  CfnParameter,
  CfnResource,
  Fn,
  Lazy,
  NestedStack,
  PhysicalName,
  SecretValue,
  Stack,
  Stage,
  Token,
} from 'aws-cdk-lib/core';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryCoverage } from '../../lib/core/recovery-coverage';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import { Protection } from '../../lib/protection/protection';
import { BucketReplication, ReplicaBucket } from '../../lib/replication';
import { CopySource, RecoveryVault } from '../../lib/vault';

const account = '111122223333';
const [tokyo, osaka] = ['ap-northeast-1', 'ap-northeast-3'];

/** What `cdk synth` tells the user of an app with a stack in Tokyo, a stack in Osaka and nothing that has to be protected. */
function told(build: (stack: Stack, other: Stack) => void): string[] {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: { account, region: tokyo } });
  const other = new Stack(app, 'Other', { env: { account, region: osaka } });
  RecoveryCoverage.of(app).ignoreUnprotected();
  build(stack, other);
  return synthesise(app);
}

function synthesise(app: App): string[] {
  let errors: string[] = [];
  try {
    app.synth();
  } catch (thrown) {
    errors = [...String(thrown).matchAll(/\((\w+) at '([^']+)'\)/g)].map(([, code, path]) => `error ${code} at ${path}`);
    if (errors.length === 0) {
      throw thrown;
    }
  }
  const warnings = app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.map(({ data }) => /\[ack: cdk-recovery:(\w+)\]/.exec(String(data))?.[1]).map((code) => ({ code, node })),
    )
    .flatMap(({ code, node }) => (code ? [`warning ${code} at ${node.path}`] : []));
  return [...errors, ...warnings];
}

describe('rules of EventBridge', () => {
  const RESTORES = ['Restore Job State Change'];
  const rule = (detail: Record<string, unknown>) => (stack: Stack) =>
    new Rule(stack, 'Rule', { eventPattern: { source: ['aws.backup'], detailType: RESTORES, detail: detail as Record<string, string[]> } });

  test.each([
    ['a field that the events do not have', rule({ state: ['FAILED'] }), 'eventNeverMatches'],
    ['a state that the events do not tell', rule({ status: ['EXPIRED'] }), 'eventStateUnknown'],
    [
      'a pattern that is text',
      (stack: Stack) =>
        new CfnRule(stack, 'Rule', {}).addPropertyOverride(
          'EventPattern',
          JSON.stringify({ source: ['aws.backup'], 'detail-type': RESTORES, detail: { state: ['FAILED'] } }),
        ),
      'eventNeverMatches',
    ],
    [
      'a pattern that is overridden in part',
      (stack: Stack) =>
        (rule({ status: ['FAILED'] })(stack).node.defaultChild as CfnRule).addPropertyOverride('EventPattern.detail.status', ['failed']),
      'eventStateUnknown',
    ],
    [
      'a pattern that is only put together at synth',
      (stack: Stack) =>
        new CfnRule(stack, 'Rule', {
          eventPattern: Lazy.any({
            produce: () => ({
              source: ['aws.backup'],
              'detail-type': RESTORES,
              detail: { state: Lazy.any({ produce: () => ['FAILED'] }) },
            }),
          }),
        }),
      'eventNeverMatches',
    ],
    [
      'a raw resource',
      (stack: Stack) =>
        new CfnResource(stack, 'Rule', {
          type: 'AWS::Events::Rule',
          properties: { EventPattern: { source: ['aws.backup'], 'detail-type': RESTORES, detail: { state: ['FAILED'] } } },
        }),
      'eventNeverMatches',
    ],
  ])('warns of %s', (_what, build, code) => {
    expect(told(build)).toEqual([`warning ${code} at Orders/Rule`]);
  });

  test.each([
    ['a right one', rule({ status: ['FAILED'] })],
    ['a state known only at deploy time', (stack: Stack) => rule({ status: [new CfnParameter(stack, 'P').valueAsString] })(stack)],
    [
      'a pattern known only at deploy time',
      (stack: Stack) =>
        new CfnRule(stack, 'Rule', { eventPattern: Fn.join('', ['aws.backup', new CfnParameter(stack, 'P').valueAsString]) }),
    ],
    ['text that is no JSON', (stack: Stack) => new CfnRule(stack, 'Rule', {}).addPropertyOverride('EventPattern', 'aws.backup')],
    ['a schedule', (stack: Stack) => new Rule(stack, 'Rule', { schedule: Schedule.cron({}) })],
    ['another source', (stack: Stack) => new Rule(stack, 'Rule', { eventPattern: { source: ['aws.s3'], detail: { state: ['FAILED'] } } })],
  ])('is silent for %s', (_what, build) => {
    expect(told(build)).toEqual([]);
  });
});

describe('policies of keys and buckets', () => {
  const accounts = (count: number) => Array.from({ length: count }, (_, index) => String(444455550000 + index));
  const vault = (count: number) => (stack: Stack) => {
    const made = new RecoveryVault(stack, 'Vault', { vaultName: 'bunker' });
    for (const id of accounts(count)) {
      made.allowCopyFrom(CopySource.account(id));
    }
  };
  const bunker = (count: number) => (stack: Stack) => {
    for (let index = 0; index < count; index += 1) {
      const destination = ReplicaBucket.inRegion(osaka, { account: '444455556666' });
      const source = new Bucket(stack, `Bucket${index}`, { encryption: BucketEncryption.KMS });
      new BucketReplication(stack, `Replication${index}`, { source, rules: [{ destination }], repair: false });
    }
  };
  const bucket = (count: number) => (stack: Stack) => {
    const made = new Bucket(stack, 'Bucket');
    for (const id of accounts(count)) {
      made.grantRead(new AccountPrincipal(id));
    }
  };
  const errors = (build: (stack: Stack) => void) => told(build).filter((one) => one.startsWith('error'));

  test.each([
    ['the key of a vault that lets in 120 accounts', vault(120), 'Orders/Vault/Key'],
    ['the key of 100 replicas in a bunker', bunker(100), 'Orders-recovery-444455556666-ap-northeast-3/LiveCopiesKey'],
    ['a bucket that lets in 200 accounts', bucket(200), 'Orders/Bucket/Policy'],
  ])('fails for %s', (_what, build, path) => {
    expect(errors(build)).toEqual([`error PolicyTooLarge at ${path}`]);
  });

  test.each([
    ['the key of a vault that lets in 20 accounts', vault(20)],
    ['the key of 20 replicas in a bunker', bunker(20)],
    ['a bucket that lets in 20 accounts', bucket(20)],
    ['a key without a policy', (stack: Stack) => new CfnKey(stack, 'Key')],
  ])('is silent for %s', (_what, build) => {
    expect(errors(build)).toEqual([]);
  });
});

describe('alarms on AWS Backup', () => {
  const failed = (dimensionsMap?: Record<string, string>) =>
    new Metric({ namespace: 'AWS/Backup', metricName: 'NumberOfBackupJobsFailed', dimensionsMap });
  const alarm = (metric: Metric | MathExpression, treatMissingData?: TreatMissingData) => (stack: Stack) =>
    new Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1, treatMissingData });
  const VAULT = { BackupVaultName: 'orders' };
  const sum = (...metrics: Metric[]) =>
    new MathExpression({ expression: 'm0 + m1', usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])) });

  test.each([
    ['no vault', alarm(failed(), TreatMissingData.NOT_BREACHING), ['alarmWithoutVault']],
    ['nothing said of missing data', alarm(failed(VAULT)), ['missingDataUntreated']],
    ['neither', alarm(failed({ ResourceType: 'RDS' })), ['alarmWithoutVault', 'missingDataUntreated']],
    ['a metric without a vault in an expression', alarm(sum(failed(VAULT), failed()), TreatMissingData.IGNORE), ['alarmWithoutVault']],
    [
      'an L1 whose namespace is overridden',
      (stack: Stack) =>
        new CfnAlarm(stack, 'Alarm', {
          comparisonOperator: 'GreaterThanThreshold',
          evaluationPeriods: 1,
          namespace: 'Mine',
          treatMissingData: 'breaching',
        }).addPropertyOverride('Namespace', 'AWS/Backup'),
      ['alarmWithoutVault'],
    ],
  ])('warns of %s', (_what, build, codes) => {
    expect(told(build)).toEqual(codes.map((code) => `warning ${code} at Orders/Alarm`));
  });

  test.each([
    ['a vault', alarm(failed(VAULT), TreatMissingData.NOT_BREACHING)],
    [
      'a vault of this app',
      (stack: Stack) => alarm(failed({ BackupVaultName: new BackupVault(stack, 'V').backupVaultName }), TreatMissingData.BREACHING)(stack),
    ],
    ['an expression', alarm(sum(failed(VAULT), failed({ ...VAULT, ResourceType: 'RDS' })), TreatMissingData.NOT_BREACHING)],
    ['other metrics', alarm(new Metric({ namespace: 'AWS/Lambda', metricName: 'Errors' }))],
    [
      'a dimension whose name is known only at deploy time',
      (stack: Stack) => {
        const it = alarm(failed(), TreatMissingData.NOT_BREACHING)(stack).node.defaultChild as CfnAlarm;
        it.dimensions = [{ name: new CfnParameter(stack, 'P').valueAsString, value: 'orders' }];
      },
    ],
    [
      'dimensions known only at deploy time',
      (stack: Stack) => {
        const it = alarm(failed(), TreatMissingData.NOT_BREACHING)(stack).node.defaultChild as CfnAlarm;
        const condition = new CfnCondition(stack, 'C', { expression: Fn.conditionEquals('a', 'b') }).logicalId;
        it.dimensions = Token.asAny(Fn.conditionIf(condition, [{ name: 'A', value: 'b' }], [])) as CfnAlarm['dimensions'];
      },
    ],
  ])('is silent for %s', (_what, build) => {
    expect(told(build)).toEqual([]);
  });
});

describe('alarms on replication', () => {
  const alarmIn = (scope: Stack, metricName: string, source: string, destination: string) =>
    new Alarm(scope, 'Alarm', {
      metric: new Metric({
        namespace: 'AWS/S3',
        metricName,
        dimensionsMap: { SourceBucket: source, DestinationBucket: destination, RuleId: 'all' },
      }),
      threshold: 900,
      evaluationPeriods: 1,
    });
  const buckets = (stack: Stack, other: Stack, names: readonly [string?, string?] = []) => [
    new Bucket(stack, 'Bucket', { bucketName: names[0] }),
    new Bucket(other, 'Bucket', { bucketName: names[1] }),
  ];
  const GENERATED = [PhysicalName.GENERATE_IF_NEEDED, PhysicalName.GENERATE_IF_NEEDED] as const;

  test.each(['ReplicationLatency', 'BytesPendingReplication', 'OperationsPendingReplication'])(
    'warns of %s in the Region of the source',
    (metric) => {
      const build = (stack: Stack, other: Stack) => {
        const [source, destination] = buckets(stack, other, GENERATED);
        alarmIn(stack, metric, source.bucketName, destination.bucketName);
      };
      expect(told(build)).toEqual(['warning replicationAlarmElsewhere at Orders/Alarm']);
    },
  );

  test('warns of failed operations in the Region of the destination', () => {
    const build = (stack: Stack, other: Stack) => {
      const [source, destination] = buckets(stack, other, GENERATED);
      alarmIn(other, 'OperationsFailedReplication', source.bucketName, destination.bucketName);
    };
    expect(told(build)).toEqual(['warning replicationAlarmElsewhere at Other/Alarm']);
  });

  test('knows a bucket by its name too', () => {
    const build = (stack: Stack, other: Stack) => {
      buckets(stack, other, ['here', 'there']);
      alarmIn(stack, 'ReplicationLatency', 'here', 'there');
    };
    expect(told(build)).toEqual(['warning replicationAlarmElsewhere at Orders/Alarm']);
  });

  test('knows a bucket of another stack without a name of its own, which the CDK refers to across Regions', () => {
    const build = (stack: Stack, other: Stack) => alarmIn(stack, 'ReplicationLatency', 'elsewhere', new CfnBucket(other, 'Bucket').ref);
    expect(told(build)).toEqual(['warning replicationAlarmElsewhere at Orders/Alarm']);
  });

  test('sees the metric in an expression, and in a nested stack the bucket around it', () => {
    const build = (stack: Stack, other: Stack) => {
      const [source, destination] = buckets(stack, other, ['here', 'there']);
      const nested = new NestedStack(other, 'Nested');
      const pending = new Metric({
        namespace: 'AWS/S3',
        metricName: 'ReplicationLatency',
        dimensionsMap: { SourceBucket: 'elsewhere', DestinationBucket: destination.bucketName },
      });
      new Alarm(stack, 'Alarm', {
        metric: new MathExpression({ expression: 'm / 60', usingMetrics: { m: pending } }),
        threshold: 15,
        evaluationPeriods: 1,
      });
      const inner = new Bucket(other, 'Inner');
      alarmIn(nested, 'OperationsFailedReplication', inner.bucketName, source.bucketName);
    };
    expect(told(build)).toEqual(['warning replicationAlarmElsewhere at Orders/Alarm']);
  });

  test('is silent in the right Region, also where both stacks call their bucket alike', () => {
    const build = (stack: Stack, other: Stack) => {
      const [source, destination] = buckets(stack, other, ['here', undefined]);
      alarmIn(other, 'ReplicationLatency', 'here', destination.bucketName);
      alarmIn(stack, 'OperationsFailedReplication', source.bucketName, 'elsewhere');
    };
    expect(told(build)).toEqual([]);
  });

  test('is silent for buckets that are not of this app, and for a Region known only at deploy time', () => {
    const build = (stack: Stack, other: Stack) => {
      const [source, destination] = buckets(stack, other, ['here', 'there']);
      alarmIn(stack, 'ReplicationLatency', source.bucketName, 'elsewhere');
      alarmIn(new Stack(stack.node.root as App, 'Anywhere'), 'ReplicationLatency', 'here', destination.bucketName);
    };
    expect(told(build)).toEqual([]);
  });
});

describe('replicated buckets', () => {
  const l2 =
    (rule: Partial<ReplicationRule> = {}) =>
    (stack: Stack) =>
      new Bucket(stack, 'Source', {
        versioned: true,
        replicationRules: [
          {
            destination: Bucket.fromBucketName(stack, 'Destination', 'there'),
            priority: 1,
            replicationTimeControl: ReplicationTimeValue.FIFTEEN_MINUTES,
            metrics: ReplicationTimeValue.FIFTEEN_MINUTES,
            ...rule,
          },
        ],
      });
  const overridden = (path: string, value: unknown, rule?: Partial<ReplicationRule>) => (stack: Stack) =>
    (l2(rule)(stack).node.defaultChild as CfnBucket).addPropertyOverride(`ReplicationConfiguration.Rules.0.${path}`, value);
  const l1 =
    (rule: object, count = 1) =>
    (stack: Stack) =>
      new CfnBucket(stack, 'Source', {
        replicationConfiguration: {
          role: `arn:aws:iam::${account}:role/replication`,
          rules: Array.from({ length: count }, () => ({ status: 'Enabled', destination: { bucket: 'arn:aws:s3:::there' }, ...rule })),
        },
      });
  const key = (stack: Stack) => Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${osaka}:${account}:key/1`);

  test.each([
    ['16 minutes', overridden('Destination.ReplicationTime.Time.Minutes', 16), 'ReplicationTimeUnsupported'],
    ['metrics of 14 minutes', overridden('Destination.Metrics.EventThreshold.Minutes', 14), 'ReplicationTimeUnsupported'],
    ['time control without metrics', overridden('Destination.Metrics', undefined), 'ReplicationTimeWithoutMetrics'],
    [
      'delete markers by tags',
      overridden('DeleteMarkerReplication.Status', 'Enabled', { filter: { tags: [{ key: 'a', value: 'b' }] } }),
      'DeleteMarkersWithTags',
    ],
    ['a filter without delete markers', overridden('DeleteMarkerReplication', undefined), 'ReplicationRuleIncomplete'],
    ['an id of 256 characters', l2({ id: 'x'.repeat(256) }), 'ReplicationRuleIdTooLong'],
    ['objects of KMS without a key', l2({ sseKmsEncryptedObjects: true }), 'ReplicaKeyMissing'],
    ['a key without objects of KMS', (stack: Stack) => l2({ kmsKey: key(stack) })(stack), 'ReplicaKeyWithoutObjects'],
    [
      'a key beside another criterion',
      (stack: Stack) => l2({ kmsKey: key(stack), replicaModifications: true })(stack),
      'ReplicaKeyWithoutObjects',
    ],
    ['1,001 rules', l1({ prefix: '' }, 1_001), 'TooManyReplicationRules'],
  ])('fails for %s', (_what, build, code) => {
    expect(told((stack) => void build(stack))).toEqual([`error ${code} at Orders/Source`]);
  });

  test('fails for rules without a priority, and warns of a single one, which the CDK allows', () => {
    const filtered = { filter: { prefix: '' }, deleteMarkerReplication: { status: 'Disabled' } };
    expect(told((stack) => void l1(filtered, 2)(stack))).toEqual(Array(2).fill('error ReplicationRuleIncomplete at Orders/Source'));
    expect(told((stack) => void l2({ priority: undefined })(stack))).toEqual(['warning replicationRuleIncomplete at Orders/Source']);
  });

  test.each([
    ['a right one', l2()],
    ['one with a key', (stack: Stack) => l2({ kmsKey: key(stack), sseKmsEncryptedObjects: true, id: 'x'.repeat(255) })(stack)],
    ['a rule of the first version', l1({ prefix: '' }, 1_000)],
    [
      'parts known only at deploy time',
      (stack: Stack) => {
        const condition = new CfnCondition(stack, 'C', { expression: Fn.conditionEquals('a', 'b') }).logicalId;
        const either = (value: unknown) => Fn.conditionIf(condition, value, { Ref: 'AWS::NoValue' });
        l1({ filter: either({ Prefix: '' }), destination: either({ Bucket: 'arn:aws:s3:::there' }) })(stack);
      },
    ],
    [
      'rules known only at deploy time',
      (stack: Stack) =>
        new CfnBucket(stack, 'Source', {
          replicationConfiguration: { role: 'r', rules: [Fn.conditionIf('C', {}, { Ref: 'AWS::NoValue' })] },
        }) && new CfnCondition(stack, 'C', { expression: Fn.conditionEquals('a', 'b') }),
    ],
    ['no rules', (stack: Stack) => new Bucket(stack, 'Source')],
  ])('is silent for %s', (_what, build) => {
    expect(told((stack) => void build(stack))).toEqual([]);
  });
});

describe('replicated automated backups', () => {
  const l1 =
    (props: Partial<ConstructorParameters<typeof CfnDBInstance>[2]> = {}) =>
    (stack: Stack) =>
      new CfnDBInstance(stack, 'Database', { engine: 'postgres', automaticBackupReplicationRegion: osaka, ...props });
  const l2 = (overrides: Record<string, unknown>) => (stack: Stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['s-1', 's-2'] });
    const database = new DatabaseInstance(stack, 'Database', {
      vpc,
      engine: DatabaseInstanceEngine.MYSQL,
      instanceType: new InstanceType('t3.micro'),
      storageEncrypted: true,
    });
    for (const [name, value] of Object.entries(overrides)) {
      (database.node.defaultChild as CfnDBInstance).addPropertyOverride(name, value);
    }
  };

  test.each([
    ['Aurora', l1({ engine: 'aurora-postgresql', dbClusterIdentifier: 'c' }), 'BackupReplicationUnsupported'],
    ['an instance of a Multi-AZ cluster', l1({ dbClusterIdentifier: 'c' }), 'BackupReplicationUnsupported'],
    ['a Region that RDS does not replicate to', l1({ automaticBackupReplicationRegion: 'eu-west-1' }), 'BackupReplicationRegion'],
    ['the own Region', l1({ automaticBackupReplicationRegion: tokyo }), 'BackupReplicationRegion'],
    ['36 days', l1({ automaticBackupReplicationRetentionPeriod: 36 }), 'BackupReplicationRetention'],
    ['no automated backups', l1({ backupRetentionPeriod: 0 }), 'BackupReplicationWithoutBackups'],
    ['an encrypted instance without a key there', l2({ AutomaticBackupReplicationRegion: osaka }), 'BackupReplicationKeyMissing'],
  ])('fails for %s', (_what, build, code) => {
    expect(told((stack) => void build(stack)).filter((one) => one.startsWith('error'))).toEqual([`error ${code} at Orders/Database`]);
  });

  test.each([
    ['a right one', l1({ automaticBackupReplicationRetentionPeriod: 35, backupRetentionPeriod: 1 })],
    [
      'overrides that are right',
      l2({ AutomaticBackupReplicationRegion: osaka, AutomaticBackupReplicationKmsKeyId: `arn:aws:kms:${osaka}:${account}:key/1` }),
    ],
    [
      'an override that takes it away',
      (stack: Stack) => l1({ dbClusterIdentifier: 'c' })(stack).addPropertyDeletionOverride('AutomaticBackupReplicationRegion'),
    ],
    [
      'an override that corrects it',
      (stack: Stack) =>
        l1({ automaticBackupReplicationRetentionPeriod: 99 })(stack).addPropertyOverride('AutomaticBackupReplicationRetentionPeriod', 7),
    ],
    [
      'a Region known only at deploy time',
      (stack: Stack) => l1({ automaticBackupReplicationRegion: new CfnParameter(stack, 'P').valueAsString })(stack),
    ],
    [
      'a Region that is looked up at deploy time',
      l1({ automaticBackupReplicationRegion: SecretValue.ssmSecure('/region').unsafeUnwrap() }),
    ],
    ['an instance that replicates nothing', l1({ automaticBackupReplicationRegion: undefined, backupRetentionPeriod: 0 })],
  ])('is silent for %s', (_what, build) => {
    expect(told((stack) => void build(stack))).toEqual([]);
  });

  test('is silent in a stack whose Region is known only at deploy time', () => {
    const app = new App();
    RecoveryCoverage.of(app).ignoreUnprotected();
    l1({ automaticBackupReplicationRegion: tokyo })(new Stack(app, 'Orders'));
    expect(synthesise(app)).toEqual([]);
  });
});

describe('Region switch plans', () => {
  const approval = { executionApprovalConfig: { approvalRole: `arn:aws:iam::${account}:role/approver` } };
  const step = (executionBlockType: string, executionBlockConfiguration: object) => ({
    name: 'approve',
    executionBlockType,
    executionBlockConfiguration,
  });
  const plan =
    (props: Partial<ConstructorParameters<typeof CfnPlan>[2]>, ...steps: object[]) =>
    (stack: Stack) =>
      new CfnPlan(stack, 'Plan', {
        name: 'orders',
        executionRole: `arn:aws:iam::${account}:role/switch`,
        recoveryApproach: 'activePassive',
        regions: [tokyo, osaka],
        workflows: [{ workflowTargetAction: 'activate', steps: steps as CfnPlan.StepProperty[] }],
        ...props,
      });

  test.each([
    ['a name of 33 characters', plan({ name: 'x'.repeat(33) }), 'InvalidName'],
    ['three Regions', plan({ regions: [tokyo, osaka, 'us-east-1'] }), 'RegionSwitchRegions'],
    ['a configuration of another type', plan({}, step('DocumentDb', approval)), 'RegionSwitchConfiguration'],
    ['two configurations', plan({}, step('ManualApproval', { ...approval, parallelConfig: { steps: [] } })), 'RegionSwitchConfiguration'],
    [
      'a step that runs in parallel',
      plan({}, step('Parallel', { parallelConfig: { steps: [step('DocumentDb', approval)] } })),
      'RegionSwitchConfiguration',
    ],
  ])('fails for %s', (_what, build, code) => {
    expect(told(build)).toEqual([`error ${code} at Orders/Plan`]);
  });

  test.each([
    [
      'a right one',
      plan(
        { name: 'x'.repeat(32) },
        step('ManualApproval', approval),
        step('Parallel', { parallelConfig: { steps: [step('ManualApproval', approval)] } }),
      ),
    ],
    ['Regions known only at deploy time', (stack: Stack) => plan({ regions: [new CfnParameter(stack, 'P').valueAsString] })(stack)],
    ['a name known only at deploy time', (stack: Stack) => plan({ name: new CfnParameter(stack, 'P').valueAsString })(stack)],
  ])('is silent for %s', (_what, build) => {
    expect(told(build)).toEqual([]);
  });
});

describe('policies of an organization', () => {
  const policy =
    (content: object, type = 'BACKUP_POLICY') =>
    (stack: Stack) =>
      new CfnPolicy(stack, 'Policy', { name: 'backup', type, content });
  const text = (content: string) => (stack: Stack) => policy({})(stack).addPropertyOverride('Content', content);
  const long = (length: number) => ({ plans: 'x'.repeat(length - JSON.stringify({ plans: '' }).length) });

  test.each([
    ['an object of 10,001 characters', policy(long(10_001)), 'error BackupPolicyTooLarge'],
    ['text of 10,001 characters', text(JSON.stringify(long(10_001))), 'error BackupPolicyTooLarge'],
    ['text with white space', text(JSON.stringify(long(10_000), undefined, 1)), 'warning backupPolicyTooLarge'],
  ])('tells of %s', (_what, build, found) => {
    expect(told(build)).toEqual([`${found} at Orders/Policy`]);
  });

  test.each([
    ['10,000 characters', policy(long(10_000))],
    ['policies of another type', policy(long(10_001), 'TAG_POLICY')],
    [
      'content known only at deploy time',
      (stack: Stack) => policy({ ...long(20_000), more: [new CfnParameter(stack, 'P').valueAsString] })(stack),
    ],
    ['text known only at deploy time', (stack: Stack) => text(new CfnParameter(stack, 'P').valueAsString)(stack)],
  ])('is silent for %s', (_what, build) => {
    expect(told((stack) => void build(stack))).toEqual([]);
  });
});

describe('names in AWS Backup', () => {
  const recoveryPointSelection = { algorithm: 'LATEST_WITHIN_WINDOW', includeVaults: ['*'], recoveryPointTypes: ['SNAPSHOT'] };
  const all = (name: string) => (stack: Stack) => {
    new CfnRestoreTestingPlan(stack, 'Testing', {
      restoreTestingPlanName: name,
      scheduleExpression: 'cron(0 5 ? * * *)',
      recoveryPointSelection,
    });
    new CfnRestoreTestingSelection(stack, 'Selection', {
      restoreTestingPlanName: 'plan',
      restoreTestingSelectionName: name,
      iamRoleArn: `arn:aws:iam::${account}:role/restore`,
      protectedResourceType: 'S3',
    });
    new CfnFramework(stack, 'Framework', { frameworkName: name, frameworkControls: [] });
    new CfnReportPlan(stack, 'Report', { reportPlanName: name, reportDeliveryChannel: {}, reportSetting: {} });
  };

  test('fails for hyphens, each at its own construct', () => {
    expect(told(all('every-week'))).toEqual(
      ['Framework', 'Report', 'Selection', 'Testing'].map((id) => `error InvalidName at Orders/${id}`),
    );
  });

  test('is silent for right ones, for none and for tokens', () => {
    expect(told(all('every_week'))).toEqual([]);
    expect(told((stack) => void new CfnFramework(stack, 'Framework', { frameworkControls: [] }))).toEqual([]);
    expect(told((stack) => all(new CfnParameter(stack, 'P').valueAsString)(stack))).toEqual([]);
  });
});

describe('the judge of what an app has itself', () => {
  const useless = (scope: Stack) =>
    new Rule(scope, 'Rule', {
      eventPattern: { source: ['aws.backup'], detailType: ['Copy Job State Change'], detail: { status: ['FAILED'] } },
    });

  test('says what to do', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders');
    RecoveryCoverage.of(app);
    const rule = useless(stack);
    app.synth();
    expect(rule.node.metadata.map(({ data }) => data)).toEqual([
      expect.stringMatching(/^'eventPattern' filters 'Copy Job State Change' by 'detail.status', but .*: filter by 'detail.state' \[ack: /),
    ]);
  });

  test('names the resource where it holds data', () => {
    const stack = new Stack(new App(), 'Orders');
    useless(stack);
    new CfnDBInstance(stack, 'Database', { engine: 'postgres', automaticBackupReplicationRegion: osaka, backupRetentionPeriod: 0 });
    const findings = RecoveryRecord.of(stack)
      .assess()
      .findings.filter(({ code }) => code !== 'Unprotected');
    expect(findings.map(({ code, at, resource }) => ({ code, at, resource }))).toEqual([
      { code: 'BackupReplicationWithoutBackups', at: 'Orders/Database', resource: 'Orders/Database' },
      { code: 'EventNeverMatches', at: 'Orders/Rule', resource: undefined },
    ]);
  });

  test('is silent once a warning is acknowledged', () => {
    const build = (stack: Stack) =>
      Annotations.of(useless(stack)).acknowledgeWarning('cdk-recovery:eventNeverMatches', 'a second rule has it');
    expect(told(build)).toEqual([]);
  });

  test('looks into nested stages without a record of their own', () => {
    const build = (stack: Stack) => void useless(new Stack(new Stage(stack.node.root, 'Prod'), 'Inner'));
    expect(told(build)).toEqual(['warning eventNeverMatches at Prod/Inner/Rule']);
  });

  test('leaves what cannot be rendered to the CDK', () => {
    const build = (stack: Stack) => new CfnPolicy(stack, 'Policy', { name: 'backup', type: 5 as never, content: {} });
    expect(() => told(build)).toThrow(/type: 5 should be a string/);
  });

  test('says nothing in an app that uses nothing of this library', () => {
    const app = new App();
    useless(new Stack(app, 'Orders'));
    expect(synthesise(app)).toEqual([]);
  });

  test('has nothing to say of what this library makes', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: { account, region: tokyo } });
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.CRITICAL, recoveryRegion: osaka });
    protection.protect(new Bucket(stack, 'Bucket', { versioned: true, eventBridgeEnabled: true }));
    const own =
      /eventNever|eventState|alarmWithout|missingData|replicationAlarm|replicationRule|InvalidName|BackupReplication|RegionSwitch/i;
    expect(synthesise(app).filter((one) => own.test(one))).toEqual([]);
  });
});
