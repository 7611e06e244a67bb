import { DISRUPTIONS } from '../../../lib/model/disruption';
import type { CopyFact, Fact, KeyFact, Place } from '../../../lib/model/facts';
import { HOUR } from '../../../lib/model/time';
import type { PlaceClaim } from '../../../lib/model/worst-case';
import { database, objective, points, survives, term } from '../facts';
import type { Chance } from './chance';
import { CONTINUOUS_LAG, type Key, type Spot, type World } from './world';

/** What constructs would record about a world; some of it is only known at deploy time and left out. */
export interface Told {
  readonly facts: readonly Fact[];
  /** Copies of which recovery points are deleted too early; the assessor tells that apart. */
  readonly expiring: ReadonlySet<string>;
}

export function tell(world: World, claims: readonly PlaceClaim[], chance: Chance): Told {
  const { resource, vaults, homes, replicas, continuousIn } = world;
  const known = (value: string) => (chance.maybe(0.9) ? value : undefined);
  const placeOf = ({ region, account }: Spot, container?: string): Place => ({ region: known(region), account: known(account), container });
  const own = { place: placeOf(resource), key: keyFact(resource.key, resource, chance) };
  const copy = (id: string, at: Spot & { readonly key?: Key }, parts: Partial<CopyFact>): CopyFact =>
    points({ id, mechanism: `copy ${id}`, place: placeOf(at, id), key: keyFact(at.key, at, chance), ...parts });
  const made = claims.map((claim) => {
    const vault = vaults.get(claim.container)!;
    const beside = homes.has(claim.container) && chance.maybe(0.8) ? { beside: true } : {};
    const lockedMs = vault.lockedMs !== undefined && chance.maybe(0.1) ? 'unknown' : vault.lockedMs;
    return copy(claim.container, vault, { ...kept(claim), staleness: claim.staleness, immutable: vault.lock, lockedMs, ...beside });
  });
  const live = replicas.map((replica) =>
    copy(replica.id, replica, {
      form: 'replica',
      medium: 'service',
      staleness: [term('replication lag', replica.lagMs)],
      keptMs: undefined,
      lostWithZone: chance.maybe(0.9) ? replica.lostWithZone : undefined,
    }),
  );
  const log =
    continuousIn === undefined
      ? []
      : [
          copy('continuous', vaults.get(continuousIn)!, {
            form: 'continuous',
            beside: true,
            staleness: [term('lag', CONTINUOUS_LAG)],
            immutable: vaults.get(continuousIn)!.lock,
          }),
        ];
  const promise = objective({ survives: DISRUPTIONS.map((each) => survives(each, 24 * HOUR, 24 * HOUR)) });
  return {
    facts: [database(own), promise, ...made, ...live, ...log],
    expiring: new Set(claims.filter(expires).map((claim) => claim.container)),
  };
}

function kept({ keptMs, shortestKeptMs }: PlaceClaim): Pick<CopyFact, 'keptMs' | 'shortestKeptMs'> {
  return { keptMs, shortestKeptMs };
}

/** Recovery points that are deleted before the next one is usable. */
export function expires({ shortestKeptMs, staleness }: PlaceClaim): boolean {
  return shortestKeptMs !== 'forever' && shortestKeptMs < staleness.reduce((sum, { ms }) => sum + ms, 0);
}

/** A key as a template names it: by its construct, its ARN, its alias, its bare id, or by a token of which nothing is known. */
function keyFact(key: Key | undefined, at: Spot, chance: Chance): KeyFact {
  if (key === undefined || key.kind !== 'customer') {
    return chance.maybe(0.9) ? { kind: key?.kind ?? 'none' } : { kind: 'unknown' };
  }
  const { region, account, name, ofApp } = key;
  const arn = (resource: string) => `arn:aws:kms:${region}:${account}:${resource}`;
  const away = region !== at.region || account !== at.account;
  const place = away || chance.maybe(0.5) ? { region, account } : {};
  const id = `mrk-${name}`;
  const ways: readonly KeyFact[] = [
    ofApp ? { kind: 'customer', id: `App/${name} in ${region}`, ...place } : { kind: 'customer', id: away ? arn(`key/${id}`) : id },
    ofApp ? { kind: 'customer', id: `App/${name} in ${region}`, ...place } : { kind: 'customer', id: arn(`key/${id}`) },
    { kind: 'customer', id: away ? arn(`alias/${name}`) : `alias/${name}` },
  ];
  // services take no key of another Region, so one that is not named is none
  return region === at.region && chance.maybe(0.2) ? { kind: chance.pick(['customer', 'unknown'] as const) } : chance.pick(ways);
}
