import { Customer, missingIn } from '../../scripts/demo-failover/customer';
import { type Doorway, openDoorway } from '../../scripts/demo-failover/doorway';
import { describeNeeding, describeWithEmulator, eventually } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { recordsOf } from './fixtures/recovery-evidence';
import { inventoryOf } from './fixtures/recovery-inventory';
import { OSAKA, SITES, Sites, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(600_000);

const STORES = ['AWS::RDS::DBInstance', 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key'];
const WELL = { status: 'SUCCEEDED' };
const DATA = ['carts', 'documents', 'orders'];

describeNeeding('PostgreSQL', whyNoPostgres(), 'with real servers', () => {
  describeWithEmulator('an application at two sites', (emulator) => {
    const sites = new Sites(emulator);
    const addresses: Record<string, { host: string; port: number }> = {};
    let door: Doorway;
    const customers: Customer[] = [];
    /** Each has numbers of its own. */
    const customer = () => {
      const connection = { host: '127.0.0.1', port: door.port, user: 'app', password: 'secret123', database: 'shop' };
      const one = new Customer(connection, 15, 1_000_000 * customers.length + 1);
      customers.push(one);
      return one;
    };
    /** The instances may have been made anew. */
    const findServers = async () => {
      for (const region of SITES) {
        addresses[region] = await sites.data.server(region);
      }
    };

    /** A site has been made a standby by a run of this name. */
    const standsBy = async (region: string, rebuild: string) => {
      expect(await sites.through(region, rebuild)).toEqual(WELL);
      expect(await sites.register(region)).toMatchObject({ role: 'standby', gate: 'open', diverted: false });
      expect(await sites.data.counts(region)).toEqual({ api: [1, 1], workers: [1, 1] });
      await findServers();
      await sites.data.follows(region);
    };

    beforeAll(async () => {
      await sites.prepare();
      const other = sites.assemble({ activeRegion: OSAKA });
      await sites.deploy();
      await other;
      await Promise.all(SITES.map((region) => sites.people.listen(region)));
      await sites.data.sql(TOKYO, 'create table placed (number int primary key, placed_at timestamptz not null default now())');
      await findServers();
      door = await openDoorway(() => sites.traffic(), addresses, 500);
    });
    afterAll(async () => {
      await Promise.all(customers.map((one) => one.stop()));
      await door?.stop();
      await sites.dispose();
    });

    test('Tokyo is lost: Osaka takes over once a person has said that nothing writes there any more', async () => {
      expect(await sites.traffic()).toBe(TOKYO);
      const orders = customer();
      await eventually('orders', async () => orders.count > 100);
      await sites.pass();
      await sites.control.loseRegion(TOKYO);
      const name = await sites.start(OSAKA, { kind: 'failover', id: 'lost', by: 'a person' });
      await sites.people.approve(OSAKA, true);
      expect(await sites.endOf(OSAKA, name)).toEqual(WELL);
      expect(await sites.traffic()).toBe(OSAKA);
      const before = orders.count;
      await eventually('orders that come to Osaka', async () => orders.count > before + 20);
      const { acknowledged } = await orders.stop();
      const missing = await missingIn(sites.data.connection(await sites.data.server(OSAKA)), acknowledged);
      expect(missing.length).toBeLessThan(acknowledged.length / 2);
      expect(await sites.data.counts(OSAKA)).toEqual({ api: [4, 4], workers: [2, 2] });
      expect(await sites.register(OSAKA)).toMatchObject({
        role: 'active',
        diverted: true,
        run: { peerState: 'unreachable', outcome: 'completed' },
      });
    });

    test('the code that says who is active now deploys in Osaka while Tokyo is lost', async () => {
      await sites.deploy({ activeRegion: OSAKA }, (region) => region === OSAKA);
      expect(await sites.data.counts(OSAKA)).toEqual({ api: [4, 4], workers: [2, 2] });
      await expect(sites.data.sql(OSAKA, 'insert into placed values (-1)')).resolves.toEqual([]);
      expect(await sites.traffic()).toBe(OSAKA);
    });

    test('what the failover took and lost is on record, and told', async () => {
      const [record, ...more] = await recordsOf(emulator(), OSAKA);
      expect(more).toEqual([]);
      expect(record).toMatchObject({
        outcome: 'completed',
        site: OSAKA,
        run: { input: { id: 'lost', by: 'a person' }, peerState: 'unreachable' },
        approval: { required: true, given: 'on-request' },
        achieved: { recoveryTime: { outcome: 'kept' } },
      });
      expect(Object.keys(record.run.steps)).toEqual(
        expect.arrayContaining([
          'fence',
          ...DATA.map((item) => `promote:${item}`),
          'scale:api',
          'scale:workers',
          'verify',
          'switch',
          'settle',
        ]),
      );
      expect((await sites.people.heard(OSAKA, /^COMPLETED: failover/)).text).toMatch(/Recovery time: .*, promised 1 h: kept/);
    });

    test('Tokyo comes back and fences itself by its guard, whose schedule runs each minute', async () => {
      await sites.control.loseRegion(TOKYO, false);
      await eventually(
        'the fence',
        async () => {
          await sites.minute();
          return (await sites.register(TOKYO))?.gate === 'closed';
        },
        200_000,
      );
      expect(await sites.register(TOKYO)).toMatchObject({ role: 'fenced', fence: { by: OSAKA, final: true } });
      await expect(sites.data.sql(TOKYO, 'insert into placed values (0)')).rejects.toThrow();
      expect(await sites.data.counts(TOKYO)).toEqual({ api: [0, 0], workers: [0, 0] });
      expect(await sites.traffic()).toBe(OSAKA);
      await expect(sites.data.sql(OSAKA, 'insert into placed values (0)')).resolves.toEqual([]);
    });

    test('the code that says so deploys: no store of data is replaced, and what is fenced stays so', async () => {
      const stores = async () =>
        (await Promise.all(STORES.map((type) => sites.control.deployed({ type }))))
          .flat()
          .map(({ region, logicalId, physicalId }) => `${region} ${logicalId} ${physicalId}`)
          .sort();
      const before = await stores();
      const changed = await sites.deploy({ activeRegion: OSAKA });
      expect(changed.filter(({ events }) => events.length > 0).map(({ name }) => name)).toContain('Tokyo');
      expect(await stores()).toEqual(before);
      expect(before.length).toBeGreaterThan(8);
      await sites.guard(TOKYO);
      await sites.guard(TOKYO);
      expect(await sites.data.counts(TOKYO)).toEqual({ api: [0, 0], workers: [0, 0] });
      await expect(sites.data.sql(TOKYO, 'insert into placed values (0)')).rejects.toThrow();
      expect(await sites.data.counts(OSAKA)).toEqual({ api: [4, 4], workers: [2, 2] });
      expect(await sites.traffic()).toBe(OSAKA);
    });

    test('failback: Tokyo is made a replica, then takes over without losing an order', async () => {
      await sites.stopGuards();
      const orders = customer();
      await eventually('orders', async () => orders.count > 50);
      const end = await sites.attempt(TOKYO, { approved: true, kind: 'failback', id: 'back', by: 'a person' });
      expect(end).toEqual(WELL);
      expect(await sites.traffic()).toBe(TOKYO);
      await findServers();
      const before = orders.count;
      await eventually('orders that come to Tokyo', async () => orders.count > before + 20);
      const { acknowledged } = await orders.stop();
      expect(await missingIn(sites.data.connection(await sites.data.server(TOKYO)), acknowledged)).toEqual([]);
      expect(await sites.data.counts(TOKYO)).toEqual({ api: [4, 4], workers: [2, 2] });
      expect(await sites.data.instances(TOKYO)).toEqual(['orders', 'orders-before-1']);
    });

    test('Osaka is made a standby again without being asked', async () => {
      await standsBy(OSAKA, 'back-rebuild');
      expect(await sites.data.instances(OSAKA)).toEqual(['orders', 'orders-before-2']);
    });

    test('a rehearsal restores what the replica has in isolation, and leaves nothing behind', async () => {
      const all = async () => [
        await inventoryOf(emulator(), TOKYO),
        await inventoryOf(emulator(), OSAKA),
        await sites.traffic(),
        (await sites.register(TOKYO))?.role,
        await sites.data.counts(OSAKA),
      ];
      const before = await all();
      await sites.data.tellLag(OSAKA);
      expect(await sites.run(OSAKA, { kind: 'rehearsal', id: 'rehearsed', by: 'drill', drill: true })).toEqual(WELL);
      const made = await sites.control.requests({ operation: 'RestoreDBInstanceFromDBSnapshot' });
      expect(made.map(({ params }) => params.DBInstanceIdentifier)).toEqual(['orders-rehearsal']);
      expect(await all()).toEqual(before);
      expect((await sites.register(OSAKA))?.role).toBe('standby');
    });

    let orders: Customer;
    const drill = { kind: 'switchover', id: 'quarterly', by: 'drill', drill: true, thenBack: true, approved: true } as const;

    test('a drill switches over while orders come', async () => {
      orders = customer();
      await eventually('orders', async () => orders.count > 50);
      expect(await sites.attempt(OSAKA, drill)).toEqual(WELL);
      expect((await sites.register(OSAKA))?.role).toBe('active');
      await findServers();
      const there = orders.count;
      await eventually('orders that come to Osaka', async () => orders.count > there + 20);
    });

    test('and back again by itself, without losing an order on either way', async () => {
      expect(await sites.through(TOKYO, 'quarterly-back')).toEqual(WELL);
      expect(await sites.traffic()).toBe(TOKYO);
      await findServers();
      const back = orders.count;
      await eventually('orders that come to Tokyo', async () => orders.count > back + 20);
      const { acknowledged } = await orders.stop();
      expect(await missingIn(sites.data.connection(await sites.data.server(TOKYO)), acknowledged)).toEqual([]);
      expect(await sites.data.counts(TOKYO)).toEqual({ api: [4, 4], workers: [2, 2] });
    });

    test('every run is on the chain of its site, the drills measured against the objective', async () => {
      const said = async (region: string) =>
        (await recordsOf(emulator(), region)).map(({ run, outcome, achieved: { recoveryTime, recoveryPoint } }) =>
          [run.input.id, outcome, recoveryTime.outcome, recoveryPoint.outcome].join(' '),
        );
      // Osaka may be a standby again by now
      expect((await said(OSAKA)).slice(0, 4)).toEqual([
        'lost completed kept unknown',
        'back-rebuild completed kept unknown',
        'rehearsed completed kept unknown',
        'quarterly completed kept unknown',
      ]);
      expect(await said(TOKYO)).toEqual(['back completed kept unknown', 'quarterly-back completed kept unknown']);
    });
  });
});
