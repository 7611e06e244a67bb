import { Disruption } from '../../../lib/model/disruption';
import { DAY } from '../../../lib/model/time';
import type { Chance } from './chance';
import { type Arrival, lossAt } from './simulator';
import { CONTINUOUS_LAG, isSame, type Key, type Spot, type Store, type Vault, type World } from './world';

/** Something that happens to a world at a moment. */
export interface Disaster {
  readonly kind: Disruption | 'KEY_LOSS';
  readonly atMs: number;
  /** How long nobody notices. */
  readonly unnoticedMs: number;
  /** Nobody cancels the deletion of keys, so that their waiting period passes. */
  readonly patient: boolean;
}

/** What is left of a copy. */
export interface Remains {
  /** It is there, it can be read, and it has a state from before. */
  readonly usable: boolean;
  /** It can be decrypted, whatever is in it. */
  readonly readable: boolean;
  /** It was written so lately that its lock still holds, although locks of that length may not hold at other moments. */
  readonly byChance?: boolean;
  /** How much of the data it lacks; left out where nothing had arrived yet. */
  readonly lossMs?: number;
}

export function randomDisaster(kind: Disaster['kind'], atMs: number, chance: Chance): Disaster {
  return { kind, atMs, unnoticedMs: chance.maybe(0.5) ? 2 * DAY : chance.upTo(2 * DAY), patient: chance.maybe(0.5) };
}

/** What a disaster leaves of each copy of a world, by their ids. */
export function remainsOf(world: World, arrivals: readonly Arrival[], disaster: Disaster, chance: Chance): ReadonlyMap<string, Remains> {
  const { vaults, replicas, continuousIn } = world;
  const { atMs } = disaster;
  const found = new Map<string, Remains>();
  const behind = (lagMs: number) => (chance.maybe(0.3) ? lagMs : chance.upTo(lagMs));
  for (const [container, vault] of vaults) {
    const readable = keyHolds(world, vault, disaster);
    const lossMs = lossAt(arrivals, container, atMs);
    const intruded = isIntruded(world, vault, disaster);
    const usable = readable && !isGone(world, vault, disaster) && !(intruded && !isLocked(vault, lossMs));
    found.set(container, { readable, usable, lossMs, byChance: intruded && vault.lockedMs !== undefined });
    if (container === continuousIn) {
      found.set('continuous', { readable, usable, lossMs: behind(CONTINUOUS_LAG) });
    }
  }
  for (const replica of replicas) {
    const lagMs = behind(replica.lagMs);
    const readable = keyHolds(world, replica, disaster);
    const lost = isGone(world, replica, disaster) || (disaster.kind === Disruption.ZONE_LOSS && replica.lostWithZone);
    found.set(replica.id, { readable, usable: readable && !lost && !isDamaged(disaster, lagMs), lossMs: lagMs });
  }
  return found;
}

/** A replica has the error as soon as it has caught up with the moment of the error. */
function isDamaged({ kind, unnoticedMs }: Disaster, lagMs: number): boolean {
  return (kind === Disruption.OPERATOR_ERROR || kind === Disruption.ACCOUNT_COMPROMISE) && unnoticedMs >= lagMs;
}

function isGone({ resource }: World, { region }: Spot, { kind }: Disaster): boolean {
  return kind === Disruption.REGION_LOSS && region === resource.region;
}

/** The intruder is administrator of the account of the resource: only a compliance lock holds there. */
function isIntruded({ resource }: World, { account }: Spot, { kind }: Disaster): boolean {
  return kind === Disruption.ACCOUNT_COMPROMISE && account === resource.account;
}

/** The newest state is the last that is let go; where none has come yet, there is nothing to delete. */
function isLocked({ lock, lockedMs = Number.POSITIVE_INFINITY }: Vault, ageMs = 0): boolean {
  return lock === 'compliance' && ageMs <= lockedMs;
}

function keyHolds(world: World, { key }: Store, disaster: Disaster): boolean {
  return (
    key === undefined ||
    !(isLost(world, key, disaster) || (disaster.kind === Disruption.REGION_LOSS && key.region === world.resource.region))
  );
}

/** Keys of AWS cannot be deleted; those of an account wait for their deletion, but that of the data is poisoned at once. */
function isLost({ resource }: World, key: Key, { kind, patient }: Disaster): boolean {
  if (key.kind !== 'customer') {
    return false;
  }
  return (
    ((kind === 'KEY_LOSS' || kind === Disruption.ACCOUNT_COMPROMISE) && isSame(key, resource.key)) ||
    (kind === Disruption.ACCOUNT_COMPROMISE && patient && key.account === resource.account)
  );
}
