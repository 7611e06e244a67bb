import { describeWithEmulator, testNeeding } from '../emulator/harness';
import { endpointOf, psql, whyNoPostgres } from '../emulator/postgres';
import { Verified } from './fixtures/verified';

jest.setTimeout(300_000);

describeWithEmulator('restore verification, deployed by the CDK command line', (emulator) => {
  const app = new Verified(emulator);
  beforeAll(() => app.deploy());
  afterAll(() => app.dispose());
  beforeEach(async () => {
    await app.control.healFaults();
    await app.control.forgetRequests();
  });

  testNeeding('PostgreSQL', whyNoPostgres(), 'a restored PostgreSQL server is read, and goes when AWS Backup has heard of it', async () => {
    psql(
      await endpointOf(app.rds, 'orders'),
      'create table customers (id int primary key); create table orders (id int primary key, customer int references customers); insert into customers values (1); insert into orders select id, 1 from generate_series(1, 3) id',
    );
    await app.backUp(app.arnOf('rds', 'db:orders'));
    const job = await app.restore('orders');
    expect(await app.endOf(job)).toMatchObject({
      status: 'SUCCEEDED',
      verdict: { status: 'SUCCESSFUL', reasons: [] },
      cleanUp: { status: 'clean' },
      achieved: { recoveryTime: { outcome: 'kept' }, recoveryPoint: { outcome: 'kept' } },
      reported: true,
    });
    expect(await app.removed(job)).toMatchObject({ ValidationStatus: 'SUCCESSFUL', ValidationStatusMessage: 'checks that passed: 4' });
    expect(await app.evidenceOf(job)).toMatchObject({
      resource: 'Verified/Instance',
      results: [
        { name: 'rows of orders', status: 'passed', found: 'orders: 3 rows' },
        { name: 'keys', status: 'passed' },
        { name: 'corruption', status: 'passed' },
        { name: 'passes too', status: 'passed' },
      ],
    });
    expect(await app.remains()).toEqual([]);
  });

  testNeeding(
    'PostgreSQL',
    whyNoPostgres(),
    'a restored PostgreSQL server whose data is damaged is FAILED, with what is wrong',
    async () => {
      const source = await endpointOf(app.rds, 'orders');
      psql(source, 'set session_replication_role = replica; insert into orders values (4, 2)');
      await app.backUp(app.arnOf('rds', 'db:orders'));
      const job = await app.restore('orders');
      await app.expectFailure(
        job,
        /found orders: 4 rows; 'keys' expected every foreign key holds and found 1 foreign key, broken by 1 row/,
      );
      psql(source, 'delete from orders where id = 4');
    },
  );

  const damages: readonly (readonly [string, string, string, string, RegExp])[] = [
    [
      'a table is gone',
      'alter table orders rename to of_another_day',
      'alter table of_another_day rename to orders',
      'secret123',
      /found table orders does not exist/,
    ],
    [
      'the login has another password than the secret by now',
      "alter role app password 'of another day'",
      "alter role app password 'secret123'",
      'of another day',
      /'keys' could not look: the server refuses the user or the password of the secret/,
    ],
  ];
  for (const [damage, plant, undo, password, reason] of damages) {
    testNeeding('PostgreSQL', whyNoPostgres(), `a restored PostgreSQL server is FAILED where ${damage}, and goes`, async () => {
      const source = await endpointOf(app.rds, 'orders');
      psql(source, plant);
      await app.backUp(app.arnOf('rds', 'db:orders'));
      psql(source, undo, password);
      await app.expectFailure(await app.restore('orders'), reason);
    });
  }

  testNeeding(
    'PostgreSQL',
    whyNoPostgres(),
    'a restored PostgreSQL server with the certificate of a stranger is FAILED, and goes',
    async () => {
      await app.backUp(app.arnOf('rds', 'db:strange'));
      await app.expectFailure(await app.restore('strange'), /the certificate of the server is not vouched for by a trusted authority/);
    },
  );

  test('a restored Aurora cluster is given an instance, which goes again before AWS Backup deletes the cluster', async () => {
    await app.backUp(app.arnOf('rds', 'cluster:ledger'));
    const job = await app.restore('ledger');
    expect(await app.endOf(job)).toMatchObject({ status: 'SUCCEEDED', verdict: { status: 'SUCCESSFUL' }, cleanUp: { status: 'clean' } });
    await app.removed(job);
    const calls = (await app.control.requests({ service: 'rds' })).map(({ operation }) => operation);
    const changes = ['CreateDBInstance', 'DeleteDBInstance', 'DeleteDBCluster'];
    expect(calls.filter((operation) => changes.includes(operation))).toEqual(changes);
    expect(await app.remains()).toEqual([]);
  });

  test.each([
    ['documents', 'arn:aws:s3:::documents'],
    ['passes', app.arnOf('dynamodb', 'table/passes')],
    ['volume', 'AWS::EC2::Volume'],
    ['files', 'AWS::EFS::FileSystem'],
  ])('%s: what is restored complete is looked at as it is', async (plan, arn) => {
    await app.backUp(arn.startsWith('arn:') ? arn : await app.arnOfA(arn));
    const job = await app.restore(plan);
    expect(await app.endOf(job)).toMatchObject({ status: 'SUCCEEDED', verdict: { status: 'SUCCESSFUL' } });
    await app.removed(job);
    expect(await app.remains()).toEqual([]);
  });

  test('a resource without checks is restored, and nobody says that it was looked at', async () => {
    const job = await app.testTable('bare');
    expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    expect(await app.removed(job)).toMatchObject({ ValidationStatusMessage: 'restored and usable; nobody looked at the data' });
    expect((await app.evidenceOf(job)).checks).toEqual([{ name: 'usable', kind: 'usable' }]);
  });

  test('what a successful test left is what the next one compares with', async () => {
    expect(await app.endOf(await app.testTable('counts'))).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    const second = await app.testTable('counts');
    expect(await app.endOf(second)).toMatchObject({ verdict: { status: 'SUCCESSFUL' } });
    expect((await app.evidenceOf(second)).results[0].found).toBe('before: 3');
  });

  test('data older than the objective is told apart from the verdict', async () => {
    expect(await app.endOf(await app.testTable('stale'))).toMatchObject({
      verdict: { status: 'SUCCESSFUL' },
      achieved: { recoveryPoint: { outcome: 'missed', check: 'stale of stale', countedTo: 'test' } },
    });
  });

  test.each([
    ['fails', /'fails of fails' expected what was backed up and found something else/],
    ['throws', /could not look: the function that checks failed: .*the checker is broken/],
    ['hangs', /could not look: the function that checks failed: .*timed out/i],
    ['nonsense', /answered without 'results'/],
    ['nothing', /gave no result/],
    ['undecided', /neither passed nor failed/],
    ['unknown', /nobody has said what .*table\/unknown \(DynamoDB\) is held to/],
    ['unlooked', /no function runs checks of kind 'row-count'/],
  ])('%s: a check that does so makes the verdict FAILED, with the reason', async (name, reason) => {
    await app.expectFailure(await app.testTable(name), reason);
  });
});
