import { differ } from '../../model/differ';
import type { CopyFact, KeyFact, ResourceFact, Term } from '../../model/facts';
import { keyObstacle } from '../../model/limits';
import type { BoundRule } from './bound-rule';
import type { CopyTemplate } from './copy-facts';

/** The copy of one resource: beside it or elsewhere, and whether the keys on its way let it be made. */
export function madeCopy(
  { fact, key }: CopyTemplate,
  resource: ResourceFact,
  restore: readonly Term[],
  rules: readonly BoundRule[],
): CopyFact {
  const homes = rules.flatMap(({ place, airGapped }) => (airGapped ? [place, airGapped] : [place]));
  const beside = fact.form === 'continuous' || homes.some(({ copyId }) => copyId === fact.id);
  const made = { ...fact, resource: resource.id, restore, key: key ?? resource.key };
  return beside ? { ...made, beside } : { ...made, impossible: fact.impossible ?? keysOnTheWay(made, resource, rules) };
}

function keysOnTheWay(
  { place, key }: { readonly place: CopyFact['place']; readonly key: KeyFact },
  resource: ResourceFact,
  [rule]: readonly BoundRule[],
): string | undefined {
  const home = rule?.place.place;
  const route = { otherRegion: differ(place.region, home?.region), otherAccount: differ(place.account, home?.account) };
  return keyObstacle(resource.type, route, { destination: key, source: resource.key });
}
