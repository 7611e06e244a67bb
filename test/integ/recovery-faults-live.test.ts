import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithEmulator } from '../emulator/harness';
import { endsOf, titleOf } from './fixtures/recovery-cases';
import { LiveSites } from './fixtures/recovery-live-sites';
import { allLiveTrials, liveFault, someLiveTrials } from './fixtures/recovery-live-trials';
import { SITES, TOKYO } from './fixtures/recovery-sites';
import { Trials } from './fixtures/recovery-trials';
import { Watch } from './fixtures/recovery-watch';

jest.setTimeout(600_000);

const TRIALS = process.env.RECOVERY_FAULTS === 'all' ? allLiveTrials() : someLiveTrials();

describeWithEmulator('a run in which something goes wrong with data that are live at both sites', (emulator) => {
  const live = new LiveSites(emulator);
  const { sites } = live;
  const protection = async (region: string) => (await live.protection(region)) ?? 'ENABLED';
  /** Regions of the clusters that write. */
  const writers = async () =>
    (await live.clusters(TOKYO)).filter(({ IsWriter }) => IsWriter).map(({ DBClusterArn }) => DBClusterArn?.split(':')[3]);
  /** What writes to files runs, or two clusters write. */
  const both = async () => {
    const counts = await Promise.all(SITES.map((region) => sites.data.counts(region)));
    return counts.every(({ api: [, running] }) => running > 0) || (await writers()).length > 1;
  };
  const watch = new Watch(sites, both);
  const trials = new Trials(sites, watch, liveFault);

  beforeAll(async () => {
    await live.begin();
    watch.begin();
  });
  afterAll(async () => {
    await watch.stop();
    await live.dispose();
  });

  test.each(TRIALS.map((one, index) => [titleOf(one), index, one] as const))('%s', async (_title, index, trial) => {
    const [here, other] = [trials.waiting, trials.other(trials.waiting)];
    writeFileSync(join(await live.filesOf(other), `file-${index}`), 'a file');
    if (trial.kind === 'failback') {
      // a rebuild would overwrite files that no recovery point has
      await live.backUp(here);
    }
    // all has arrived before the site that has it is left
    await sites.pass();
    const told = await trials.make(trial);
    expect(watch.seen()).toEqual([]);
    expect(told).toEqual({ ends: endsOf(trial), spared: [], wroteWhileHalted: false, active: [here] });
    expect(await sites.traffic()).toBe(here);
    expect(await writers()).toEqual([here]);
    expect([await sites.data.counts(here), await sites.data.counts(other)]).toEqual([{ api: [4, 4] }, { api: [0, 0] }]);
    // after a failback the other site follows already
    const kept = trial.kind === 'failback' ? 'REPLICATING' : 'ENABLED';
    expect([await protection(here), await protection(other)]).toEqual(['ENABLED', kept]);
    expect(readdirSync(await live.filesOf(here))).toEqual(
      expect.arrayContaining(TRIALS.slice(0, index + 1).map((_one, at) => `file-${at}`)),
    );
  });

  test('everything was looked at all the time', () => {
    expect(watch.looks).toBeGreaterThan(TRIALS.length * 3);
  });
});
