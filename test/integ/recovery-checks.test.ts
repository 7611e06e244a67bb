import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { Assembly } from '../emulator/assembly';
import { describeNeeding, describeWithEmulator, eventually, sleep, synthesise } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { OSAKA, Sites, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(600_000);

const APP = join(__dirname, 'fixtures', 'recovery-checks-app.ts');
const ORPHAN = 'set session_replication_role = replica; insert into orders values (4, 2)';

describeNeeding('PostgreSQL', whyNoPostgres(), 'with real servers', () => {
  describeWithEmulator('a failover that an alarm asks for, of data that are checked', (emulator) => {
    const sites = new Sites(emulator);
    let folder: string;
    const ring = async () => {
      const cloudwatch = new CloudWatchClient(emulator().client(OSAKA));
      for (const StateValue of ['OK', 'ALARM'] as const) {
        await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders-down', StateValue, StateReason: 'a test' }));
      }
    };
    const runs = async () => {
      const { executions = [] } = await sites.sfn(OSAKA).send(new ListExecutionsCommand({ stateMachineArn: sites.machineOf(OSAKA) }));
      return executions.map(({ name = '' }) => name);
    };
    beforeAll(async () => {
      await sites.prepare();
      const [{ physicalId: zone }] = await sites.control.deployed({ type: 'AWS::Route53::HostedZone' });
      folder = await synthesise(APP, { zone, ca: await sites.control.certificateAuthority() });
      await new Assembly(emulator(), folder).deploy();
      await sites.control.settings({ waitScale: 0.005 });
      await sites.stopGuards();
      await sites.people.listen(OSAKA);
      await sites.data.sql(TOKYO, 'create table customers (id int primary key)');
      await sites.data.sql(TOKYO, 'create table orders (id int primary key, customer int references customers)');
      await sites.data.sql(TOKYO, 'insert into customers values (1)');
      await sites.data.sql(TOKYO, 'insert into orders select id, 1 from generate_series(1, 3) id');
      await sites.data.sql(TOKYO, ORPHAN);
      await eventually('the orphan in Osaka', async () => {
        const rows = await sites.data.sql(OSAKA, 'select id from orders where id = 4').catch(() => []);
        return rows.length === 1;
      });
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    let name: string;

    test('the alarm asks for approval once, although it rings three times', async () => {
      await ring();
      await eventually('a run', async () => (await runs()).length > 0);
      await ring();
      await ring();
      await sleep(3_000);
      const { text } = await sites.people.approve(OSAKA);
      expect(text).toContain('alarm orders-down asks for a failover');
      expect(await runs()).toHaveLength(1);
      [name] = await runs();
      expect((await sites.register(OSAKA))?.run?.input).toMatchObject({ id: name, kind: 'failover', by: 'alarm orders-down' });
    });

    test('a promoted database with orphaned rows is not given traffic', async () => {
      expect(await sites.endOf(OSAKA, name)).toMatchObject({ status: 'FAILED', error: 'RecoveryHalted' });
      const register = await sites.register(OSAKA);
      expect(register).toMatchObject({
        role: 'standby',
        diverted: false,
        run: { stage: 'committed', steps: { verify: { state: 'failed' } } },
      });
      expect(register?.run?.steps.verify.words).toMatch(/orders: tables: foreign keys: 1 foreign key, broken by 1 row/);
      expect(await sites.traffic()).toBe(TOKYO);
      await expect(sites.data.sql(TOKYO, 'insert into customers values (9)')).rejects.toThrow();
    });

    test('once the row is put right the same run goes on and leads traffic there', async () => {
      await sites.data.sql(OSAKA, 'delete from orders where id = 4');
      expect(await sites.run(OSAKA, { kind: 'failover', id: name, by: 'a person' })).toEqual({ status: 'SUCCEEDED' });
      expect(await sites.traffic()).toBe(OSAKA);
    });

    test('an alarm that goes on ringing starts nothing at the site that is active by now', async () => {
      const before = (await runs()).length;
      await ring();
      await sleep(3_000);
      expect(await runs()).toHaveLength(before);
    });
  });
});
