import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BackupClient,
  DescribeBackupJobCommand,
  DescribeRestoreJobCommand,
  type DescribeRestoreJobCommandOutput,
  StartBackupJobCommand,
} from '@aws-sdk/client-backup';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, eventually, synthesise } from '../emulator/harness';
import { endpointOf, psql } from '../emulator/postgres';

const APP = join(__dirname, 'fixtures', 'verified-app.ts');
const REGION = 'ap-northeast-1';

jest.setTimeout(300_000);

describeWithEmulator('restore verification, deployed by the CDK command line', (emulator) => {
  let assembly: string;
  let machine: string;

  const control = () => emulator().control;
  const backup = () => new BackupClient(emulator().client(REGION));
  const rds = () => new RDSClient(emulator().client(REGION));
  const sfn = () => new SFNClient(emulator().client(REGION));
  const arnOf = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

  /** Makes a recovery point. */
  async function backUp(resource: string): Promise<string> {
    const { BackupJobId } = await backup().send(
      new StartBackupJobCommand({
        BackupVaultName: 'verified',
        ResourceArn: resource,
        IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/restorer`,
      }),
    );
    const job = await eventually(`the recovery point of ${resource}`, async () => {
      const found = await backup().send(new DescribeBackupJobCommand({ BackupJobId }));
      return ['COMPLETED', 'FAILED'].includes(found.State ?? '') && found;
    });
    expect(job).toMatchObject({ State: 'COMPLETED' });
    return job.RecoveryPointArn as string;
  }

  const executionArn = (name: string) => machine.replace(':stateMachine:', ':execution:').concat(`:${name}`);

  /** Runs the restore test of a plan; the execution is the end of it. */
  async function run(plan: string): Promise<string> {
    const [job] = await control().runRestoreTesting(plan, REGION);
    expect(job).toBeDefined();
    return job;
  }

  async function endOf(name: string) {
    const execution = await eventually(
      `the end of ${name}`,
      async () => {
        const found = await sfn()
          .send(new DescribeExecutionCommand({ executionArn: executionArn(name) }))
          .catch(() => undefined);
        return found && found.status !== 'RUNNING' && found;
      },
      60_000,
    );
    return { status: execution.status, ...JSON.parse(execution.output ?? '{}') };
  }

  const restoreJob = (RestoreJobId: string): Promise<DescribeRestoreJobCommandOutput> =>
    backup().send(new DescribeRestoreJobCommand({ RestoreJobId }));

  /** Waits until AWS Backup has removed what it restored. */
  async function removed(job: string): Promise<DescribeRestoreJobCommandOutput> {
    return eventually('the deletion', async () => {
      const found = await restoreJob(job);
      return found.DeletionStatus === 'SUCCESSFUL' && found;
    });
  }

  beforeAll(async () => {
    assembly = await synthesise(APP);
    expect(await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${REGION}`])).toMatchObject({ exitCode: 0 });
    expect(await deployWithCli({ emulator: emulator(), assembly })).toMatchObject({ exitCode: 0 });
    const [deployed] = await control().deployed({ type: 'AWS::StepFunctions::StateMachine', region: REGION });
    machine = deployed.physicalId;
    await control().settings({ waitScale: 0.001 });
  });
  afterAll(() => rmSync(assembly, { recursive: true, force: true }));
  beforeEach(async () => {
    await control().healFaults();
    await control().forgetRequests();
  });

  test('a restored PostgreSQL server is read, and goes when AWS Backup has heard that all is well', async () => {
    psql(await endpointOf(rds(), 'orders'), 'CREATE TABLE orders AS SELECT generate_series(1, 3) AS id');
    await backUp(arnOf('rds', 'db:orders'));
    const job = await run('orders');
    expect(await endOf(job)).toMatchObject({
      status: 'SUCCEEDED',
      verdict: { status: 'SUCCESSFUL', reasons: [] },
      cleanUp: { status: 'clean' },
      achieved: { recoveryTime: { outcome: 'kept' } },
      reported: true,
    });
    expect(await removed(job)).toMatchObject({ ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: 'checks that passed: 2' });
    const { DBInstances = [] } = await rds().send(new DescribeDBInstancesCommand({}));
    expect(DBInstances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toEqual(['orders']);
  });
});
