import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeReplicationConfigurationsCommand } from '@aws-sdk/client-efs';
import { describeWithEmulator, eventually } from '../emulator/harness';
import { recordsOf } from './fixtures/recovery-evidence';
import { LiveSites } from './fixtures/recovery-live-sites';
import { OSAKA, SITES, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(600_000);

const WELL = { status: 'SUCCEEDED' };

describeWithEmulator('data that are live at the site that waits', (emulator) => {
  const live = new LiveSites(emulator);
  const { sites, systems } = live;
  const dynamodb = (region: string) => new DynamoDBClient(emulator().client(region));

  /** One more cart and one more file at a site. */
  const write = async (region: string, name: string) => {
    await dynamodb(region).send(new PutItemCommand({ TableName: 'carts', Item: { id: { S: name } } }));
    writeFileSync(join(await live.filesOf(region), name), name);
  };
  const carts = async (region: string) => {
    const { Items = [] } = await dynamodb(region).send(new ScanCommand({ TableName: 'carts' }));
    return Items.map(({ id }) => id.S).sort();
  };
  const files = async (region: string) => readdirSync(await live.filesOf(region)).sort();
  const protection = (region: string) => live.protection(region);
  const replications = async (region: string) =>
    (await live.efs(region).send(new DescribeReplicationConfigurationsCommand({}))).Replications?.map((one) => one.SourceFileSystemId);
  /** Clusters of the global database, the one that writes first. */
  const clusters = async (region: string) =>
    (await live.clusters(region)).map(({ DBClusterArn, IsWriter }) => `${DBClusterArn?.split(':').at(-1)}${IsWriter ? ' writes' : ''}`);
  const changes = async () => {
    const requests = await sites.control.requests({ service: 'rds' });
    return requests.filter(({ operation }) => /GlobalCluster$/.test(operation)).map(({ operation, region }) => `${operation} in ${region}`);
  };

  beforeAll(async () => {
    await live.begin();
    await Promise.all(SITES.map((region) => sites.people.listen(region)));
    await write(TOKYO, 'first');
    await sites.control.forgetRequests();
  });
  afterAll(() => live.dispose());

  test('switchover: Osaka takes over, and nothing is lost', async () => {
    expect(await clusters(TOKYO)).toEqual(['orders-tokyo writes', 'orders-osaka']);
    expect(await protection(OSAKA)).toBe('REPLICATING');
    expect(await sites.attempt(OSAKA, { kind: 'switchover', id: 'over', by: 'a person', approved: true })).toEqual(WELL);
    expect(await sites.traffic()).toBe(OSAKA);
    expect(await clusters(OSAKA)).toEqual(['orders-osaka writes', 'orders-tokyo']);
    expect(await changes()).toEqual([`SwitchoverGlobalCluster in ${TOKYO}`]);
    expect([await carts(OSAKA), await files(OSAKA)]).toEqual([['first'], ['first']]);
    expect([await protection(OSAKA), await replications(OSAKA), await replications(TOKYO)]).toEqual(['ENABLED', [], []]);
    expect([await sites.data.counts(OSAKA), await sites.data.counts(TOKYO)]).toEqual([{ api: [4, 4] }, { api: [0, 0] }]);
  });

  test('Tokyo is made a standby without being asked, and follows in the other direction', async () => {
    expect(await sites.endOf(TOKYO, 'over-rebuild')).toEqual(WELL);
    await write(OSAKA, 'second');
    expect(await sites.register(TOKYO)).toMatchObject({ role: 'standby', gate: 'open' });
    expect([await replications(TOKYO), await protection(TOKYO)]).toEqual([[systems[OSAKA]], 'REPLICATING']);
    await eventually('the cart in Tokyo', async () => (await carts(TOKYO)).join() === 'first,second');
    expect(await files(TOKYO)).toEqual(['first', 'second']);
  });

  test('failover: Osaka is lost, and Tokyo takes over with what had arrived', async () => {
    await write(OSAKA, 'third');
    await sites.pass();
    await sites.control.loseRegion(OSAKA);
    await sites.control.forgetRequests();
    const name = await sites.start(TOKYO, { kind: 'failover', id: 'lost', by: 'a person' });
    await sites.people.approve(TOKYO, true);
    expect(await sites.endOf(TOKYO, name)).toEqual(WELL);
    expect(await sites.traffic()).toBe(TOKYO);
    expect(await clusters(TOKYO)).toEqual(['orders-tokyo writes', 'orders-osaka']);
    expect(await changes()).toEqual([`FailoverGlobalCluster in ${TOKYO}`]);
    expect([await carts(TOKYO), await files(TOKYO), await protection(TOKYO)]).toEqual([
      ['first', 'second', 'third'],
      ['first', 'second', 'third'],
      'ENABLED',
    ]);
    expect(await sites.data.counts(TOKYO)).toEqual({ api: [4, 4] });
    const [record] = (await recordsOf(emulator(), TOKYO)).slice(-1);
    expect(record).toMatchObject({ outcome: 'completed', run: { input: { id: 'lost' }, peerState: 'unreachable' } });
  });

  test('rebuild after a failover: files that Tokyo may never have got are only overwritten once they are in a recovery point', async () => {
    await write(TOKYO, 'fourth');
    await sites.control.loseRegion(OSAKA, false);
    await sites.guard(OSAKA);
    await sites.guard(OSAKA);
    expect(await sites.register(OSAKA)).toMatchObject({ role: 'fenced', gate: 'closed' });
    expect(await sites.run(OSAKA, { kind: 'rebuild', id: 'followed', by: 'a person' })).toMatchObject({
      error: 'RecoveryHalted',
      problem: expect.stringMatching(/files: fs-\w+ may have files that fs-\w+ never got/),
    });
    await live.backUp(OSAKA);
    expect(await sites.run(OSAKA, { kind: 'rebuild', id: 'followed', by: 'a person' })).toEqual(WELL);
    expect(await sites.register(OSAKA)).toMatchObject({ role: 'standby', gate: 'open' });
    expect([await clusters(OSAKA), await replications(OSAKA), await protection(OSAKA)]).toEqual([
      ['orders-tokyo writes', 'orders-osaka'],
      [systems[TOKYO]],
      'REPLICATING',
    ]);
    const all = ['first', 'fourth', 'second', 'third'];
    await eventually('the cart in Osaka', async () => (await carts(OSAKA)).join() === all.join());
    expect(await files(OSAKA)).toEqual(all);
  });
});
