import { claimOf } from '../../../../lib/model/recovery';
import { MINUTE, SECOND } from '../../../../lib/model/time';
import { type Region, writable } from './site-world';
import type { World } from './world';

/** What has to hold in every story, by the name under which a violation is told. */
export const PROPERTIES = {
  oneWriter: 'no two sites can be written to, once one of them can know of the other',
  oneWriterInPeace: 'no two sites can be written to when all is well again',
  lossAsClaimed: 'a takeover loses no more than it has measured',
  planLosesNothing: 'a switchover and a failback lose nothing',
  verifiedTraffic: 'users are led to no site that nobody has looked at',
  leftIsFenced: 'a site that was left does not go on',
  fencedInTime: 'a site that was left can be written to for little more than a minute once it is seen',
  fencedWasLeft: 'a site that nobody has left is not fenced',
  somebodyServes: 'where no run is under way, a site is active',
  runsGoOn: 'a run that has died is taken further, or says why not',
  runbookLeadsBack: 'what the runbook says leads back to one active site that the others follow',
  oneRecord: 'a run that has begun and is over has one record, of its end',
} as const;

export type Property = keyof typeof PROPERTIES;

/** How long a site may take to see that it was superseded, when nothing stands in its way any more: a guard may be struck, and another one die. */
const GRACE_MS = 6 * MINUTE;

/** A minute until the next guard looks, and what closing takes. */
const IN_TIME_MS = 75 * SECOND;

/** Looks after every event whether what must never be is. */
export class Judge {
  public readonly violations: string[] = [];
  private graceUntilMs = 0;
  private lastAnswer: string;
  /** Since when a site that was left can be written to, although the one that has taken over sees it. */
  private readonly openSince = new Map<string, number>();
  /** How long each time. */
  public readonly lateMs: number[] = [];
  private judged = 0;

  constructor(
    private readonly world: World,
    /** Guards may die, so that others have to take over. */
    private readonly struck: boolean,
  ) {
    [this.lastAnswer] = world.sites;
  }

  /** What could not be known before can be known from here on. */
  public changed(): void {
    this.graceUntilMs = this.world.time.now() + GRACE_MS;
  }

  public look(): void {
    const { world } = this;
    const writers = this.writers();
    for (const region of Object.values(world.regions)) {
      region.verified &&= !(region.database.closed && region.tasks.wanted === 0);
    }
    const unseen = world.attestedWrongly || writers.some(({ name }) => world.isCut(name)) || world.time.now() < this.graceUntilMs;
    if (writers.length > 1 && !(unseen && world.attested)) {
      this.say('oneWriter', writers.map(({ name }) => name).join(' and '));
    }
    this.lookAtTraffic();
    this.measure(writers);
    for (const { site, input, claimedMs, lost } of world.takeovers.slice(this.judged)) {
      const beyond = lost.filter(({ atMs }) => atMs <= claimedMs);
      if (beyond.length > 0 && !world.attestedWrongly) {
        this.say('lossAsClaimed', `${input.kind} to ${site} lost ${beyond.length} writes more`);
      }
      if (input.kind !== 'failover' && lost.length > 0 && !world.attestedWrongly) {
        this.say('planLosesNothing', `${input.kind} to ${site} lost ${lost.length} writes`);
      }
    }
    this.judged = world.takeovers.length;
  }

  /** Nothing happens any more, so that nothing is unseen. */
  public calm(): void {
    const { world } = this;
    if (this.writers().length > 1) {
      this.say(
        'oneWriterInPeace',
        this.writers()
          .map(({ name }) => name)
          .join(' and '),
      );
    }
    const registers = world.sites.map((site) => [site, world.register(site)] as const);
    if (registers.every(([, { run, role }]) => (run === undefined || run.stage === 'concluded') && role !== 'active')) {
      this.say('somebodyServes', registers.map(([site, { role }]) => `${site} is ${role}`).join(', '));
    }
    for (const [site, { run, role }] of registers) {
      if (run && run.stage !== 'concluded' && run.problem === undefined && run.stage !== 'begun') {
        this.say('runsGoOn', `'${run.input.id}' at ${site} is '${run.stage}'`);
      }
      const left = world.leftBy.get(site);
      if (left !== undefined && role === 'active' && claimOf(world.register(site)) < left.epoch) {
        this.say('leftIsFenced', `${site} is active, and ${left.by} has taken over from it`);
      }
      if (left === undefined && role === 'fenced' && !this.isGoingOn()) {
        this.say('fencedWasLeft', site);
      }
    }
  }

  public end(well: boolean): void {
    const { world } = this;
    if (!well) {
      const told = world.sites.map((site) => JSON.stringify(world.register(site)));
      this.say('runbookLeadsBack', told.join(' / '));
    }
    for (const [name, { site, id, begunMs, records }] of world.runs) {
      const { run } = world.register(site);
      const own = run?.input.id === id && run.begunMs === begunMs ? run : undefined;
      const isOver = own === undefined || own.stage === 'concluded';
      if (isOver ? records.length !== 1 || (own && own.outcome !== records[0]) : records.length > 0) {
        this.say('oneRecord', `${name} is ${own?.outcome ?? own?.stage ?? 'gone'}, and on record as ${records.join(' and ') || 'nothing'}`);
      }
    }
  }

  private measure(writers: readonly Region[]): void {
    const { world, openSince } = this;
    const nowMs = world.time.now();
    for (const site of world.sites) {
      const left = world.leftBy.get(site);
      const isOlder = left !== undefined && claimOf(world.register(site)) < left.epoch && world.reachable(left.by, site);
      const isOpen = isOlder && writers.some(({ name }) => name === site);
      const sinceMs = openSince.get(site);
      if (isOpen) {
        openSince.set(site, sinceMs ?? nowMs);
      } else if (sinceMs !== undefined) {
        openSince.delete(site);
        this.lateMs.push(nowMs - sinceMs);
      }
      if (!this.struck && isOpen && nowMs - (sinceMs ?? nowMs) > IN_TIME_MS) {
        this.say('fencedInTime', site);
      }
    }
  }

  /** Where users are everywhere, each site loses them by itself. */
  private lookAtTraffic(): void {
    const { world } = this;
    if (world.everywhere) {
      return;
    }
    const answer = world.answer();
    if (answer !== this.lastAnswer && !world.regions[answer].verified && world.regions[answer].up) {
      this.say('verifiedTraffic', answer);
    }
    this.lastAnswer = answer;
  }

  private isGoingOn(): boolean {
    return this.world.sites.some((site) => {
      const { run } = this.world.register(site);
      return run !== undefined && run.stage !== 'concluded';
    });
  }

  private writers(): readonly Region[] {
    return Object.values(this.world.regions).filter(writable);
  }

  private say(property: Property, words: string): void {
    const said = `${property}: ${words}`;
    if (!this.violations.includes(said)) {
      this.violations.push(said);
    }
  }
}
