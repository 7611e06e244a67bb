import type { Ports, Progress } from '../../../../lib/handlers/recover/ports';
import { MINUTE, SECOND } from '../../../../lib/model/time';
import { type Region, writable } from './site-world';
import { done } from './stage';
import { runName, type World } from './world';

const REACTION_MS = 200;
const STARTS_MS = 30 * SECOND;

/** All that the agent of a site has to do with, in a world of tests. */
export function portsOf(world: World, site: string): Ports {
  const region = world.regions[site];
  const on = <T>(act: () => T): Promise<T> => world.effect(site, act);
  const run = (wanted: number) => setTasks(world, region, wanted);
  return {
    now: () => world.time.now(),
    pause: (ms) => world.time.wait(ms * world.chance.next()),
    config: async () => world.configs[site],
    register: () => ({
      // what nobody can change need not be copied for everybody who looks
      read: () => on(() => region.register),
      write: (register, over) =>
        on(() => {
          if (region.register?.version !== over) {
            return false;
          }
          world.notice(site, region.register?.register, register);
          region.register = { register: frozen(register), version: (over ?? 0) + 1 };
          return true;
        }),
    }),
    data: new Proxy({}, { get: () => world.copies.port(site) }) as Ports['data'],
    compute: {
      ecs: {
        count: () => on(() => region.tasks.wanted),
        scale: (_: unknown, count: number, exact: boolean) => on(() => run(exact ? count : Math.max(count, region.tasks.wanted))),
        close: () => on(() => run(0)),
        open: (_: unknown, former = 2) =>
          on(() => {
            run(Math.max(region.tasks.wanted, former));
            return done('open');
          }),
      },
    } as unknown as Ports['compute'],
    ask: async (peer, request) => {
      await world.time.wait(REACTION_MS);
      if (!world.reachable(site, peer.site) || world.strikes()) {
        return undefined;
      }
      const answer = await world.attempt(peer.site, request).catch(() => undefined);
      return world.reachable(site, peer.site) && !world.strikes() ? (answer as Awaited<ReturnType<Ports['ask']>>) : undefined;
    },
    probe: () =>
      on(() => {
        const serves = world.everywhere ? region.tasks.running > 0 : writable(region);
        const works = serves && !region.broken;
        region.verified ||= works;
        return works ? done('it works') : { state: 'failed', words: 'it does not work' };
      }),
    publish: (_, values) =>
      on(() => {
        // what is looked at is the maximum of each minute
        const atMs = world.time.now();
        for (const [name, value] of Object.entries(values)) {
          const before = region.metrics.get(name);
          const same = before && Math.floor(before.atMs / MINUTE) === Math.floor(atMs / MINUTE);
          region.metrics.set(name, { value: same ? Math.max(value, before.value) : value, atMs });
        }
      }),
    route: async () => undefined,
    tell: () => on(() => undefined),
    // a record that is there stays as it is
    keep: (_, { run: kept, outcome }) =>
      on(() => {
        const found = world.runs.get(runName(site, kept));
        if (found?.records.length === 0) {
          found.records = [outcome];
        }
      }),
    start: (name, input) => on(() => world.start(site, name, input)),
    startExperiment: async () => 'experiment',
    stopExperiment: async () => undefined,
    write: () => undefined,
  };
}

function setTasks(world: World, { tasks }: Region, wanted: number): Progress {
  if (tasks.wanted !== wanted) {
    tasks.wanted = wanted;
    tasks.running = Math.min(tasks.running, wanted);
    tasks.untilMs = world.time.now() + STARTS_MS;
  }
  return tasks.running === wanted ? done('all run') : { state: 'pending', words: 'starting' };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
