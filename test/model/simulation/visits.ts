import type { CopyPlace, ResourceAssessment } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import { DISRUPTIONS, Disruption } from '../../../lib/model/disruption';
import type { Fact } from '../../../lib/model/facts';
import { DAY, HOUR } from '../../../lib/model/time';
import { Chance } from './chance';
import { type Disaster, type Remains, randomDisaster, remainsOf } from './disaster';
import { randomDraws } from './draws';
import type { ClaimedPlan } from './plays';
import type { Plan } from './random-plan';
import { type Job, simulate } from './simulator';
import { tell } from './telling';
import { randomWorld, type Spot, type World } from './world';
import { jobsAround } from './worst-seen';

/** Whoever says of a resource which copies survive what. */
export type Judge = (facts: readonly Fact[]) => ResourceAssessment;

export const assessor: Judge = (facts) => assess(facts, [], { unprotected: 'ignore' }).resources[0];

/** A claim that did not hold when it was needed. */
export interface Breach {
  readonly what: 'lost' | 'unreadable' | 'older' | 'counted' | 'spared';
  readonly disaster: Disaster['kind'];
  readonly copy?: string;
  readonly seed: number;
}

export interface Visits {
  readonly breaches: readonly Breach[];
  /** How often a copy was relied on, by disaster. */
  readonly relied: ReadonlyMap<Disaster['kind'], number>;
}

export const DISASTERS: readonly Disaster['kind'][] = [...DISRUPTIONS, 'KEY_LOSS'];
const MOMENT = Date.UTC(2026, 3, 1);

/** Visits every kind of disaster upon a random world around each plan, and holds what is left against the judgement. */
export function visit(plans: readonly ClaimedPlan[], judge: Judge): Visits {
  const breaches: Breach[] = [];
  const relied = new Map<Disaster['kind'], number>();
  for (const [seed, { plan, claims }] of plans.entries()) {
    const chance = new Chance(seed);
    const world = randomWorld(plan, chance);
    const { jobs, fromMs, lengthMs } = spellOf(plan, chance);
    const arrivals = simulate(jobs, randomDraws(chance, plan.times));
    const { facts, expiring } = tell(world, claims, chance);
    const judged = judge(facts);
    for (const kind of DISASTERS) {
      const disaster = randomDisaster(kind, fromMs + chance.upTo(lengthMs), chance);
      const remains = remainsOf(world, arrivals, disaster, chance);
      const told = [
        ...breachesOf(judged, disaster, remains, expiring, relied),
        ...unreadable(judged, disaster, remains, world),
        ...miscounts(judged, disaster, remains, world),
      ];
      breaches.push(...told.map((breach) => ({ ...breach, disaster: kind, seed })));
    }
  }
  return { breaches, relied };
}

/** The jobs of some days, and the later half of these, in which something happens. */
function spellOf(plan: Plan, chance: Chance): { readonly jobs: readonly Job[]; readonly fromMs: number; readonly lengthMs: number } {
  const fromMs = MOMENT + chance.upTo(200 * DAY);
  const lengthMs = chance.pick([36 * HOUR, 4 * DAY, 9 * DAY]);
  const jobs = jobsAround(plan, fromMs, lengthMs, chance);
  // the shortest spell never has too many jobs
  return jobs ? { jobs, fromMs, lengthMs } : spellOf(plan, chance);
}

type Told = Omit<Breach, 'seed' | 'disaster'>;

/** Copies that are not what the judgement says of them. */
function breachesOf(
  judged: ResourceAssessment,
  disaster: Disaster,
  remains: ReadonlyMap<string, Remains>,
  expiring: ReadonlySet<string>,
  relied: Map<Disaster['kind'], number>,
): readonly Told[] {
  const { kind } = disaster;
  return judged.copies.places.flatMap((place): readonly Told[] => {
    const { copy, survives, lost, lag, keyIndependent } = place;
    const left = remains.get(copy)!;
    if (kind === 'KEY_LOSS') {
      relied.set(kind, (relied.get(kind) ?? 0) + Number(keyIndependent === true));
      return [];
    }
    if (!survives.includes(kind)) {
      const sure = lost.some(({ disruption, certain }) => disruption === kind && certain);
      return sure && left.usable && !left.byChance && disaster.patient && disaster.unnoticedMs === 2 * DAY
        ? [{ what: 'spared', copy }]
        : [];
    }
    if ((disaster.patient && isConditional(judged, place)) || isDoubtful(judged, place)) {
      return [];
    }
    relied.set(kind, (relied.get(kind) ?? 0) + 1);
    if (!left.usable) {
      return [{ what: 'lost', copy }];
    }
    const late = left.lossMs !== undefined && !expiring.has(copy) && left.lossMs > (lag?.ms ?? Number.POSITIVE_INFINITY);
    return late ? [{ what: 'older', copy }] : [];
  });
}

/** Copies of which the key is said to be independent, but falls with that of the data or with what the copy is away from. */
function unreadable(
  { copies }: ResourceAssessment,
  { kind }: Disaster,
  remains: ReadonlyMap<string, Remains>,
  { resource, vaults, replicas, continuousIn = '' }: World,
): readonly Told[] {
  const stores = new Map<string, Spot>([...vaults, ...replicas.map((replica): [string, Spot] => [replica.id, replica])]);
  const spotOf = (copy: string) => stores.get(copy === 'continuous' ? continuousIn : copy)!;
  return copies.places
    .filter(({ copy, keyIndependent }) => {
      const { region, account } = spotOf(copy);
      const meant =
        kind === 'KEY_LOSS' ||
        (kind === Disruption.REGION_LOSS && region !== resource.region) ||
        (kind === Disruption.ACCOUNT_COMPROMISE && account !== resource.account);
      return meant && keyIndependent === true && !remains.get(copy)!.readable;
    })
    .map(({ copy }) => ({ what: 'unreadable', copy }));
}

/** A key of the compromised account survives as long as somebody cancels its deletion: the verdict says so. */
function isConditional(judged: ResourceAssessment, place: CopyPlace): boolean {
  return isNoted(judged, place, 'its key may be in the same account');
}

/** A lock that may end before the next recovery point, by what is only estimated: the verdict says so. */
function isDoubtful(judged: ResourceAssessment, place: CopyPlace): boolean {
  return isNoted(judged, place, 'is locked for');
}

function isNoted({ disruptions }: ResourceAssessment, { mechanism }: CopyPlace, words: string): boolean {
  const { notes } = disruptions.find(({ disruption }) => disruption === Disruption.ACCOUNT_COMPROMISE)!;
  return notes.some((note) => note.startsWith(`${mechanism}`) && note.includes(words));
}

/** More copies counted elsewhere than can be read when what they are away from is lost. */
function miscounts(
  { copies }: ResourceAssessment,
  { kind, patient }: Disaster,
  remains: ReadonlyMap<string, Remains>,
  { resource, vaults, replicas }: World,
): readonly Told[] {
  const stores = [...[...vaults].map(([id, vault]) => ({ id, ...vault })), ...replicas];
  const left = (part: 'region' | 'account') =>
    stores.filter((store) => store[part] !== resource[part] && remains.get(store.id)!.readable).length;
  const counted =
    kind === Disruption.REGION_LOSS
      ? copies.offSite > left('region')
      : kind === Disruption.ACCOUNT_COMPROMISE && patient && copies.otherAccount > left('account');
  return counted ? [{ what: 'counted' }] : [];
}
