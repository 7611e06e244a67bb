import { CLOCK_TOLERANCE_MS, type Judged, type Judgement, judge } from '../../model/freshness';
import { inWords } from './in-words';
import { isUsable, type PointFilter, type Ports, type VaultAddress } from './ports';

/** What metrics and logs call the arrivals in a vault of which nobody here knows the plans. */
export const ARRIVALS = 'arrivals';

/** Whether something came into a vault lately: all that can be said where the plans are in another account. */
export async function judgePulse(ports: Ports, vault: VaultAddress, pulseMs: number): Promise<Judged> {
  const place = `${vault.region}/${vault.name}`;
  const resource = `the newest recovery point of vault ${vault.name}`;
  const judgement = await seek(ports, vault, pulseMs).catch(
    (error: unknown): Judgement => ({ verdict: 'unknown', reason: `the vault cannot be listed: ${inWords(error)}` }),
  );
  return { protection: ARRIVALS, place, resource, judgement, thresholdMs: pulseMs };
}

async function seek(ports: Ports, vault: VaultAddress, pulseMs: number): Promise<Judgement> {
  const sinceMs = ports.now() - pulseMs;
  const late = await newestOf(ports, vault, { createdAfterMs: sinceMs });
  const newest = late.newestMs === undefined && !late.ahead ? await newestOf(ports, vault, {}) : late;
  const empty = newest.newestMs === undefined && !newest.ahead;
  return judge({
    nowMs: ports.now(),
    thresholdMs: pulseMs,
    ...newest,
    promisedSinceMs: empty ? await ports.vaultCreatedMs(vault) : undefined,
  });
}

async function newestOf(ports: Ports, vault: VaultAddress, filter: PointFilter): Promise<{ newestMs?: number; ahead?: boolean }> {
  let newestMs: number | undefined;
  let ahead = false;
  for await (const page of ports.recoveryPoints(vault, filter)) {
    for (const { createdMs } of page.filter(isUsable)) {
      if (createdMs > ports.now() + CLOCK_TOLERANCE_MS) {
        ahead = true;
      } else {
        newestMs = Math.max(newestMs ?? createdMs, createdMs);
      }
    }
  }
  return { newestMs, ahead };
}
