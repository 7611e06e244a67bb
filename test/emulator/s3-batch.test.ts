import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ACCOUNT, describeWithEmulator, eventually } from './harness';
import { callService } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const MINUTE = 60_000;
const JOB_ROLE = `arn:aws:iam::${ACCOUNT}:role/job`;

const allow = (Action: readonly string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
const role = (RoleName: string, service: string, statements: readonly object[]): Template => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'calls', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
const replication = role('replication', 's3.amazonaws.com', [
  allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], 'arn:aws:s3:::origin'),
  allow(['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'], 'arn:aws:s3:::origin/*'),
  allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], 'arn:aws:s3:::copies/*'),
]);
/** What the S3 User Guide lists for a job that finds its objects itself and keeps no list of them. */
const DOCUMENTED = [
  allow(['s3:InitiateReplication'], 'arn:aws:s3:::origin/*'),
  allow(['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'], 'arn:aws:s3:::origin'),
  allow(['s3:PutObject'], 'arn:aws:s3:::reports/*'),
];
const job = (statements: readonly object[] = DOCUMENTED, service = 'batchoperations.s3.amazonaws.com') => role('job', service, statements);
const bucket = (BucketName: string, properties: Template = {}): Template => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName, VersioningConfiguration: { Status: 'Enabled' }, ...properties },
});
const rules = (prefix = '') => ({
  ReplicationConfiguration: {
    Role: `arn:aws:iam::${ACCOUNT}:role/replication`,
    Rules: [
      {
        Id: 'all',
        Status: 'Enabled',
        Priority: 1,
        Filter: { Prefix: prefix },
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: { Bucket: 'arn:aws:s3:::copies' },
      },
    ],
  },
});
const source = (properties: Template, jobRole = job()): Template => ({
  Replication: replication,
  Job: jobRole,
  Origin: { ...bucket('origin', properties), DependsOn: 'Replication' },
  Reports: bucket('reports'),
});

const wanted = (more: object = {}) => ({
  AccountId: ACCOUNT,
  ClientRequestToken: 'once',
  ConfirmationRequired: false,
  Operation: { S3ReplicateObject: {} },
  ManifestGenerator: {
    S3JobManifestGenerator: {
      SourceBucket: 'arn:aws:s3:::origin',
      EnableManifestOutput: false,
      Filter: { EligibleForReplication: true, ObjectReplicationStatuses: ['NONE', 'FAILED'] },
    },
  },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::reports', Prefix: 'repair', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
  Priority: 1,
  RoleArn: JOB_ROLE,
  ...more,
});

