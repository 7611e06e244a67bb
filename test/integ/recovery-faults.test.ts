import { describeNeeding, describeWithEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { allTrials, endsOf, type Trial, titleOf } from './fixtures/recovery-cases';
import { someTrials } from './fixtures/recovery-chosen-trials';
import { SITES, Sites, TOKYO } from './fixtures/recovery-sites';
import { Trials } from './fixtures/recovery-trials';
import { Watch } from './fixtures/recovery-watch';

jest.setTimeout(600_000);

/** All of them take hours: `RECOVERY_FAULTS=all`, a part like `2/8`, or those that a regular expression fits. */
const WANTED = process.env.RECOVERY_FAULTS;
const TRIALS = WANTED === undefined ? someTrials() : chosen(allTrials(), WANTED);

function chosen(trials: readonly Trial[], wanted: string): readonly Trial[] {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(wanted)?.map(Number) ?? [];
  if (parts) {
    return trials.slice(Math.round(((part - 1) * trials.length) / parts), Math.round((part * trials.length) / parts));
  }
  return trials.filter((one) => wanted === 'all' || new RegExp(wanted).test(titleOf(one)));
}

/** Whether the run has moved the traffic here, and left it. */
function takesOver(trial: Trial): boolean {
  return ['failover', 'switchover', 'failback'].includes(trial.kind) && endsOf(trial).at(-1) === 'SUCCEEDED' && !trial.thenBack;
}

describeNeeding('PostgreSQL', whyNoPostgres(), 'with real servers', () => {
  describeWithEmulator('a run in which something goes wrong', (emulator) => {
    const sites = new Sites(emulator, { only: ['database', 'service'] });
    const watch = new Watch(sites);
    const trials = new Trials(sites, watch);

    beforeAll(async () => {
      await sites.prepare();
      await sites.deploy();
      await sites.stopGuards();
      await Promise.all(SITES.map((region) => sites.people.listen(region)));
      await sites.data.sql(TOKYO, 'create table watched (at timestamptz not null default clock_timestamp())');
      await sites.data.sql(TOKYO, 'create table placed (number int primary key)');
      watch.begin();
    });
    afterAll(async () => {
      await watch.stop();
      await sites.dispose();
    });

    test.each(TRIALS.map((one) => [titleOf(one), one] as const))('%s', async (_title, trial) => {
      await trials.makeReady(trial.kind);
      const here = trials.waiting;
      const active = takesOver(trial) ? here : trials.other(here);
      const told = await trials.make(trial);
      // what must never be comes before how the run has ended
      expect(watch.seen()).toEqual([]);
      expect(told).toEqual({ ends: endsOf(trial), spared: [], wroteWhileHalted: false, active: [active] });
      expect(await sites.traffic()).toBe(active);
      expect({ active: await trials.writes(active), other: await trials.writes(trials.other(active)) }).toEqual({
        active: true,
        other: false,
      });
      expect((await sites.data.counts(active)).api).toEqual([4, 4]);
      expect((await sites.data.counts(trials.waiting)).api).toEqual((await trials.roleOf(trials.waiting)) === 'fenced' ? [0, 0] : [1, 1]);
      // what could not be removed is removed by the next rehearsal
      const kept = endsOf(trial).includes('RehearsalFailed') && trial.wrongs.some(({ op }) => op === 'tidy');
      expect((await sites.data.instances(trials.waiting)).filter((name) => name.endsWith('-rehearsal'))).toHaveLength(kept ? 1 : 0);
      await sites.data.clearOut();
    });

    test('everything was looked at all the time', () => {
      expect(watch.looks).toBeGreaterThan(TRIALS.length * 3);
    });
  });
});
