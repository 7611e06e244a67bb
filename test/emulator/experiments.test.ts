import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { FailoverControl } from './failover-control';
import { ACCOUNT, describeWithEmulator } from './harness';
import { callService } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const OREGON = 'us-west-2';
const MINUTE = 60_000;

describeWithEmulator('experiments and controls', (emulator) => {
  const control = () => emulator().control;
  const failover = () => new FailoverControl(emulator().url);
  const make = async (template: Template, region = TOKYO, name = 'Stack', more: Template = {}) => {
    const outcome = await new StackClient(emulator(), region).create(name, template, more);
    expect(outcome).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
    return outcome.outputs;
  };
  const refusal = async (template: Template, region = TOKYO) =>
    (await new StackClient(emulator(), region).create('Refused', template)).failures.join();
  beforeEach(() => control().reset());

  describe('an experiment of FIS', () => {
    const fis = (method: string, path: string, body?: object) =>
      callService(emulator(), { service: 'fis', region: TOKYO, method, path, body });
    const experiment = (targets: Template, actions: Template, stopConditions: object[] = [{ Source: 'none' }]): Template => ({
      Experiment: {
        Type: 'AWS::FIS::ExperimentTemplate',
        Properties: {
          Description: 'Tokyo is cut off',
          RoleArn: `arn:aws:iam::${ACCOUNT}:role/fis`,
          StopConditions: stopConditions,
          Targets: targets,
          Actions: actions,
          Tags: { Name: 'cut-off' },
        },
      },
    });
    const buckets = { Copied: { ResourceType: 'aws:s3:bucket', ResourceArns: ['arn:aws:s3:::origin-of-orders'], SelectionMode: 'ALL' } };
    const tables = {
      Global: {
        ResourceType: 'aws:dynamodb:global-table',
        ResourceArns: [`arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/orders`],
        SelectionMode: 'ALL',
      },
    };
    const subnets = {
      Private: { ResourceType: 'aws:ec2:subnet', ResourceArns: [`arn:aws:ec2:${TOKYO}:${ACCOUNT}:subnet/subnet-1`], SelectionMode: 'ALL' },
    };
    const action = (ActionId: string, targets: Template, more: Template = {}) => ({
      ActionId,
      Parameters: { duration: 'PT10M', region: OSAKA },
      Targets: targets,
      ...more,
    });
    const start = async () => {
      const [{ physicalId }] = await control().deployed({ type: 'AWS::FIS::ExperimentTemplate' });
      const { body } = await fis('POST', '/experiments', { experimentTemplateId: physicalId, clientToken: 'once' });
      return body.experiment.id as string;
    };
    const state = async (id: string) => (await fis('GET', `/experiments/${id}`)).body.experiment.state.status;

    test('pauses the replication of a bucket', async () => {
      const versioned = { VersioningConfiguration: { Status: 'Enabled' } };
      await make({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'copies', ...versioned } } }, OSAKA);
      const trust = { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' };
      const all = { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }], Version: '2012-10-17' };
      await make({
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
            Policies: [{ PolicyName: 'all', PolicyDocument: all }],
          },
        },
        Bucket: {
          Type: 'AWS::S3::Bucket',
          Properties: {
            BucketName: 'origin-of-orders',
            ...versioned,
            ReplicationConfiguration: {
              Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
              Rules: [
                {
                  Status: 'Enabled',
                  Priority: 1,
                  Filter: { Prefix: '' },
                  DeleteMarkerReplication: { Status: 'Disabled' },
                  Destination: { Bucket: 'arn:aws:s3:::copies' },
                },
              ],
            },
          },
        },
        ...experiment(buckets, { Pause: action('aws:s3:bucket-pause-replication', { Buckets: 'Copied' }) }),
      });
      await control().freezeClock();
      const id = await start();
      await new S3Client(emulator().client(TOKYO)).send(new PutObjectCommand({ Bucket: 'origin-of-orders', Key: 'a', Body: 'a' }));
      const status = async () =>
        (await new S3Client(emulator().client(TOKYO)).send(new HeadObjectCommand({ Bucket: 'origin-of-orders', Key: 'a' })))
          .ReplicationStatus;
      await control().advanceClock(9 * MINUTE);
      expect([await state(id), await status()]).toEqual(['running', 'PENDING']);
      await control().advanceClock(2 * MINUTE);
      expect([await state(id), await status()]).toEqual(['completed', 'COMPLETED']);
    });

    test('pauses the replication of a global table, until it is stopped', async () => {
      await make({
        Table: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            TableName: 'orders',
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
            StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
            Replicas: [{ Region: TOKYO }, { Region: OSAKA }],
          },
        },
        ...experiment(tables, { Pause: action('aws:dynamodb:global-table-pause-replication', { Tables: 'Global' }) }),
      });
      await control().freezeClock();
      const id = await start();
      const Key = { id: { S: 'a' } };
      await new DynamoDBClient(emulator().client(TOKYO)).send(new PutItemCommand({ TableName: 'orders', Item: Key }));
      const there = async () =>
        (await new DynamoDBClient(emulator().client(OSAKA)).send(new GetItemCommand({ TableName: 'orders', Key }))).Item;
      await control().advanceClock(5 * MINUTE);
      expect(await there()).toBeUndefined();
      await fis('DELETE', `/experiments/${id}`);
      await control().advanceClock(1);
      expect([await state(id), await there()]).toEqual(['stopped', Key]);
    });

    test('cuts subnets off, one action after the other, until an alarm ends it', async () => {
      const cut = 'aws:network:route-table-disrupt-cross-region-connectivity';
      const wait = { ActionId: 'aws:fis:wait', Parameters: { duration: 'PT1M' } };
      await make({
        Alarm: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            AlarmName: 'enough',
            Namespace: 'Shop',
            MetricName: 'Orders',
            Statistic: 'Sum',
            Period: 60,
            EvaluationPeriods: 1,
            Threshold: 1,
            ComparisonOperator: 'LessThanThreshold',
          },
        },
        ...experiment(subnets, { Wait: wait, Cut: action(cut, { Subnets: 'Private' }, { StartAfter: ['Wait'] }) }, [
          { Source: 'aws:cloudwatch:alarm', Value: { 'Fn::GetAtt': ['Alarm', 'Arn'] } },
        ]),
      });
      await control().freezeClock();
      const id = await start();
      expect(await failover().disruptions()).toEqual({ pausedReplication: [], disruptedConnectivity: [] });
      await control().advanceClock(2 * MINUTE);
      expect((await failover().disruptions()).disruptedConnectivity).toEqual([
        { region: TOKYO, from: OSAKA, subnets: [`arn:aws:ec2:${TOKYO}:${ACCOUNT}:subnet/subnet-1`] },
      ]);
      await new CloudWatchClient(emulator().client(TOKYO)).send(
        new SetAlarmStateCommand({ AlarmName: 'enough', StateValue: 'ALARM', StateReason: 'enough' }),
      );
      await control().advanceClock(2000);
      expect([await state(id), (await failover().disruptions()).disruptedConnectivity]).toEqual(['stopped', []]);
    });

    test.each<[string, Template, Template, RegExp]>([
      [
        'a target that is not there',
        {},
        { Pause: action('aws:s3:bucket-pause-replication', { Buckets: 'Copied' }) },
        /Copied of action Pause is not defined/,
      ],
      [
        'targets of another type',
        subnets,
        { Pause: action('aws:s3:bucket-pause-replication', { Buckets: 'Private' }) },
        /must be of type aws:s3:bucket/,
      ],
      [
        'an action without duration',
        buckets,
        { Pause: { ...action('aws:s3:bucket-pause-replication', { Buckets: 'Copied' }), Parameters: {} } },
        /needs a duration/,
      ],
      [
        'an action that nobody emulates',
        buckets,
        { Stop: action('aws:ec2:stop-instances', { Instances: 'Copied' }) },
        /aws:ec2:stop-instances is not emulated/,
      ],
    ])('fails on %s', async (_, targets, actions, message) => {
      expect(await refusal(experiment(targets, actions))).toMatch(message);
    });
  });

  describe('a routing control', () => {
    const resource = (kind: string, Properties: Template) => ({ Type: `AWS::Route53RecoveryControl::${kind}`, Properties });
    const cell = (Name: string) => resource('RoutingControl', { Name, ControlPanelArn: { Ref: 'Panel' } });
    const template = {
      Cluster: resource('Cluster', { Name: 'cells' }),
      Panel: resource('ControlPanel', { Name: 'shop', ClusterArn: { Ref: 'Cluster' } }),
      Tokyo: cell('tokyo'),
      Osaka: cell('osaka'),
      Rule: resource('SafetyRule', {
        Name: 'one',
        ControlPanelArn: { Ref: 'Panel' },
        AssertionRule: { AssertedControls: [{ Ref: 'Tokyo' }, { Ref: 'Osaka' }], WaitPeriodMs: 5000 },
        RuleConfig: { Type: 'ATLEAST', Threshold: 1, Inverted: false },
      }),
    };
    const outputs = { Outputs: { Tokyo: { Value: { Ref: 'Tokyo' } }, Osaka: { Value: { Ref: 'Osaka' } } } };
    const cluster = (region: string, operation: string, body: object) =>
      callService(emulator(), {
        service: 'route53-recovery-cluster',
        region,
        method: 'POST',
        path: '/v1',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `ToggleCustomerAPI.${operation}` },
      });
    const set = (region: string, states: Record<string, string>) =>
      cluster(region, 'UpdateRoutingControlStates', {
        UpdateRoutingControlStateEntries: Object.entries(states).map(([RoutingControlArn, RoutingControlState]) => ({
          RoutingControlArn,
          RoutingControlState,
        })),
      });

    test('is switched at any endpoint that answers, and its health check follows', async () => {
      const { Tokyo, Osaka } = await make(template, OREGON, 'Cells', outputs);
      const health = (RoutingControlArn: string) => ({
        Type: 'AWS::Route53::HealthCheck',
        Properties: { HealthCheckConfig: { Type: 'RECOVERY_CONTROL', RoutingControlArn } },
      });
      await make({ First: health(Tokyo), Second: health(Osaka) }, OSAKA, 'Checks');
      expect(await set(OREGON, { [Tokyo]: 'On' })).toMatchObject({ status: 200 });
      const get = async (region: string, RoutingControlArn: string) =>
        (await cluster(region, 'GetRoutingControlState', { RoutingControlArn })).body.RoutingControlState;
      expect([await get('eu-west-1', Tokyo), await get(TOKYO, Osaka)]).toEqual(['On', 'Off']);
      expect(Object.values(await failover().healthChecks()).sort()).toEqual([false, true]);

      await control().loseRegion(TOKYO);
      await control().plantFault({ kind: 'unavailable', service: 'route53-recovery-cluster', region: OREGON });
      const swap = { [Tokyo]: 'Off', [Osaka]: 'On' };
      expect((await Promise.all([TOKYO, OREGON].map((region) => set(region, swap)))).map(({ status }) => status)).toEqual([503, 503]);
      expect(await set('ap-southeast-2', swap)).toMatchObject({ status: 200 });
      expect([await get(OREGON, Tokyo), await get(OREGON, Osaka)]).toEqual(['Off', 'On']);
    });

    test('fails to be switched where a safety rule does not hold, or at no endpoint', async () => {
      const { Tokyo, Osaka } = await make(template, OREGON, 'Cells', outputs);
      await set(OREGON, { [Tokyo]: 'On' });
      expect(await set(OREGON, { [Tokyo]: 'Off' })).toMatchObject({ status: 409, body: { __type: 'ConflictException' } });
      expect(await set(OREGON, { [Tokyo]: 'Off', [Osaka]: 'Off' })).toMatchObject({ status: 409 });
      expect(await set(OSAKA, { [Osaka]: 'On' })).toMatchObject({ status: 503 });
      expect(await set(OREGON, { 'arn:aws:nothing': 'On' })).toMatchObject({ status: 404 });
      expect(await failover().routingControls()).toEqual({ tokyo: 'On', osaka: 'Off' });
    });
  });

  describe('a plan of Region switch', () => {
    const step = (ExecutionBlockType: string, ExecutionBlockConfiguration: Template) => ({
      Name: 'step',
      ExecutionBlockType,
      ExecutionBlockConfiguration,
    });
    const promote = step('RdsPromoteReadReplica', {
      RdsPromoteReadReplicaConfig: {
        DbInstanceArnMap: Object.fromEntries([TOKYO, OSAKA].map((region) => [region, `arn:aws:rds:${region}:${ACCOUNT}:db:orders`])),
      },
    });
    const activate = (steps: object[]) => [{ WorkflowTargetAction: 'activate', Steps: steps }];
    const plan = (properties: Template = {}): Template => ({
      Plan: {
        Type: 'AWS::ARCRegionSwitch::Plan',
        Properties: {
          Name: 'shop',
          Regions: [TOKYO, OSAKA],
          PrimaryRegion: TOKYO,
          RecoveryApproach: 'activePassive',
          ExecutionRole: `arn:aws:iam::${ACCOUNT}:role/switch`,
          Workflows: activate([promote]),
          ...properties,
        },
      },
    });
    const trigger = (AlarmType: string) => ({
      AssociatedAlarms: { orders: { AlarmType, ResourceIdentifier: `arn:aws:cloudwatch:${TOKYO}:${ACCOUNT}:alarm:orders` } },
      Triggers: [
        {
          Action: 'activate',
          TargetRegion: OSAKA,
          MinDelayMinutesBetweenExecutions: 60,
          Conditions: [{ AssociatedAlarmName: 'orders', Condition: 'red' }],
        },
      ],
    });

    test('is kept, with its ARN, which is of no Region', async () => {
      const outputs = { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Plan', 'Arn'] } } } };
      const { Arn } = await make(plan(trigger('trigger')), OSAKA, 'Plan', outputs);
      expect(Arn).toMatch(new RegExp(`^arn:aws:arc-region-switch::${ACCOUNT}:plan/shop:\\w{6}$`));
    });

    test.each<[string, Template, RegExp]>([
      ['a primary Region of its own', { PrimaryRegion: 'us-east-1' }, /us-east-1 is not one of/],
      [
        'one workflow for one Region',
        { Workflows: [{ ...activate([promote])[0], WorkflowTargetRegion: OSAKA }] },
        /one workflow to activate for both Regions/,
      ],
      [
        'a block configured as another',
        { Workflows: activate([{ ...promote, ExecutionBlockType: 'ManualApproval' }]) },
        /configured by ExecutionApprovalConfig/,
      ],
      ['a trigger by an alarm that only measures', trigger('applicationHealth'), /not an associated alarm of type trigger/],
      [
        'a promotion after the recovery',
        { Workflows: [...activate([promote]), { WorkflowTargetAction: 'postRecovery', Steps: [promote] }] },
        /cannot be part of a postRecovery/,
      ],
    ])('fails with %s', async (_, properties, message) => {
      expect(await refusal(plan(properties), OSAKA)).toMatch(message);
    });
  });
});
