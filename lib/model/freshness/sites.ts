import { LIMITS } from '../limits';
import type { ConfiguredPlan, ConfiguredService, ConfiguredVault, FreshnessConfig } from './config';
import { MAX_CONFIG_BYTES } from './names';
import type { PlanWatch, PromisedCopy, ServicePromise } from './plan-watch';
import { thresholdMs } from './threshold';

/** An account and Region where somebody has to look; what is left out is only known at deploy time, and that of the plans. */
export interface Site {
  readonly region?: string;
  readonly account?: string;
  readonly plans: readonly SitePlan[];
  /** Vaults in which something has to arrive, by name: what the plans of other accounts promise here. */
  readonly pulses: ReadonlyMap<string, number | undefined>;
}

/** A plan as one site looks after it: the copies that can be seen from there. */
export interface SitePlan {
  readonly plan: PlanWatch;
  readonly sees: (copy: PromisedCopy) => boolean;
  readonly seesService: (service: ServicePromise) => boolean;
  /** Copies that nobody can look at are told once: beside the plan. */
  readonly tellsUnseen: boolean;
}

/** What cannot be looked after, in words. */
export interface Unwatched {
  readonly by: string;
  readonly words: string;
}

interface Mutable {
  readonly region?: string;
  readonly account?: string;
  readonly plans: SitePlan[];
  readonly pulses: Map<string, number | undefined>;
}

/**
 * Where somebody has to look: in the Region of every plan at all of its places in the account, and in every other Region or
 * account at what lies there, so that it is known while the Region of the plan is gone. From another account nobody reads
 * the selections of a plan, nor where its Region is only known at deploy time: there it is only seen that something arrives.
 */
export function sitesOf(plans: readonly PlanWatch[], allowedMisses: number): { sites: readonly Site[]; unwatched: readonly Unwatched[] } {
  const sites = new Map<string, Mutable>();
  const at = (region: string | undefined, account: string | undefined): Mutable => {
    const key = JSON.stringify([account ?? null, region ?? null]);
    const site = sites.get(key) ?? { region, account, plans: [], pulses: new Map() };
    sites.set(key, site);
    return site;
  };
  const unwatched = new Map<string, Unwatched>();
  for (const plan of plans) {
    const { region, account } = plan.place;
    const here = (copy: PromisedCopy) => accountOf(plan, copy) === account && hasName(copy);
    at(region, account).plans.push({ plan, sees: here, seesService: () => true, tellsUnseen: true });
    const lookFrom = (there: string | undefined): void => {
      const site = at(there, account);
      if (!site.plans.some((one) => one.plan === plan)) {
        const sees = (one: PromisedCopy) => here(one) && regionOf(plan, one) === there;
        site.plans.push({ plan, sees, seesService: (one) => one.region === there, tellsUnseen: false });
      }
    };
    for (const copy of plan.promises.flatMap(({ copies }) => copies)) {
      const there = { region: regionOf(plan, copy), account: accountOf(plan, copy) };
      if (!hasName(copy)) {
        const words = `vault '${copy.place.container}', whose name is only known at deploy time`;
        unwatched.set(JSON.stringify([plan.by, words]), { by: plan.by, words });
      } else if (there.account !== account || (there.region !== region && region === undefined)) {
        const { pulses } = at(there.region, there.account);
        const name = copy.place.container as string;
        pulses.set(name, shorter(pulses.get(name), thresholdMs(copy.staleness, copy.form, allowedMisses)));
      } else if (there.region !== region) {
        lookFrom(there.region);
      }
    }
    // where the Region of the plan is only known at deploy time, no other can ask there for its selections
    for (const service of region === undefined ? [] : (plan.services ?? [])) {
      if (service.region !== undefined && service.region !== region) {
        lookFrom(service.region);
      }
    }
  }
  return { sites: [...sites.values()], unwatched: [...unwatched.values()] };
}

