import type { CopyFact } from '../../facts';
import { keyBondOf } from './key-bond';
import type { Subject } from './subject';

/** Equal for resources of which every verdict and every count is the same: all that these look at, but no name. */
export function likenessOf({ resource, objective, copies, tests, failovers }: Subject): string {
  return JSON.stringify([
    resource.place,
    resource.zones,
    objective?.survives,
    copies.map((copy) => [...traitsOf(copy), bondsOf(keyBondOf(copy, resource))]),
    tests.map(({ copy, everyMs, checks }) => [copy, everyMs, checks]),
    failovers.map(({ resource: _resource, ...traits }) => traits),
  ]);
}

function traitsOf(copy: CopyFact): unknown[] {
  const { resource: _resource, by, key, ...traits } = copy;
  // The plans that back a resource up are told apart; a mechanism of the service has the name of the resource.
  return [traits, copy.medium === 'backup' ? by : undefined, key.kind];
}

function bondsOf({ shared, inRegion, inAccount }: ReturnType<typeof keyBondOf>): unknown[] {
  return [shared, inRegion, inAccount];
}