describeWithEmulator('S3 batch replication', (emulator) => {
  const control = () => emulator().control;
  let s3: S3Client;
  beforeEach(async () => {
    await control().reset();
    s3 = new S3Client(emulator().client());
  });
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'origin', Key, Body: Key }));
  const status = (Key: string, Bucket = 'copies') =>
    s3.send(new HeadObjectCommand({ Bucket, Key })).then(
      (found) => found.ReplicationStatus ?? 'NONE',
      () => 'absent',
    );
  /** Objects that were there before the rule for them. */
  const setUp = async (objects: readonly string[], jobRole = job(), prefix = '') => {
    const tokyo = new StackClient(emulator());
    await new StackClient(emulator(), OSAKA).create('Target', { Bucket: bucket('copies') });
    expect(await tokyo.create('Source', source({}, jobRole))).toMatchObject({ failures: [] });
    for (const key of objects) {
      await put(key);
    }
    expect(await tokyo.update('Source', source(rules(prefix), jobRole))).toMatchObject({ failures: [] });
  };
  /** One call in a state machine, which is how the project calls S3 Control. */
  const step = async (action: string, Parameters: object) => {
    const sfn = new SFNClient(emulator().client());
    const definition = JSON.stringify({
      StartAt: 'Only',
      States: { Only: { Type: 'Task', Resource: `arn:aws:states:::aws-sdk:s3control:${action}`, Parameters, End: true } },
    });
    const machine = { name: `machine-${action}-${Date.now()}`, definition, roleArn: `arn:aws:iam::${ACCOUNT}:role/machine` };
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(machine));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    const execution = await eventually('the execution', async () => {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return found.status !== 'RUNNING' && found;
    });
    return execution.status === 'SUCCEEDED' ? JSON.parse(execution.output!) : { error: execution.error, cause: execution.cause };
  };
  const describeJob = async (JobId: string) => (await step('describeJob', { AccountId: ACCOUNT, JobId })).Job;
  const finish = async (more: object = {}) => {
    const { JobId, cause } = await step('createJob', wanted(more));
    expect(cause).toBeUndefined();
    await control().advanceClock(10 * MINUTE);
    return describeJob(JobId);
  };
  const report = async (): Promise<string> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'reports' }));
    const file = Contents.find(({ Key }) => Key!.endsWith('.csv'))!.Key;
    return (await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: file }))).Body!.transformToString();
  };

  test('copies what was there before the rule, every version, with just the rights that S3 documents', async () => {
    await setUp(['a', 'a', 'b']);
    expect(await status('a')).toBe('absent');
    await control().freezeClock();
    await control().settings({ jobDurationsMs: { batch: 4 * MINUTE }, s3ReplicationLagMs: MINUTE });
    const { JobId } = await step('createJob', wanted());
    const seen = [];
    for (const minutes of [0, 2, 1, 3]) {
      await control().advanceClock(minutes * MINUTE);
      seen.push((await describeJob(JobId)).Status);
    }
    expect(seen).toEqual(['Preparing', 'Active', 'Active', 'Complete']);
    expect((await describeJob(JobId)).ProgressSummary).toMatchObject({
      TotalNumberOfTasks: 3,
      NumberOfTasksSucceeded: 3,
      NumberOfTasksFailed: 0,
    });
    expect([await status('a'), await status('b'), await status('a', 'origin')]).toEqual(['REPLICA', 'REPLICA', 'COMPLETED']);
    expect((await report()).trim().split('\n')).toHaveLength(3);
    const { unused, refused } = await control().replicationPermissions(JOB_ROLE);
    expect({ unused, refused }).toEqual({ unused: [], refused: [] });
  });

  test('copies what failed, once what was in the way is gone', async () => {
    await setUp([]);
    await put('a');
    await control().advanceClock(MINUTE);
    const osaka = new StackClient(emulator(), OSAKA);
    await osaka.update('Target', { Bucket: bucket('copies', { VersioningConfiguration: { Status: 'Suspended' } }) });
    await put('b');
    await control().advanceClock(MINUTE);
    expect([await status('a', 'origin'), await status('b', 'origin')]).toEqual(['COMPLETED', 'FAILED']);
    await osaka.update('Target', { Bucket: bucket('copies') });
    expect(await finish()).toMatchObject({ Status: 'Complete', ProgressSummary: { TotalNumberOfTasks: 1, NumberOfTasksSucceeded: 1 } });
    expect(await status('b')).toBe('REPLICA');
  });

  test('counts what it cannot copy, and says why', async () => {
    await setUp(['a'], job([...DOCUMENTED.slice(1), allow(['s3:InitiateReplication'], 'arn:aws:s3:::origin/b*')]));
    expect(await finish()).toMatchObject({ Status: 'Complete', ProgressSummary: { TotalNumberOfTasks: 1, NumberOfTasksFailed: 1 } });
    expect(await report()).toMatch(
      /^"origin","a",".*","failed","InitiateReplicationNotPermitted","403","InitiateReplicationNotPermitted"\n$/,
    );
  });

  test('copies nothing again that was deleted for good at the destination', async () => {
    await setUp([]);
    const { VersionId } = await put('a');
    await control().advanceClock(MINUTE);
    await s3.send(new DeleteObjectCommand({ Bucket: 'copies', Key: 'a', VersionId }));
    const Filter = { EligibleForReplication: true, ObjectReplicationStatuses: ['COMPLETED'] };
    const again = {
      ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::origin', EnableManifestOutput: false, Filter } },
    };
    expect(await finish(again)).toMatchObject({ ProgressSummary: { NumberOfTasksFailed: 1 } });
    expect(await report()).toContain('DstObjectHardDeleted');
  });

  test('leaves what no rule fits', async () => {
    await setUp(['docs/a', 'other'], job(), 'docs/');
    expect(await finish()).toMatchObject({ ProgressSummary: { TotalNumberOfTasks: 1 } });
    expect([await status('docs/a'), await status('other')]).toEqual(['REPLICA', 'absent']);
  });

  test('takes a list', async () => {
    await setUp(['a', 'b'], job([...DOCUMENTED, allow(['s3:GetObject'], 'arn:aws:s3:::reports/*')]));
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'list.csv', Body: 'origin,b\norigin,c\n' }));
    const Manifest = {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::reports/list.csv', ETag },
    };
    const { ManifestGenerator: _, ...rest } = wanted();
    const { JobId } = await step('createJob', { ...rest, Manifest });
    await control().advanceClock(10 * MINUTE);
    expect(await describeJob(JobId)).toMatchObject({ ProgressSummary: { NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 1 } });
    expect([await status('a'), await status('b')]).toEqual(['absent', 'REPLICA']);
  });

  test('waits for a confirmation where that is asked for, and can be cancelled', async () => {
    await setUp(['a']);
    expect(await finish({ ConfirmationRequired: true })).toMatchObject({ Status: 'Suspended', ProgressSummary: { TotalNumberOfTasks: 1 } });
    const { JobId } = await step('createJob', wanted({ ConfirmationRequired: true }));
    expect(await step('updateJobStatus', { AccountId: ACCOUNT, JobId, RequestedJobStatus: 'Cancelled' })).toMatchObject({
      Status: 'Cancelled',
    });
    expect(await step('updateJobStatus', { AccountId: ACCOUNT, JobId, RequestedJobStatus: 'Ready' })).toMatchObject({
      cause: expect.stringContaining('a job that is Cancelled cannot become Ready'),
    });
    const { body } = await callService(emulator(), {
      service: 's3',
      region: TOKYO,
      method: 'GET',
      path: '/v20180820/jobs',
      headers: { 'x-amz-account-id': ACCOUNT },
    });
    expect(body).toContain('<Status>Cancelled</Status>');
  });

  test.each<[string, Template, object, RegExp]>([
    ['nothing to copy', job(), {}, /No keys found/],
    ['a role of another service', job(DOCUMENTED, 's3.amazonaws.com'), {}, /cannot assume the role/],
    ['a role that may not look', job([DOCUMENTED[0], DOCUMENTED[2]]), {}, /may not call s3:GetReplicationConfiguration/],
    ['an owner who is none', job(), { ExpectedBucketOwner: '111111111111' }, /not owned by 111111111111/],
  ])('ends as failed on %s', async (_, jobRole, generator, message) => {
    await setUp([], jobRole);
    const found = await finish({
      ManifestGenerator: {
        S3JobManifestGenerator: { ...wanted().ManifestGenerator.S3JobManifestGenerator, ...generator },
      },
    });
    expect(found.Status).toBe('Failed');
    expect(found.FailureReasons[0].FailureReason).toMatch(message);
  });

  test('ends as failed where its role may not write the report', async () => {
    await setUp(['a'], job(DOCUMENTED.slice(0, 2)));
    const found = await finish();
    expect(found.Status).toBe('Failed');
    expect(found.FailureReasons[0].FailureReason).toMatch(/may not write the report/);
  });

  test('is the same for the same token', async () => {
    await setUp(['a']);
    const [first, second] = [await step('createJob', wanted()), await step('createJob', wanted())];
    expect(second.JobId).toBe(first.JobId);
    expect(await step('createJob', wanted({ Priority: 2 }))).toMatchObject({ error: 'S3Control.IdempotencyException' });
  });

  test.each<[string, object, RegExp]>([
    ['another operation', { Operation: { S3DeleteObjectTagging: {} } }, /S3DeleteObjectTagging is not emulated/],
    [
      'a list that is kept nowhere',
      { ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::origin', EnableManifestOutput: true } } },
      /needs ManifestOutputLocation/,
    ],
    [
      'a bucket of another Region',
      { ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::copies', EnableManifestOutput: false } } },
      /must be created in the Region of copies, ap-northeast-3/,
    ],
    ['a report without a bucket', { Report: { Enabled: true } }, /needs Bucket, Format and ReportScope/],
    ['another account', { AccountId: '111111111111' }, /another account/],
  ])('fails on %s', async (_, more, message) => {
    await setUp([]);
    expect((await step('createJob', wanted(more))).cause).toMatch(message);
  });

  test('a change of tags does not make an old object replicated', async () => {
    await setUp(['a']);
    await s3.send(new PutObjectTaggingCommand({ Bucket: 'origin', Key: 'a', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }));
    await control().advanceClock(MINUTE);
    expect(await status('a')).toBe('absent');
  });
});
