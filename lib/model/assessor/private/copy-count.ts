import type { CopyCount, CopyPlace } from '../../assessment';
import type { CopyFact } from '../../facts';
import type { Subject } from './subject';
import { isElsewhere } from './survival';

/** Copies in one container count once, however many rules fill it. */
interface Store {
  readonly copies: readonly CopyFact[];
  readonly otherRegion: boolean | undefined;
  readonly otherAccount: boolean | undefined;
  readonly tested: boolean;
}

/** The 3-2-1-1-0 count, with what only deployment can tell. */
export interface Count {
  readonly count: CopyCount;
  /** Copies that may turn out to be in another Region. */
  readonly perhapsOffSite: number;
  /** Copies under any lock: nobody deletes them before their time, unless an administrator lifts a governance lock first. */
  readonly locked: number;
  readonly untested: readonly string[];
}

const STRENGTHS = ['no', 'governance', 'compliance'] as const;

export function countOf({ resource, copies, tests }: Subject): Count {
  const groups = new Map<string, CopyFact[]>();
  for (const copy of copies) {
    const { region, account, container } = copy.place;
    const key = container === undefined ? `id ${copy.id}` : `${region} ${account} ${container} ${copy.medium}`;
    groups.set(key, [...(groups.get(key) ?? []), copy]);
  }
  const stores = [...groups.values()].map(
    (members): Store => ({
      copies: members,
      otherRegion: isElsewhere('region', members[0], resource),
      otherAccount: isElsewhere('account', members[0], resource),
      tested: members.some(({ id }) => tests.some(({ copy }) => copy === id)),
    }),
  );
  const untested = stores.filter(({ tested }) => !tested);
  return {
    count: {
      copies: 1 + stores.length,
      media: new Set(['service', ...copies.map(({ medium }) => medium)]).size,
      offSite: stores.filter(({ otherRegion }) => otherRegion === true).length,
      otherAccount: stores.filter(({ otherAccount }) => otherAccount === true).length,
      immutable: STRENGTHS[Math.max(0, ...copies.map(({ immutable }) => STRENGTHS.indexOf(immutable)))],
      unverified: untested.length,
      places: copies.map(placeOf),
    },
    perhapsOffSite: stores.filter(({ otherRegion }) => otherRegion === undefined).length,
    locked: stores.filter((store) => store.copies.some(({ immutable }) => immutable !== 'no')).length,
    untested: untested.map((store) => store.copies[0].mechanism),
  };
}

function placeOf({ id, mechanism, place, keptMs, shortestKeptMs, immutable }: CopyFact): CopyPlace {
  return { copy: id, mechanism, place, keptMs, shortestKeptMs, immutable };
}
