import { type ConfiguredPlan, graceMs, type Judged, type Judgement, judge } from '../../model/freshness';
import type { Promises } from './find-promised';
import type { Places } from './places';
import type { Ports, VaultAddress } from './ports';
import { judgePulse } from './pulse';

/** What is wrong with a plan as a whole, told for each of its places. */
export async function judgePlan(plan: ConfiguredPlan, promises: Promises, places: Places, ports: Ports): Promise<readonly Judged[]> {
  const { resources, problems } = promises;
  const judged: Judged[] = [];
  for (const { resource, verdict, reason } of problems) {
    for (const [place, { vault, thresholdMs }] of places.of(plan)) {
      const judgement = verdict === 'missing' ? await lacking(ports, places.address(vault), thresholdMs, reason) : { verdict, reason };
      judged.push({ protection: plan.label, place, resource, judgement, thresholdMs });
    }
  }
  // who cannot read what is selected cannot look at what services keep of it
  for (const service of plan.services ?? []) {
    for (const { resource, reason } of problems.filter(({ verdict }) => verdict === 'unknown')) {
      judged.push({ protection: plan.label, place: places.service(plan, service), resource, judgement: { verdict: 'unknown', reason } });
    }
  }
  for (const { place, count } of plan.unseen ?? []) {
    const judgement = { verdict: 'unjudged', reason: 'no alarm and no API that this function may use tells how old it is' } as const;
    judged.push({ protection: plan.label, place, resource: `${count} copies`, judgement });
  }
  const blind = plan.region !== undefined && resources.length === 0 && problems.some(({ verdict }) => verdict === 'unknown');
  return blind ? [...judged, ...(await arrivalsOf(plan, places, ports))] : judged;
}

/** A plan that is not there is yet to come while its vaults are new: the stacks of a first deployment come one after the other. */
async function lacking(ports: Ports, vault: VaultAddress, thresholdMs: number | undefined, reason: string): Promise<Judgement> {
  const promisedSinceMs = await ports.vaultCreatedMs(vault).catch(() => undefined);
  const { verdict } = judge({ nowMs: ports.now(), thresholdMs: graceMs(thresholdMs), promisedSinceMs: promisedSinceMs ?? 0 });
  return { verdict, reason };
}

/**
 * The Region of a plan does not answer, perhaps because it is lost: then it is all the more important how old the newest is
 * that lies here. That alone makes nothing fresh.
 */
async function arrivalsOf(plan: ConfiguredPlan, places: Places, ports: Ports): Promise<readonly Judged[]> {
  const arrivals: Judged[] = [];
  for (const [vault, pulseMs] of places.expectationsOf(plan)) {
    const judged = await judgePulse(ports, places.address(vault), pulseMs);
    const { verdict, ageMs } = judged.judgement;
    const reason = 'lies here, and whether it is what was promised cannot be read';
    arrivals.push({
      ...judged,
      protection: plan.label,
      judgement: verdict === 'fresh' ? { verdict: 'unjudged', ageMs, reason } : judged.judgement,
    });
  }
  return arrivals;
}
