import { Aws, Duration, PhysicalName } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { ReplicaBucket } from '../../lib/replication';
import { BUNKER, imported, OSAKA, only, REPLICA, replicate } from './buckets';

const alarm = (template: Template, id: string) => only(template, 'AWS::CloudWatch::Alarm', id).Properties;
const action = (alarmActionArn: string): IAlarmAction => ({ bind: () => ({ alarmActionArn }) });
const dimensions = (values: Record<string, unknown>) => Object.entries(values).map(([Name, Value]) => ({ Name, Value }));

describe('the lag', () => {
  const LAG = 'ReplicaDocsLagAlarm';

  test('goes off in the Region of the replica, where S3 tells it, and when S3 no longer does', () => {
    const actions = { alarmActions: [action('here')], recoveryAlarmActions: [action('there')] };
    const { support, own } = replicate(actions, { bucketName: 'orders-docs' });
    expect(alarm(support(), LAG)).toMatchObject({
      Namespace: 'AWS/S3',
      MetricName: 'ReplicationLatency',
      Dimensions: dimensions({ DestinationBucket: REPLICA, RuleId: 'all-objects', SourceBucket: 'orders-docs' }),
      Statistic: 'Maximum',
      Threshold: 900,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'missing',
      AlarmActions: ['there'],
      InsufficientDataActions: ['there'],
    });
    expect(JSON.stringify(own.findResources('AWS::CloudWatch::Alarm'))).not.toContain('ReplicationLatency');
  });

  test('is asked for without the name of a source that CloudFormation names', () => {
    for (const bucketName of [undefined, PhysicalName.GENERATE_IF_NEEDED, `docs-${Aws.REGION}`]) {
      expect(alarm(replicate({}, { bucketName }).support(), LAG)).toMatchObject({
        Metrics: [
          {
            Expression: `SELECT MAX(ReplicationLatency) FROM SCHEMA("AWS/S3", DestinationBucket, RuleId, SourceBucket) WHERE DestinationBucket = '${REPLICA}' AND RuleId = 'all-objects'`,
            Period: 300,
          },
        ],
      });
    }
  });

  test('knows a source that is named after its account', () => {
    const { support } = replicate({}, { bucketName: `docs-${Aws.ACCOUNT_ID}` }, {});
    expect(alarm(support(), LAG).Dimensions).toContainEqual({
      Name: 'SourceBucket',
      Value: { 'Fn::Join': ['', ['docs-', { Ref: 'AWS::AccountId' }]] },
    });
  });

  test('goes off when the user says', () => {
    expect(alarm(replicate({ maxLag: Duration.hours(2) }).support(), LAG).Threshold).toBe(7200);
  });

  test('of a replica in another account goes off in the account of the source', () => {
    const made = replicate({ recoveryRegion: OSAKA, recoveryAccount: BUNKER });
    expect(alarm(made.support(), LAG).Threshold).toBe(900);
    expect(made.support(`${BUNKER}-${OSAKA}`).findResources('AWS::CloudWatch::Alarm')).toEqual({});
  });

  test('of a replica in the same Region goes off beside the source', () => {
    const made = replicate({ recoveryRegion: 'ap-northeast-1', recoveryAccount: BUNKER, alarmActions: [action('here')] });
    expect(alarm(made.own, 'ReplicationLagAlarm')).toMatchObject({
      Dimensions: dimensions({
        DestinationBucket: 'orders-docs-7d1189c7-444455556666-ap-northeast-1',
        RuleId: 'all-objects',
        SourceBucket: { Ref: 'DocsA50029D5' },
      }),
      AlarmActions: ['here'],
    });
  });

  test('of an existing replica goes off in its Region', () => {
    const { support } = replicate({ destination: ReplicaBucket.existing(imported()) }, { bucketName: 'orders-docs' });
    expect(alarm(support(), LAG).Dimensions).toEqual(
      dimensions({ DestinationBucket: 'copies', RuleId: 'all-objects', SourceBucket: 'orders-docs' }),
    );
  });
});

describe('failures', () => {
  test('go off in the Region of the source, where no data is no failure', () => {
    const { own, support } = replicate({ alarmActions: [action('here')] });
    expect(alarm(own, 'ReplicationFailureAlarm')).toMatchObject({
      MetricName: 'OperationsFailedReplication',
      Dimensions: dimensions({ DestinationBucket: REPLICA, RuleId: 'all-objects', SourceBucket: { Ref: 'DocsA50029D5' } }),
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: ['here'],
    });
    expect(JSON.stringify(support().findResources('AWS::CloudWatch::Alarm'))).not.toContain('OperationsFailedReplication');
  });

  test('go off for each rule', () => {
    const { own, support } = replicate({ rules: [{ id: 'a', prefix: 'a' }, { id: 'b' }], repair: false });
    for (const id of ['a', 'b']) {
      expect(alarm(own, `ReplicationFailureAlarm${id}`).Dimensions).toContainEqual({ Name: 'RuleId', Value: id });
      expect(alarm(support(), `ReplicaDocsLagAlarm${id}`)).toBeDefined();
    }
  });

  test('go off for rules whose ids differ in what ids of constructs have not', () => {
    const { own } = replicate({ rules: [{ id: 'a/b', prefix: 'a' }, { id: 'a--b' }], repair: false });
    const ids = Object.values(own.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => (Properties.Dimensions as { Name: string; Value: string }[]).find(({ Name }) => Name === 'RuleId')?.Value,
    );
    expect(ids.sort()).toEqual(['a--b', 'a/b']);
  });
});

test('a backlog goes off only where the user says how much is too much', () => {
  expect(Object.keys(replicate().support().findResources('AWS::CloudWatch::Alarm'))).toHaveLength(1);
  const { support } = replicate({ maxPendingOperations: 5000 }, { bucketName: 'orders-docs' });
  expect(alarm(support(), 'ReplicaDocsBacklogAlarm')).toMatchObject({
    MetricName: 'OperationsPendingReplication',
    Threshold: 5000,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'missing',
  });
});
