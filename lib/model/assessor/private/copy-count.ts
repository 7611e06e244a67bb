import type { CopyCount, CopyPlace } from '../../assessment';
import { DISRUPTIONS } from '../../disruption';
import type { CopyFact, ResourceFact, RestoreTestFact } from '../../facts';
import { claimOf } from './grade';
import { keyBondOf } from './key-bond';
import { holdOf, holds, shortLock } from './lock-hold';
import type { Subject } from './subject';
import { isElsewhere, survivalOf } from './survival';

/** Copies in one container count once, however many rules fill it. */
export type Store = readonly [CopyFact, ...CopyFact[]];

/** How many copies are away from the resource, each under a key that stays when what they are away from is lost. */
export interface Away {
  readonly counted: number;
  /** Copies of which only deployment tells whether they count. */
  readonly perhaps: number;
  /** Copies elsewhere that fall with a key of the resource, in words. */
  readonly bound: readonly string[];
}

/** How many copies have a lock that holds a whole state of them at every time. */
export interface Held {
  readonly counted: number;
  /** Copies of which only deployment tells whether they count. */
  readonly perhaps: number;
  /** Copies whose lock is too short, in words. */
  readonly short: readonly string[];
}

/** The 3-2-1-1-0 count, with what only deployment can tell. */
export interface Count {
  readonly count: CopyCount;
  readonly offSite: Away;
  readonly otherAccount: Away;
  /** Copies under any lock: nobody deletes all of them before their time, unless an administrator lifts a governance lock first. */
  readonly locked: Held;
  readonly untested: readonly string[];
}

const STRENGTHS = ['no', 'governance', 'compliance'] as const;

export function countOf(subject: Subject): Count {
  const { resource, copies, tests } = subject;
  const stores = storesOf(copies);
  const having = (wanted: (copy: CopyFact) => boolean) => stores.filter((store) => store.some(wanted)).length;
  const untested = stores.filter((store) => !isTested(store, tests));
  const offSite = awayOf('region', stores, resource);
  const otherAccount = awayOf('account', stores, resource);
  return {
    count: {
      copies: 1 + stores.length,
      media: new Set(['service', ...copies.map(({ medium }) => medium)]).size,
      offSite: offSite.counted,
      otherAccount: otherAccount.counted,
      immutable: STRENGTHS[Math.max(0, ...copies.filter(holds).map(({ immutable }) => STRENGTHS.indexOf(immutable)))],
      airGapped: having(({ airGapped }) => airGapped === true),
      unverified: untested.length,
      places: copies.map((copy) => placeOf(copy, resource)),
    },
    offSite,
    otherAccount,
    locked: lockedOf(stores),
    untested: untested.map(([{ mechanism }]) => mechanism),
  };
}

/** Copies by the container that holds them; one whose container is not known stands alone. */
export function storesOf(copies: readonly CopyFact[]): readonly Store[] {
  const stores = new Map<string, [CopyFact, ...CopyFact[]]>();
  for (const copy of copies) {
    const { region, account, container } = copy.place;
    const key = container === undefined ? `id ${copy.id}` : `${region} ${account} ${container} ${copy.medium}`;
    const store = stores.get(key);
    if (store) {
      store.push(copy);
    } else {
      stores.set(key, [copy]);
    }
  }
  return [...stores.values()];
}

function lockedOf(stores: readonly Store[]): Held {
  const loose = stores.filter((store) => !store.some(holds));
  const unsure = loose.filter((store) => store.some((copy) => holdOf(copy) === 'unknown'));
  const short = loose.filter((store) => !unsure.includes(store)).flatMap((store) => store.find((copy) => holdOf(copy) === 'short') ?? []);
  return {
    counted: stores.length - loose.length,
    perhaps: unsure.length,
    short: short.map((copy) => `'${copy.mechanism}' does not count, because it ${shortLock(copy)}`),
  };
}

function isTested(store: Store, tests: readonly RestoreTestFact[]): boolean {
  return store.some(({ id }) => tests.some(({ copy }) => copy === id));
}

function awayOf(part: 'region' | 'account', stores: readonly Store[], resource: ResourceFact): Away {
  const standings = stores.map((store) => store.map((copy) => standingOf(part, copy, resource)));
  const firm = standings.filter((members) => !members.includes('away'));
  const unsure = firm.filter((members) => members.includes('perhaps'));
  const bound = firm.filter((members) => !members.includes('perhaps')).flatMap((members) => members.find(isBound) ?? []);
  return { counted: stores.length - firm.length, perhaps: unsure.length, bound: bound.map(({ words }) => words) };
}

/** A copy elsewhere whose key is not. */
interface Bound {
  readonly words: string;
}

type Standing = 'away' | 'perhaps' | 'here' | Bound;

function isBound(standing: Standing): standing is Bound {
  return typeof standing === 'object';
}

function standingOf(part: 'region' | 'account', copy: CopyFact, resource: ResourceFact): Standing {
  const elsewhere = isElsewhere(part, copy, resource);
  if (elsewhere !== true) {
    return elsewhere === false ? 'here' : 'perhaps';
  }
  const { shared, inRegion, inAccount } = keyBondOf(copy, resource);
  const kept = part === 'region' ? inRegion : inAccount;
  if (kept !== true) {
    return kept === false ? 'away' : 'perhaps';
  }
  const whose = { region: 'Region', account: 'account' }[part];
  return {
    words: `'${copy.mechanism}' does not count, because it has ${shared ? 'the key of the resource' : `a key of the ${whose} of the resource`}`,
  };
}

function placeOf(copy: CopyFact, resource: ResourceFact): CopyPlace {
  const { id, mechanism, form, medium, place, keptMs, shortestKeptMs, immutable, lockedMs, airGapped, staleness } = copy;
  const fates = DISRUPTIONS.map((disruption) => ({ disruption, ...survivalOf(copy, resource, disruption) }));
  return {
    copy: id,
    mechanism,
    form,
    medium,
    place,
    keptMs,
    shortestKeptMs,
    immutable,
    lockedMs,
    airGapped,
    keyIndependent: isIndependent(copy, resource),
    lag: claimOf(staleness),
    survives: fates.filter(({ survives }) => survives === 'yes').map(({ disruption }) => disruption),
    lost: fates
      .filter(({ survives }) => survives !== 'yes')
      .map(({ disruption, survives, why }) => ({ disruption, certain: survives === 'no', why: why as string })),
  };
}

/** Whether the copy can still be read when the key of the resource is lost, and any other key of what the copy is away from. */
function isIndependent(copy: CopyFact, resource: ResourceFact): boolean | undefined {
  const { shared, inRegion, inAccount } = keyBondOf(copy, resource);
  const bonds = [
    shared,
    isElsewhere('region', copy, resource) === false ? false : inRegion,
    isElsewhere('account', copy, resource) === false ? false : inAccount,
  ];
  return bonds.includes(true) ? false : bonds.includes(undefined) ? undefined : true;
}
