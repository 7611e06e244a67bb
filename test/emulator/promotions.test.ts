import { CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { ACCOUNT, describeWithEmulator, eventually, testNeeding } from './harness';
import { endpointOf, psql, whyNoPostgres } from './postgres';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const SOURCE = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`;
const PROMOTION_MS = 60_000;

describeWithEmulator('instances of RDS that change', (emulator) => {
  const control = () => emulator().control;
  const rds = (region = OSAKA) => new RDSClient({ ...emulator().client(region), maxAttempts: 1 });
  const described = async (DBInstanceIdentifier: string, region = OSAKA) =>
    (await rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances![0];
  const replicate = (DBInstanceIdentifier = 'replica', region = OSAKA) =>
    rds(region).send(
      new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier, SourceDBInstanceIdentifier: SOURCE, DBInstanceClass: 'db.t3.micro' }),
    );
  const promote = (DBInstanceIdentifier = 'replica', region = OSAKA) =>
    rds(region).send(new PromoteReadReplicaCommand({ DBInstanceIdentifier, BackupRetentionPeriod: 7 }));
  const rename = (DBInstanceIdentifier: string, NewDBInstanceIdentifier: string, region = TOKYO) =>
    rds(region).send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, NewDBInstanceIdentifier, ApplyImmediately: true }));
  const create = () =>
    rds(TOKYO).send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'postgres',
        AllocatedStorage: 20,
        DBName: 'shop',
        MasterUsername: 'app',
        MasterUserPassword: 'secret123',
        BackupRetentionPeriod: 7,
      }),
    );
  const wrongState = (message: RegExp) => ({ name: 'InvalidDBInstanceStateFault', message: expect.stringMatching(message) });

  beforeEach(async () => {
    await control().reset();
    await control().settings({ realPostgres: false });
  });

  test('a promotion passes through its states, and the source is forgotten at the end', async () => {
    await create();
    await control().freezeClock();
    await control().settings({ jobDurationsMs: { promote: PROMOTION_MS, create: PROMOTION_MS } });
    await replicate();
    expect(await described('replica')).toMatchObject({ DBInstanceStatus: 'creating', ReadReplicaSourceDBInstanceIdentifier: SOURCE });
    await expect(promote()).rejects.toMatchObject(wrongState(/is creating/));
    await control().advanceClock(PROMOTION_MS);
    await promote();
    const states = [];
    for (const _ of [0, 1, 2]) {
      const { DBInstanceStatus, ReadReplicaSourceDBInstanceIdentifier } = await described('replica');
      states.push([DBInstanceStatus, ReadReplicaSourceDBInstanceIdentifier]);
      await control().advanceClock(PROMOTION_MS / 2);
    }
    expect(states).toEqual([
      ['modifying', SOURCE],
      ['rebooting', SOURCE],
      ['available', undefined],
    ]);
    expect(await described('replica')).toMatchObject({ BackupRetentionPeriod: 7 });
    expect((await described('orders', TOKYO)).ReadReplicaDBInstanceIdentifiers ?? []).toEqual([]);
  });

  test('a promotion goes on while the Region of the source is lost', async () => {
    await create();
    await replicate();
    await control().freezeClock();
    await control().loseRegion(TOKYO);
    await promote();
    await control().advanceClock(PROMOTION_MS);
    expect(await described('replica')).toMatchObject({ DBInstanceStatus: 'available' });
    await rds().send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'replica', SkipFinalSnapshot: true }));
  });

  test('fails to promote what is no replica, or is being promoted', async () => {
    await create();
    await replicate();
    await control().freezeClock();
    await expect(promote('orders', TOKYO)).rejects.toMatchObject(wrongState(/is not a read replica: orders/));
    await promote();
    await expect(promote()).rejects.toMatchObject(wrongState(/is modifying/));
    await control().advanceClock(PROMOTION_MS);
    await expect(promote()).rejects.toMatchObject(wrongState(/is not a read replica/));
    await expect(promote('nowhere')).rejects.toMatchObject({ message: expect.stringMatching(/nowhere not found/) });
  });

  test('fails to be promoted by a template after it was promoted by a call; with its source in the template it goes on', async () => {
    await create();
    const stacks = new StackClient(emulator(), OSAKA);
    const replica = (properties: Template): Template => ({
      Replica: {
        Type: 'AWS::RDS::DBInstance',
        DeletionPolicy: 'Delete',
        Properties: { DBInstanceIdentifier: 'replica', DBInstanceClass: 'db.t3.micro', ...properties },
      },
    });
    const SourceDBInstanceIdentifier = SOURCE;
    expect(await stacks.create('Replica', replica({ SourceDBInstanceIdentifier }))).toMatchObject({ failures: [] });
    await promote();
    await eventually('the promotion', async () => (await described('replica')).DBInstanceStatus === 'available');
    const alone = await stacks.update('Replica', replica({}));
    expect(alone.failures.join()).toMatch(/is not a read replica: replica/);
    expect(alone.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const changed = replica({ SourceDBInstanceIdentifier, DBInstanceClass: 'db.t3.large' });
    expect(await stacks.update('Replica', changed)).toMatchObject({ failures: [], status: 'UPDATE_COMPLETE' });
    expect(await described('replica')).toMatchObject({ DBInstanceClass: 'db.t3.large', BackupRetentionPeriod: 7 });
  });

  test('fails to stop a source or a replica', async () => {
    await create();
    await replicate();
    const stop = (DBInstanceIdentifier: string, region: string) => rds(region).send(new StopDBInstanceCommand({ DBInstanceIdentifier }));
    await expect(stop('orders', TOKYO)).rejects.toMatchObject(wrongState(/has read replicas/));
    await expect(stop('replica', OSAKA)).rejects.toMatchObject(wrongState(/is a read replica/));
  });

  test('a replica can be deleted, and its source forgets it', async () => {
    await create();
    await replicate();
    expect((await described('orders', TOKYO)).ReadReplicaDBInstanceIdentifiers).toHaveLength(1);
    await rds().send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'replica', SkipFinalSnapshot: true }));
    expect((await described('orders', TOKYO)).ReadReplicaDBInstanceIdentifiers ?? []).toEqual([]);
  });

  test('a new name is that of the instance everywhere, after a while', async () => {
    await create();
    await replicate();
    await control().freezeClock();
    await control().settings({ jobDurationsMs: { modify: 1000 } });
    await rename('orders', 'orders-old');
    expect(await described('orders-old', TOKYO)).toMatchObject({ DBInstanceStatus: 'renaming' });
    await expect(rename('orders-old', 'again')).rejects.toMatchObject(wrongState(/is renaming/));
    await control().advanceClock(1000);
    expect(await described('orders-old', TOKYO)).toMatchObject({ DBInstanceStatus: 'available' });
    await expect(described('orders', TOKYO)).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' });
    expect((await described('replica')).ReadReplicaSourceDBInstanceIdentifier).toBe(`${SOURCE}-old`);
  });

  test.each([
    ['a name that is taken', { NewDBInstanceIdentifier: 'other', ApplyImmediately: true }, /already exists/],
    ['a name that is none', { NewDBInstanceIdentifier: '1-', ApplyImmediately: true }, /not a valid identifier/],
    ['a rename some day', { NewDBInstanceIdentifier: 'later' }, /not emulated/],
  ])('fails on %s', async (_, change, message) => {
    await create();
    await rds(TOKYO).send(new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: 'other', SourceDBInstanceIdentifier: 'orders' }));
    await expect(rds(TOKYO).send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', ...change }))).rejects.toThrow(message);
  });

  testNeeding('PostgreSQL', whyNoPostgres(), 'the servers behind them are promoted, renamed and closed', async () => {
    await control().settings({ realPostgres: true, jobDurationsMs: { promote: 1000 } });
    await create();
    await replicate();
    const sql = async (id: string, region: string, query: string) => psql(await endpointOf(rds(region), id), query);
    await sql('orders', TOKYO, 'create table line as select 1 id');
    await eventually('the replica', async () => (await sql('replica', OSAKA, 'select count(*) from line').catch(() => '')) === '1');

    const { GroupId } = await new EC2Client(emulator().client(TOKYO)).send(
      new CreateSecurityGroupCommand({ GroupName: 'fence', Description: 'nobody comes in' }),
    );
    await rds(TOKYO).send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders', VpcSecurityGroupIds: [GroupId!], ApplyImmediately: true }),
    );
    await expect(sql('orders', TOKYO, 'select 1')).rejects.toThrow(/pg_hba.conf rejects/);
    await rds(TOKYO).send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));

    await promote();
    await expect(sql('replica', OSAKA, 'delete from line')).rejects.toThrow(/read-only/);
    await eventually('the promotion', async () => (await described('replica')).DBInstanceStatus === 'available');
    await sql('replica', OSAKA, 'insert into line values (2)');
    await rename('replica', 'orders', OSAKA);
    expect(await sql('orders', OSAKA, 'select count(*) from line')).toBe('2');
    await replicate();
    await sql('orders', OSAKA, 'insert into line values (3)');
    expect(await sql('replica', OSAKA, 'select count(*) from line')).toBe('1');

    await rds().send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'replica', DBSnapshotIdentifier: 'seen' }));
    await rds().send(new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier: 'copy', DBSnapshotIdentifier: 'seen' }));
    await sql('copy', OSAKA, 'insert into line values (4)');
    await eventually('the reboot', async () => (await described('orders', TOKYO)).DBInstanceStatus === 'available');
  });
});
