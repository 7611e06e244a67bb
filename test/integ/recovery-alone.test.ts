import { describeWithEmulator } from '../emulator/harness';
import { OSAKA, Sites, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(300_000);

describeWithEmulator('a site whose other one does not exist', (emulator) => {
  // a replica of a database would be made of something that is not there
  const sites = new Sites(emulator, { only: ['service'] });
  beforeAll(() => sites.prepare());
  afterAll(() => sites.dispose());

  test('deploys without it', async () => {
    await sites.control.loseRegion(TOKYO);
    const stacks = await sites.deploy({}, (region) => region === OSAKA);
    expect(stacks.map(({ name }) => name).sort()).toEqual(['Orders-latch-ap-northeast-3', 'Orders-recovery-ap-northeast-3', 'Osaka']);
    expect((await sites.control.deployed({ region: TOKYO })).filter(({ stack }) => stack !== 'Zone')).toEqual([]);
  });

  test('takes over once somebody says that it is down, and not before', async () => {
    await sites.people.listen(OSAKA);
    const first = await sites.start(OSAKA, { kind: 'failover', id: 'unsure', by: 'a person' });
    await sites.people.approve(OSAKA);
    expect(await sites.endOf(OSAKA, first)).toMatchObject({
      error: expect.stringMatching(/^Recovery(Aborted|RolledBack)$/),
      problem: expect.stringContaining('nobody has said that nothing writes there'),
    });
    expect(await sites.register(OSAKA)).toMatchObject({ role: 'standby', diverted: false });
    const second = await sites.start(OSAKA, { kind: 'failover', id: 'sure', by: 'a person' });
    await sites.people.approve(OSAKA, true);
    expect(await sites.endOf(OSAKA, second)).toEqual({ status: 'SUCCEEDED' });
    expect(await sites.register(OSAKA)).toMatchObject({ role: 'active', diverted: true });
    expect(await sites.traffic()).toBe(OSAKA);
  });
});