/** The configurations of the functions of a site: one, or as many as its plans need to fit into environment variables. */
export function configsOf(site: Site, watch: string, allowedMisses: number): readonly FreshnessConfig[] {
  const pulses = [...site.pulses].flatMap(([name, pulseMs]) => (pulseMs === undefined ? [] : [{ name, pulseMs }]));
  const shares: SitePlan[][] = [[]];
  const config = (plans: readonly SitePlan[], index: number): FreshnessConfig =>
    configOf(plans, index === 0 ? pulses : [], site, index === 0 ? watch : `${watch}-${index + 1}`, allowedMisses);
  for (const plan of site.plans) {
    const index = shares.length - 1;
    const share = shares[index];
    if (share.length > 0 && sizeOf(config([...share, plan], index)) > MAX_CONFIG_BYTES) {
      shares.push([plan]);
    } else {
      share.push(plan);
    }
  }
  return shares.map(config).filter(({ plans, vaults }) => plans.length + vaults.length > 0);
}

/** Bytes of a configuration in an environment variable. */
export function sizeOf(config: FreshnessConfig): number {
  return new TextEncoder().encode(JSON.stringify(config)).length;
}

function configOf(
  sitePlans: readonly SitePlan[],
  pulses: readonly ConfiguredVault[],
  site: Site,
  watch: string,
  allowedMisses: number,
): FreshnessConfig {
  const vaults: ConfiguredVault[] = [...pulses];
  const indexOf = (plan: PlanWatch, { place }: PromisedCopy): number => {
    const region = regionOf(plan, { place });
    const vault = { name: place.container as string, ...(region === site.region ? {} : { region }) };
    const found = vaults.findIndex((one) => one.name === vault.name && one.region === vault.region && one.pulseMs === undefined);
    return found >= 0 ? found : vaults.push(vault) - 1;
  };
  const plans = sitePlans.map(({ plan, sees, seesService, tellsUnseen }): ConfiguredPlan => {
    const byCopies = new Map<string, ConfiguredPlan['promises'][number]>();
    for (const { type, copies } of plan.promises) {
      const seen = copies.filter(sees).map((copy) => ({
        vault: indexOf(plan, copy),
        ...(copy.form === 'continuous' ? { continuous: true as const } : {}),
        ...withThreshold(thresholdMs(copy.staleness, copy.form, allowedMisses)),
        ...withRpo(copy.rpoMs),
      }));
      const key = JSON.stringify(seen);
      byCopies.set(key, { types: [...(byCopies.get(key)?.types ?? []), type], copies: seen });
    }
    const { region } = plan.place;
    const services = (plan.services ?? []).filter(seesService).map(serviceOf);
    return {
      name: plan.planName,
      label: plan.by,
      ...(region === site.region ? {} : { region }),
      promises: [...byCopies.values()],
      ...(services.length > 0 ? { services } : {}),
      ...(tellsUnseen && plan.unseen ? { unseen: plan.unseen } : {}),
    };
  });
  return { watch, plans, vaults };
}

/** Runs have nothing to do with what a service keeps by itself: none can be missed. */
function serviceOf({ type, region, count, staleness, rpoMs }: ServicePromise): ConfiguredService {
  return {
    type,
    count,
    ...(region === undefined ? {} : { region }),
    ...withThreshold(thresholdMs(staleness, 'continuous', 0)),
    ...withRpo(rpoMs),
  };
}

function withRpo(rpoMs: number | undefined): { rpoMs?: number } {
  return rpoMs === undefined ? {} : { rpoMs };
}

function withThreshold(ms: number | undefined): { thresholdMs?: number } {
  return ms === undefined ? {} : { thresholdMs: ms };
}

function regionOf({ place }: PlanWatch, copy: Pick<PromisedCopy, 'place'>): string | undefined {
  return copy.place.region ?? place.region;
}

function accountOf({ place }: PlanWatch, copy: PromisedCopy): string | undefined {
  return copy.place.account ?? place.account;
}

function hasName({ place }: PromisedCopy): boolean {
  return place.container !== undefined && LIMITS.vaultName.value.test(place.container);
}

function shorter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}
