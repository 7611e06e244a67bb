import type { RunInput, RunKind } from '../../../../lib/model/recovery';
import { HOUR, MINUTE, SECOND } from '../../../../lib/model/time';
import { OSAKA, TOKYO } from '../../recovery/sites';
import { Chance } from '../chance';
import { writable } from './site-world';
import { type Trouble, World } from './world';

/** What one story came to. */
export interface Played {
  readonly world: World;
  readonly violations: readonly string[];
}

/** How long a site may take to see that it was superseded, when nothing stands in its way any more. */
const GRACE_MS = 12 * MINUTE;
const TROUBLED_MS = 4 * HOUR;
const KINDS: readonly RunKind[] = ['failover', 'failover', 'switchover', 'failback', 'rebuild'];

/** Plays one story of two Regions: some hours in which anything happens, then peace, then whatever the runbook says. */
export async function play(seed: number, honest: boolean): Promise<Played> {
  const chance = new Chance(seed);
  const trouble: Trouble = { budget: chance.upTo(8), rate: 0.004 + 0.02 * chance.next() };
  const world = new World(chance, trouble);
  const judge = new Judge(world);
  const look = (): void => judge.look();
  const beginMs = world.time.now();
  let number = 0;
  const open: { readonly site: string; readonly run: RunInput }[] = [];
  while (world.time.now() - beginMs < TROUBLED_MS) {
    const site = chance.pick([TOKYO, OSAKA]);
    const other = world.other(site);
    const dice = chance.next();
    if (dice < 0.22) {
      world.regions[site].up = !world.regions[site].up;
      judge.changed();
    } else if (dice < 0.34) {
      world.partitioned = !world.partitioned;
      judge.changed();
    } else if (dice < 0.4) {
      world.regions[site].broken = !world.regions[site].broken;
    } else if (dice < 0.48 && open.length > 0) {
      // somebody starts what has stopped, or what has not
      const again = chance.pick(open);
      world.start(again.site, `${again.run.id}-again-${number++}`, again.run);
    } else if (dice < 0.85 && world.regions[site].up) {
      const kind = chance.pick(KINDS);
      const down = !world.regions[other].up || (!honest && (world.partitioned || chance.maybe(0.5)));
      const run: RunInput = {
        kind,
        id: `run-${number++}`,
        by: 'test',
        ...(down && chance.maybe(0.8) ? { otherSiteIsDown: true } : {}),
        acceptOldData: chance.maybe(0.5),
      };
      open.push({ site, run });
      world.start(site, run.id, run);
      if (chance.maybe(!honest && world.partitioned ? 0.8 : 0.2)) {
        world.start(other, `${run.id}-too`, { ...run, id: `${run.id}-too` });
      }
    }
    await world.time.runUntil(world.time.now() + chance.upTo(25) * MINUTE + chance.upTo(60) * SECOND, look);
  }
  await peace(world, trouble, judge, look, chance.maybe(0.5));
  return { world, violations: judge.violations };
}

/** Everything works again; the guards are left alone, then a person does what the runbook says. */
async function peace(world: World, trouble: Trouble, judge: Judge, look: () => void, stubborn: boolean): Promise<void> {
  trouble.budget = 0;
  world.partitioned = false;
  for (const region of Object.values(world.regions)) {
    region.up = true;
    // what halts now and then halts for good: somebody has to give it up
    region.broken = stubborn && region.broken && world.register(region.name).run?.stage === 'committed';
  }
  judge.changed();
  await world.time.runUntil(world.time.now() + 2 * HOUR, look);
  judge.calm();
  for (let round = 0; round < 5 && !settled(world); round++) {
    await repair(world, `repair-${round}`, round);
    await world.time.runUntil(world.time.now() + 90 * MINUTE, look);
  }
  judge.end(settled(world));
}

/** What docs/runbook.md says, by what the registers say. */
async function repair(world: World, id: string, round: number): Promise<void> {
  const sites = [TOKYO, OSAKA];
  const stopped = sites.find((site) => world.register(site).run && world.register(site).run?.stage !== 'concluded');
  if (stopped && world.regions[stopped].broken && round > 0) {
    const abandon = world.register(stopped).run?.input.id as string;
    world.start(world.other(stopped), id, { kind: 'failover', id, by: 'test', acceptOldData: true, abandon });
    return;
  }
  if (stopped) {
    world.start(stopped, id, world.register(stopped).run?.input as RunInput);
    return;
  }
  const active = sites.find((site) => world.register(site).role === 'active');
  if (active === undefined) {
    world.start(TOKYO, id, { kind: 'failover', id, by: 'test', acceptOldData: true });
  } else if (world.register(world.other(active)).role === 'fenced') {
    world.start(world.other(active), id, { kind: 'rebuild', id, by: 'test' });
  }
}

