import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithEmulator, testNeeding } from '../emulator/harness';
import { ExampleSites, lintErrors } from './fixtures/disaster-recovery-sites';
import { OSAKA, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(300_000);

/** Of eight tasks, how many are at the site that waits. */
const LIVE: readonly (readonly [strategy: string, waiting: number])[] = [
  ['pilot-light', 0],
  ['warm-standby', 2],
  ['hot-standby', 8],
  ['multi-site', 8],
];
const STRATEGIES = ['backup-and-restore', ...LIVE.map(([strategy]) => strategy)];
const RECOVERY = ['Orders-latch-ap-northeast-3', 'Orders-recovery-ap-northeast-3'];

let folder: string;
const before = (strategy: string) => `${strategy}-${TOKYO}`;
const after = (strategy: string) => `${strategy}-${OSAKA}`;
const inOsaka = (region: string) => region === OSAKA;

beforeAll(async () => {
  folder = await ExampleSites.synthesised(STRATEGIES);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noLint = spawnSync('cfn-lint', ['--version']).error && "needs cfn-lint: pip install 'cfn-lint==1.51.0'";
testNeeding('cfn-lint', noLint || undefined, 'the example has no error of cfn-lint by any strategy', async () => {
  expect(await lintErrors(STRATEGIES.map((strategy) => join(folder, before(strategy))))).toBe('');
});

describeWithEmulator('the example, of which nothing exists in Tokyo', (emulator) => {
  const sites = new ExampleSites(emulator, () => folder);
  const lose = () => emulator().control.loseRegion(TOKYO);
  const inTokyo = async () => (await emulator().control.deployed({ region: TOKYO })).map(({ stack }) => stack);

  test.each(LIVE)(
    '%s: what recovers Osaka deploys where only its data follow something, before a failover and after it',
    async (strategy, waiting) => {
      const known = await sites.beginAnew();
      // the least that a replica, and health checks of an address with users at both sites, are made of
      await sites.makeSource(TOKYO);
      const least = strategy === 'multi-site' ? ['Orders-latch-ap-northeast-1'] : [];
      await sites.deploy(before(strategy), known, (_, name) => least.includes(name) || name.startsWith('OrdersOsaka'));
      await lose();

      const stacks = await sites.deploy(before(strategy), known, (region, name) => inOsaka(region) && !name.startsWith('OrdersOsaka'));
      expect(stacks.map(({ name }) => name)).toEqual(expect.arrayContaining(RECOVERY));
      expect(await sites.at(OSAKA)).toEqual({ tasks: waiting, database: 'orders' });
      const changes = await sites.deploy(after(strategy), known, inOsaka);
      expect(changes.flatMap(({ changed }) => changed.filter((event) => /Database/.test(event)))).toEqual([]);
      expect(await sites.at(OSAKA)).toEqual({ tasks: 8, database: 'orders' });
      expect(await inTokyo()).toEqual(least);
    },
  );

  test('fails where a replica is to be made for the first time, of what is not there', async () => {
    const known = await sites.beginAnew();
    await lose();
    await expect(sites.deploy(before('pilot-light'), known, inOsaka)).rejects.toThrow('ap-northeast-1 is lost');
  });

  test('backup-and-restore: all of Osaka deploys for the first time, which is the way for every strategy then, and again after the failover', async () => {
    const known = await sites.beginAnew();
    await lose();
    const stacks = await sites.deploy(before('backup-and-restore'), known, inOsaka);
    expect(stacks.map(({ name }) => name)).toEqual(expect.arrayContaining(RECOVERY));
    expect(await sites.at(OSAKA)).toEqual({ tasks: 0 });
    await sites.deploy(after('backup-and-restore'), known, inOsaka);
    expect(await sites.at(OSAKA)).toEqual({ tasks: 8 });
    expect(await inTokyo()).toEqual([]);
  });
});
