import type { PlanWatch } from '../freshness';
import { LIMITS } from '../limits';
import type { ResourceType } from '../services';

/** A vault with what may fail in it, as a Region sees it. */
export interface WatchedVault {
  readonly name: string;
  /** Whether plans of the Region back up into it. */
  readonly backups: boolean;
  /** Whether the Region makes copies into it, wherever it is. */
  readonly copies: boolean;
  /** Whether it lies in the Region, so that restores from it are made there. */
  readonly restores: boolean;
}

/** A Region of an account with what may fail in it; what is left out is only known at deploy time. */
export interface WatchedPlace {
  readonly region?: string;
  readonly account?: string;
  readonly vaults: readonly WatchedVault[];
  /** Whether databases are among what is protected there. */
  readonly databases: boolean;
}

/** A vault of which nothing is heard, because its name is only known at deploy time. */
export interface NamelessVault {
  readonly by: string;
  readonly name?: string;
}

interface Mutable {
  readonly region?: string;
  readonly account?: string;
  readonly vaults: Map<string, WatchedVault>;
  databases: boolean;
}

/** Types whose events come from Amazon RDS. */
const DATABASES: ReadonlySet<ResourceType> = new Set(['RDS', 'Aurora', 'DocumentDB', 'Neptune'] as const);

/**
 * Where jobs of plans may fail: backups in the Region of the plan, copies there too, whatever vault they go to, and restores
 * wherever a vault is.
 */
export function watchedPlaces(plans: readonly PlanWatch[]): {
  readonly places: readonly WatchedPlace[];
  readonly nameless: readonly NamelessVault[];
} {
  const places = new Map<string, Mutable>();
  const nameless = new Map<string, NamelessVault>();
  const at = (region: string | undefined, account: string | undefined): Mutable => {
    const key = JSON.stringify([account ?? null, region ?? null]);
    const place = places.get(key) ?? { region, account, vaults: new Map(), databases: false };
    places.set(key, place);
    return place;
  };
  const add = ({ vaults }: Mutable, { name, backups, copies, restores }: WatchedVault): void => {
    const before = vaults.get(name);
    vaults.set(name, {
      name,
      backups: backups || before?.backups === true,
      copies: copies || before?.copies === true,
      restores: restores || before?.restores === true,
    });
  };
  for (const plan of plans) {
    const home = at(plan.place.region, plan.place.account);
    home.databases ||= plan.promises.some(({ type }) => DATABASES.has(type));
    const kept = plan.promises.flatMap(({ copies }) => copies.map(({ place }) => place));
    const isHere = (place: (typeof kept)[number]) => at(place.region ?? plan.place.region, place.account ?? plan.place.account) === home;
    const local = new Set(kept.filter(isHere).map(({ container }) => container));
    for (const place of kept) {
      const { container: name } = place;
      if (name === undefined || !LIMITS.vaultName.value.test(name)) {
        nameless.set(JSON.stringify([plan.by, name ?? null]), { by: plan.by, name });
      } else if (isHere(place)) {
        add(home, { name, backups: true, copies: local.size > 1, restores: true });
      } else {
        add(home, { name, backups: false, copies: true, restores: false });
        const there = at(place.region ?? plan.place.region, place.account ?? plan.place.account);
        add(there, { name, backups: false, copies: false, restores: true });
      }
    }
  }
  return {
    places: [...places.values()].map((place) => ({ ...place, vaults: [...place.vaults.values()] })),
    nameless: [...nameless.values()],
  };
}