function settled(world: World): boolean {
  const roles = [TOKYO, OSAKA].map((site) => world.register(site).role);
  const active = [TOKYO, OSAKA].filter((site) => world.register(site).role === 'active');
  return roles.includes('standby') && active.length === 1 && world.answer() === active[0] && writable(world.regions[active[0]]);
}

/** Looks after every event whether what must never be is. */
class Judge {
  public readonly violations: string[] = [];
  private graceUntilMs = 0;
  private lastAnswer = TOKYO;
  private judged = 0;

  constructor(private readonly world: World) {}

  /** What could not be known before can be known from here on. */
  public changed(): void {
    this.graceUntilMs = this.world.time.now() + GRACE_MS;
  }

  public look(): void {
    const { world } = this;
    const [tokyo, osaka] = [world.regions[TOKYO], world.regions[OSAKA]];
    for (const region of [tokyo, osaka]) {
      region.verified &&= !(region.database.closed && region.tasks.wanted === 0);
    }
    const unseen = world.attestedWrongly || world.partitioned || world.time.now() < this.graceUntilMs;
    if (writable(tokyo) && writable(osaka) && !(unseen && this.attested())) {
      this.say('both sites can write');
    }
    const answer = world.answer();
    if (answer !== this.lastAnswer && !world.regions[answer].verified && world.regions[answer].up) {
      this.say(`traffic goes to ${answer}, which nobody has looked at`);
    }
    this.lastAnswer = answer;
    for (const { site, input, claimedMs, lost } of world.takeovers.slice(this.judged)) {
      const beyond = lost.filter(({ atMs }) => atMs <= claimedMs);
      if (beyond.length > 0 && !world.attestedWrongly) {
        this.say(`${input.kind} to ${site} lost ${beyond.length} writes beyond what it has claimed`);
      }
      if (input.kind !== 'failover' && lost.length > 0 && !world.attestedWrongly) {
        this.say(`${input.kind} to ${site} lost ${lost.length} writes`);
      }
    }
    this.judged = world.takeovers.length;
  }

  /** Nothing happens any more, so that nothing is unseen. */
  public calm(): void {
    const { world } = this;
    if (writable(world.regions[TOKYO]) && writable(world.regions[OSAKA])) {
      this.say('both sites can write when all is well again');
    }
    const runs = [TOKYO, OSAKA].map((site) => world.register(site).run);
    if (
      runs.every((run) => run === undefined || run.stage === 'concluded') &&
      [TOKYO, OSAKA].every((site) => world.register(site).role !== 'active')
    ) {
      this.say('no run is under way, and no site is active');
    }
    for (const site of [TOKYO, OSAKA]) {
      const run = world.register(site).run;
      if (run && run.stage !== 'concluded' && run.problem === undefined && run.stage !== 'begun') {
        this.say(`run '${run.input.id}' at ${site} is '${run.stage}' and nobody takes it further`);
      }
    }
  }

  public end(well: boolean): void {
    if (!well) {
      const told = [TOKYO, OSAKA].map((site) => JSON.stringify(this.world.register(site)));
      this.say(`the runbook does not bring it back: ${told.join(' / ')}; traffic goes to ${this.world.answer()}`);
    }
  }

  /** Somebody took over on the word of a person. */
  private attested(): boolean {
    return this.world.takeovers.length > 0 || [TOKYO, OSAKA].some((site) => this.world.register(site).run?.peerState === 'unreachable')
      ? this.everUnreachable()
      : false;
  }

  private unreachable = false;
  private everUnreachable(): boolean {
    this.unreachable ||= [TOKYO, OSAKA].some((site) => this.world.register(site).run?.peerState === 'unreachable');
    return this.unreachable;
  }

  private say(what: string): void {
    if (!this.violations.includes(what)) {
      this.violations.push(what);
    }
  }
}
