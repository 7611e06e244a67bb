import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetBucketReplicationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, eventually, synthesise } from '../emulator/harness';
import { StackClient } from '../emulator/stack-client';

const APP = join(__dirname, 'fixtures', 'documents-app.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';
const BUNKER = '999999999999';
const MINUTE = 60_000;
const OK = expect.objectContaining({ exitCode: 0 });

jest.setTimeout(400_000);

describeWithEmulator('buckets that are replicated', (emulator) => {
  const assemblies: Record<string, string> = {};
  const control = () => emulator().control;
  const deploy = (stacks: string | readonly string[], assembly = assemblies.replicated) =>
    deployWithCli({ emulator: emulator(), assembly, stacks: [stacks].flat(), args: ['--exclusively'] });
  const deployed = async (filter: Record<string, string>) =>
    (await control().deployed(filter)).filter(({ stack }) => stack !== 'CDKToolkit');
  const replicaOf = async (stack: string) => {
    const buckets = await deployed({ type: 'AWS::S3::Bucket' });
    return buckets.find((bucket) => bucket.stack.startsWith(`${stack}-recovery`) && bucket.physicalId.includes('documents'))!.physicalId;
  };
  const roleOf = async (stack: string, id: string) => {
    const roles = await deployed({ stack, type: 'AWS::IAM::Role' });
    return `arn:aws:iam::${ACCOUNT}:role/${roles.find(({ logicalId }) => logicalId.startsWith(id))!.physicalId}`;
  };
  const s3 = (account?: string) => new S3Client(emulator().client(PRIMARY, account));
  const put = (Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3().send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }));
  const head = (Bucket: string, Key: string, account?: string) => s3(account).send(new HeadObjectCommand({ Bucket, Key }));
  const status = (Bucket: string, Key: string, account?: string) =>
    head(Bucket, Key, account).then(
      ({ ReplicationStatus }) => ReplicationStatus,
      () => 'absent',
    );
  const settled = () => control().advanceClock(MINUTE);
  const refusedTo = async (role: string) => (await control().replicationPermissions(role)).refused;

  beforeAll(async () => {
    [assemblies.replicated, assemblies.alone, assemblies.elsewhere] = await Promise.all([
      synthesise(APP),
      synthesise(APP, { replicated: false }),
      synthesise(APP, { elsewhere: true }),
    ]);
    // five minutes between two attempts are a second
    await control().settings({ waitScale: 1 / 300 });
    const here = [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`];
    expect(await bootstrapWithCli(emulator(), here)).toEqual(OK);
  });
  afterAll(() => {
    for (const assembly of Object.values(assemblies)) {
      rmSync(assembly, { recursive: true, force: true });
    }
  });

  test('the recovery side deploys while there is nothing in the primary Region, in two accounts', async () => {
    const stacks = ['Ruled', 'Both', 'Vital', 'Grown'].map((stack) => `${stack}-recovery-${RECOVERY}`);
    expect(await deploy(stacks)).toEqual(OK);
    // the command line asks whose credentials it has, and the emulator knows one account there
    const bunker = `Vital-recovery-${BUNKER}-${RECOVERY}`;
    const { Resources } = JSON.parse(readFileSync(join(assemblies.replicated, `${bunker}.template.json`), 'utf8'));
    expect(await new StackClient(emulator(), RECOVERY, BUNKER).create(bunker, Resources)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await deployed({ region: PRIMARY })).toEqual([]);
    expect(await replicaOf('Ruled')).toMatch(/^ruled-documents-[0-9a-f]{8}-123456789012-ap-northeast-3$/);
    expect(await replicaOf('Vital')).toMatch(/^vital-documents-[0-9a-f]{8}-999999999999-ap-northeast-3$/);
  });

  test('the primary side deploys', async () => {
    expect(await deploy(['Ruled', 'Both', 'Vital'])).toEqual(OK);
  });

  test('a second deployment changes nothing', async () => {
    await control().forgetRequests();
    expect(await deploy(['Ruled', 'Both', `Ruled-recovery-${RECOVERY}`, `Both-recovery-${RECOVERY}`])).toEqual(OK);
    expect(await control().requests({ operation: 'ExecuteChangeSet' })).toEqual([]);
  });

  describe('by rules', () => {
    const ORIGIN = 'ruled-documents';

    test('arrive as prefix and tags say, under the key of the replica', async () => {
      const replica = await replicaOf('Ruled');
      await put(ORIGIN, 'letters/a', { Tagging: 'colour=blue' });
      await put(ORIGIN, 'other/a');
      await put(ORIGIN, 'other/kept', { Tagging: 'keep=yes' });
      await settled();
      const keys = ['letters/a', 'other/a', 'other/kept'];
      expect(await Promise.all(keys.map((key) => status(replica, key)))).toEqual(['REPLICA', 'absent', 'REPLICA']);
      expect(await Promise.all(keys.map((key) => status(ORIGIN, key)))).toEqual(['COMPLETED', undefined, 'COMPLETED']);
      const [there, here] = [await head(replica, 'letters/a'), await head(ORIGIN, 'letters/a')];
      expect(there).toMatchObject({ ServerSideEncryption: 'aws:kms', VersionId: here.VersionId });
      expect([there.SSEKMSKeyId, here.SSEKMSKeyId].map((arn) => arn!.split(':')[3])).toEqual([RECOVERY, PRIMARY]);
      const { TagSet } = await s3().send(new GetObjectTaggingCommand({ Bucket: replica, Key: 'letters/a' }));
      expect(TagSet).toEqual([{ Key: 'colour', Value: 'blue' }]);
    });

    test('are deleted in the replica only where the rule says so', async () => {
      const replica = await replicaOf('Ruled');
      await put(ORIGIN, 'drafts/a');
      await settled();
      for (const Key of ['letters/a', 'drafts/a', 'other/kept']) {
        await s3().send(new DeleteObjectCommand({ Bucket: ORIGIN, Key }));
      }
      await settled();
      expect(await Promise.all(['letters/a', 'drafts/a', 'other/kept'].map((key) => status(replica, key)))).toEqual([
        'REPLICA',
        'absent',
        'REPLICA',
      ]);
    });

    test('need every permission of the role but those for what did not happen', async () => {
      const report = await control().replicationPermissions(await roleOf('Ruled', 'ReplicationRole'));
      expect(report.refused).toEqual([]);
      // nothing here is plain or has an S3 Bucket Key
      expect(report.unused.map(({ action }) => action).sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
    });
  });

  describe('in both directions', () => {
    const ORIGIN = 'both-documents';

    test('come back once the state machine of the replica has seen the source', async () => {
      const replica = await replicaOf('Both');
      const rules = await eventually(
        'rules of the replica',
        async () =>
          (
            await s3()
              .send(new GetBucketReplicationCommand({ Bucket: replica }))
              .catch(() => undefined)
          )?.ReplicationConfiguration?.Rules,
        60_000,
      );
      expect(rules).toMatchObject([{ ID: 'all-objects', Destination: { Bucket: `arn:aws:s3:::${ORIGIN}` } }]);
    });

    test('arrive once, wherever they are written', async () => {
      const replica = await replicaOf('Both');
      await put(ORIGIN, 'from-here');
      await put(replica, 'from-there');
      await settled();
      await settled();
      expect([await status(replica, 'from-here'), await status(ORIGIN, 'from-there')]).toEqual(['REPLICA', 'REPLICA']);
      expect([await status(ORIGIN, 'from-here'), await status(replica, 'from-there')]).toEqual(['COMPLETED', 'COMPLETED']);
      for (const key of ['from-here', 'from-there']) {
        expect(await control().replication({ key })).toHaveLength(1);
      }
      expect((await head(ORIGIN, 'from-there')).SSEKMSKeyId!.split(':')[3]).toBe(PRIMARY);
    });

    test('take over changes of a replica', async () => {
      const replica = await replicaOf('Both');
      const TagSet = [{ Key: 'seen', Value: 'yes' }];
      await s3().send(new PutObjectTaggingCommand({ Bucket: replica, Key: 'from-here', Tagging: { TagSet } }));
      await settled();
      expect((await s3().send(new GetObjectTaggingCommand({ Bucket: ORIGIN, Key: 'from-here' }))).TagSet).toEqual(TagSet);
    });

    test('are refused nothing', async () => {
      expect(await refusedTo(await roleOf('Both', 'ReplicationRole'))).toEqual([]);
      expect(await refusedTo(await roleOf(`Both-recovery-${RECOVERY}-from-${PRIMARY}`, 'ReplicaDocumentsReturnRole'))).toEqual([]);
    });
  });

  test('into another account belong to it, locked, under its key', async () => {
    const replica = await replicaOf('Vital');
    await put('vital-documents', 'deed');
    await settled();
    expect((await control().replication({ key: 'deed' })).map(({ failureReason }) => failureReason)).toEqual([null]);
    const there = await head(replica, 'deed', BUNKER);
    expect(there).toMatchObject({ ReplicationStatus: 'REPLICA', ObjectLockMode: 'GOVERNANCE' });
    expect(there.SSEKMSKeyId!.split(':').slice(3, 5)).toEqual([RECOVERY, BUNKER]);
    expect(await refusedTo(await roleOf('Vital', 'ReplicationRole'))).toEqual([]);
  });

  describe('with objects from before', () => {
    const ORIGIN = 'grown-documents';
    const WEEK = 7 * 24 * 60 * MINUTE;
    const sfn = () => new SFNClient(emulator().client());
    const runs = async () => {
      const [machine] = await deployed({ stack: 'Grown', type: 'AWS::StepFunctions::StateMachine' });
      const { executions = [] } = await sfn().send(new ListExecutionsCommand({ stateMachineArn: machine.physicalId }));
      return executions.sort((one, other) => Number(one.startDate) - Number(other.startDate));
    };
    /** Lets jobs come to their end until this many runs are over, and tells how the last one ended. */
    const ended = (count: number) =>
      eventually(
        `${count} runs`,
        async () => {
          await settled();
          const all = await runs();
          return all.length >= count && all.every(({ status }) => status !== 'RUNNING') && all.at(-1)!.status;
        },
        120_000,
      );

    test('copy them as soon as replication is deployed', async () => {
      expect(await deploy('Grown', assemblies.alone)).toEqual(OK);
      await put(ORIGIN, 'old');
      expect(await deploy('Grown')).toEqual(OK);
      expect(await ended(1)).toBe('SUCCEEDED');
      expect(await status(await replicaOf('Grown'), 'old')).toBe('REPLICA');
      expect(await control().replication({ key: 'old' })).toMatchObject([{ versionId: 'null', status: 'COMPLETED' }]);
      const report = await control().replicationPermissions(await roleOf('Grown', 'ReplicationRepairJobRole'));
      expect(report).toMatchObject({ refused: [], unused: [] });
    });

    test('end well a week later where there is nothing to copy', async () => {
      await control().advanceClock(WEEK);
      expect(await ended(2)).toBe('SUCCEEDED');
    });

    test('fail where an object cannot be copied, and repair it the next time', async () => {
      const replica = await replicaOf('Grown');
      const versions = (Status: 'Enabled' | 'Suspended') =>
        s3().send(new PutBucketVersioningCommand({ Bucket: replica, VersioningConfiguration: { Status } }));
      await versions('Suspended');
      await put(ORIGIN, 'late');
      await settled();
      expect(await status(ORIGIN, 'late')).toBe('FAILED');
      await control().advanceClock(WEEK);
      expect(await ended(3)).toBe('FAILED');
      await versions('Enabled');
      await control().advanceClock(WEEK);
      expect(await ended(4)).toBe('SUCCEEDED');
      expect(await status(replica, 'late')).toBe('REPLICA');
    });

    describe('that were replicated to another destination', () => {
      const ELSEWHERE = 'grown-elsewhere';
      const REPLICATED = ['late', 'old'];
      const move = async (assembly: string) => {
        expect(await deploy([`Grown-recovery-${RECOVERY}`, 'Grown'], assembly)).toEqual(OK);
      };
      const there = (bucket: string, keys = REPLICATED) => Promise.all(keys.map((key) => status(bucket, key)));
      /** The objects that the last job asked for, by their status. */
      const asked = async () =>
        JSON.stringify((await control().requests({ operation: 'CreateJob' })).at(-1)!.params).match(/NONE|FAILED|COMPLETED|REPLICA\b/g);
      const started = () => eventually('a job', async () => (await control().requests({ operation: 'CreateJob' })).length > 0);
      const ALL = ['NONE', 'FAILED', 'COMPLETED'];

      test('were left out by the last runs', async () => {
        expect(await asked()).toEqual(['NONE', 'FAILED']);
      });

      test('do not come where no job starts', async () => {
        await control().plantFault({ kind: 'internalError', service: 's3control', operation: 'CreateJob', times: 6 });
        await move(assemblies.elsewhere);
        expect(await ended(5)).toBe('FAILED');
        expect(await there(ELSEWHERE)).toEqual(['absent', 'absent']);
        await control().healFaults();
      });

      test('are asked for again after a run that somebody stopped', async () => {
        await control().settings({ jobDurationsMs: { batch: 60 * MINUTE } });
        await control().forgetRequests();
        await control().advanceClock(WEEK);
        const running = await eventually('a run', async () => (await runs()).find(({ status }) => status === 'RUNNING'));
        await started();
        // S3 tells of the job, so that the run waits for it
        await eventually('its wait', async () => (await control().requests({ operation: 'DescribeJob' })).length > 0);
        await sfn().send(new StopExecutionCommand({ executionArn: running.executionArn }));
        expect(await ended(6)).toBe('ABORTED');
        await control().forgetRequests();
        await control().advanceClock(WEEK);
        await started();
        expect(await asked()).toEqual(ALL);
        await control().advanceClock(120 * MINUTE);
        expect(await ended(7)).toBe('SUCCEEDED');
        expect(await there(ELSEWHERE)).toEqual(['REPLICA', 'REPLICA']);
      });

      test('are left out again once all are there', async () => {
        await control().settings({ jobDurationsMs: { batch: MINUTE } });
        await control().advanceClock(WEEK);
        expect(await ended(8)).toBe('SUCCEEDED');
        expect(await asked()).toEqual(['NONE', 'FAILED']);
      });
    });
  });
});
