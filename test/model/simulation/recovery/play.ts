import type { RunInput, RunKind } from '../../../../lib/model/recovery';
import { HOUR, MINUTE, SECOND } from '../../../../lib/model/time';
import { OSAKA, TOKYO } from '../../recovery/sites';
import { Chance } from '../chance';
import { Judge } from './judge';
import { writable } from './site-world';
import { type Trouble, World } from './world';

/** What one story came to. */
export interface Played {
  readonly world: World;
  readonly violations: readonly string[];
  /** For how long sites that came back could be written to, each time. */
  readonly lateMs: readonly number[];
}

/** A story: of which sites, and whether people only say what is so. */
export interface Story {
  readonly seed: number;
  readonly honest: boolean;
  readonly sites?: readonly string[];
  /** Whether calls fail and agents die, beside whole Regions. */
  readonly struck?: boolean;
}

export const SINGAPORE = 'ap-southeast-1';
export const TWO: readonly string[] = [TOKYO, OSAKA];
export const THREE: readonly string[] = [TOKYO, OSAKA, SINGAPORE];

const TROUBLED_MS = 4 * HOUR;
const KINDS: readonly RunKind[] = ['failover', 'failover', 'switchover', 'failback', 'rebuild'];

/** Plays one story: some hours in which anything happens, then peace, then whatever the runbook says. */
export async function play({ seed, honest, sites = TWO, struck = true }: Story): Promise<Played> {
  const chance = new Chance(seed);
  const trouble: Trouble = { budget: struck ? chance.upTo(8) : 0, rate: 0.004 + 0.02 * chance.next() };
  const world = new World(chance, trouble, sites);
  const judge = new Judge(world, struck);
  const look = (): void => judge.look();
  const beginMs = world.time.now();
  let number = 0;
  const open: { readonly site: string; readonly run: RunInput }[] = [];
  while (world.time.now() - beginMs < TROUBLED_MS) {
    const site = chance.pick(sites);
    const other = chance.pick(world.others(site));
    const dice = chance.next();
    if (dice < 0.22) {
      world.regions[site].up = !world.regions[site].up;
      judge.changed();
    } else if (dice < 0.34) {
      world.cut(site, other);
      judge.changed();
    } else if (dice < 0.4) {
      world.regions[site].broken = !world.regions[site].broken;
    } else if (dice < 0.48 && open.length > 0) {
      // somebody starts what has stopped, or what has not
      const again = chance.pick(open);
      world.start(again.site, `${again.run.id}-again-${number++}`, again.run);
    } else if (dice < 0.85 && world.regions[site].up) {
      const kind = chance.pick(KINDS);
      const isCut = world.isCut(site);
      const down = !world.regions[other].up || (!honest && (isCut || chance.maybe(0.5)));
      const run: RunInput = {
        kind,
        id: `run-${number++}`,
        by: 'test',
        ...(sites.length > 2 ? { from: other } : {}),
        ...(down && chance.maybe(0.8) ? { otherSiteIsDown: true } : {}),
        acceptOldData: chance.maybe(0.5),
      };
      open.push({ site, run });
      world.start(site, run.id, run);
      if (chance.maybe(!honest && isCut ? 0.8 : 0.2)) {
        const { from: _, ...rest } = run;
        world.start(other, `${run.id}-too`, { ...rest, id: `${run.id}-too`, ...(sites.length > 2 ? { from: site } : {}) });
      }
    }
    await world.time.runUntil(world.time.now() + chance.upTo(25) * MINUTE + chance.upTo(60) * SECOND, look);
  }
  await peace(world, trouble, judge, look, chance.maybe(0.5));
  return { world, violations: judge.violations, lateMs: judge.lateMs };
}

/** Everything works again; the guards are left alone, then a person does what the runbook says. */
async function peace(world: World, trouble: Trouble, judge: Judge, look: () => void, stubborn: boolean): Promise<void> {
  trouble.budget = 0;
  world.cuts.clear();
  for (const region of Object.values(world.regions)) {
    region.up = true;
    // what halts now and then halts for good: somebody has to give it up
    region.broken = stubborn && region.broken && world.register(region.name).run?.stage === 'committed';
  }
  judge.changed();
  await world.time.runUntil(world.time.now() + 2 * HOUR, look);
  judge.calm();
  for (let round = 0; round < 4 * world.sites.length - 3 && !settled(world); round++) {
    await repair(world, `repair-${round}`, round);
    await world.time.runUntil(world.time.now() + 90 * MINUTE, look);
  }
  judge.end(settled(world));
}

/** What docs/runbook.md says, by what the registers say. */
async function repair(world: World, id: string, round: number): Promise<void> {
  const { sites } = world;
  const stopped = sites.find((site) => world.register(site).run && world.register(site).run?.stage !== 'concluded');
  const towards = (from: string) => (sites.length > 2 ? { from } : {});
  if (stopped && world.regions[stopped].broken && round > 0) {
    const abandon = world.register(stopped).run?.input.id as string;
    const [other] = world.others(stopped).filter((site) => !world.regions[site].broken);
    world.start(other, id, { kind: 'failover', id, by: 'test', acceptOldData: true, abandon, ...towards(stopped) });
    return;
  }
  if (stopped) {
    world.start(stopped, id, world.register(stopped).run?.input as RunInput);
    return;
  }
  const active = sites.find((site) => world.register(site).role === 'active');
  const fenced = sites.find((site) => world.register(site).role === 'fenced');
  if (active === undefined) {
    world.start(TOKYO, id, { kind: 'failover', id, by: 'test', acceptOldData: true, ...towards(OSAKA) });
  } else if (fenced !== undefined) {
    world.start(fenced, id, { kind: 'rebuild', id, by: 'test', ...towards(active) });
  }
}

function settled(world: World): boolean {
  const roleOf = (site: string) => world.register(site).role;
  const active = world.sites.filter((site) => roleOf(site) === 'active');
  const writers = Object.values(world.regions).filter(writable);
  return world.everywhere
    ? active.length === world.sites.length && writers.length === 1
    : active.length === 1 &&
        world.sites.some((site) => roleOf(site) === 'standby') &&
        world.answer() === active[0] &&
        writable(world.regions[active[0]]);
}
