import type { CopyFact } from '../../../lib/model/facts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lib/model/time';
import type { Chance } from './chance';
import type { Plan } from './random-plan';

export interface Spot {
  readonly region: string;
  readonly account: string;
}

/** A key as it really is: of one Region and one account; keys of AWS cannot be lost. */
export interface Key extends Spot {
  readonly kind: 'customer' | 'service-managed' | 'aws-owned';
  readonly name: string;
  /** Made by the app, so that facts call it by its path; otherwise by its ARN. */
  readonly ofApp: boolean;
}

/** Where data lies, under a key or under none. */
export interface Store extends Spot {
  readonly key?: Key;
}

export interface Vault extends Store {
  readonly lock: CopyFact['immutable'];
  /** How long each recovery point is locked, from its state on; left out: as long as it is kept. */
  readonly lockedMs?: number;
}

export interface Replica extends Store {
  readonly id: string;
  /** It is never further behind than this. */
  readonly lagMs: number;
  readonly lostWithZone: boolean;
}

/** A resource with everything that is copied of it. */
export interface World {
  readonly plan: Plan;
  readonly resource: Store;
  /** By the containers of the plan. */
  readonly vaults: ReadonlyMap<string, Vault>;
  /** Containers of the vaults beside the resource. */
  readonly homes: ReadonlySet<string>;
  readonly replicas: readonly Replica[];
  /** Container of the continuous backup, where a rule makes one. */
  readonly continuousIn?: string;
}

/** Most vaults lock whatever they keep, others for a while. */
const LOCKED: readonly (number | undefined)[] = [undefined, undefined, HOUR, DAY, 2 * DAY, 8 * DAY, 40 * DAY];

const HERE: Spot = { region: 'here', account: '111111111111' };
const REGIONS = ['here', 'there'];
const ACCOUNTS = ['111111111111', '111111111111', '222222222222'];
export const CONTINUOUS_LAG = 5 * MINUTE;

/** Around a plan: vaults and replicas anywhere, under keys as people choose them, wisely or not. */
export function randomWorld(plan: Plan, chance: Chance): World {
  const homes = new Set(plan.rules.map(({ container }) => container));
  const containers = new Set([...homes, ...plan.rules.flatMap(({ copies }) => copies.map(({ container }) => container))]);
  const resource = { ...HERE, key: randomKey(chance, 'data', HERE) };
  const spot = () => ({ region: chance.pick(REGIONS), account: chance.pick(ACCOUNTS) });
  const continuousIn = plan.rules.find(({ continuous }) => continuous)?.container;
  const vaults = new Map(
    [...containers].map((container): [string, Vault] => {
      const at = homes.has(container) ? HERE : spot();
      const lock = chance.pick(['no', 'governance', 'compliance'] as const);
      // of a continuous backup every part is needed
      const lockedMs = lock === 'no' || container === continuousIn ? undefined : chance.pick(LOCKED);
      return [container, { ...at, key: keyOf(chance, container, at, resource), lock, lockedMs }];
    }),
  );
  const replicas = ['replica-1', 'replica-2']
    .filter(() => chance.maybe(0.4))
    .map((id): Replica => {
      const at = spot();
      const lagMs = chance.pick([SECOND, MINUTE, 15 * MINUTE, HOUR]);
      const near = at.region === HERE.region && chance.maybe(0.5);
      return { ...at, id, lagMs, key: keyOf(chance, id, at, resource), lostWithZone: near };
    });
  return { plan, resource, vaults, homes, replicas, continuousIn };
}

function randomKey(chance: Chance, name: string, { region, account }: Spot): Key | undefined {
  const kind = chance.pick(['customer', 'customer', 'customer', 'service-managed', 'aws-owned', 'none'] as const);
  return kind === 'none' ? undefined : { kind, name, region, account, ofApp: chance.maybe(0.5) };
}

/** A key of the copy's own, that of the resource, its multi-Region replica, or one that belongs to the place of the resource. */
function keyOf(chance: Chance, name: string, at: Spot, resource: Store): Key | undefined {
  // keys of AWS are each of one service in one place
  const data = resource.key?.kind === 'customer' ? resource.key : undefined;
  const there = { ...at, name, kind: 'customer', ofApp: chance.maybe(0.5) } as const;
  const choices: readonly (() => Key | undefined)[] = [
    () => randomKey(chance, name, at),
    () => data,
    () => data && { ...data, region: at.region },
    () => ({ ...there, account: resource.account }),
    () => ({ ...there, region: resource.region }),
  ];
  return chance.pick(choices)();
}

/** Whether two are one key: a multi-Region replica has the name of its primary, but is a key of its own Region. */
export function isSame(one: Key | undefined, other: Key | undefined): boolean {
  return one !== undefined && one.name === other?.name && one.region === other.region && one.account === other.account;
}
