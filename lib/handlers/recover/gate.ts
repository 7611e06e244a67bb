import { type ComputeConfig, countsForgotten, countsNoted, gateReached, type SiteRole } from '../../model/recovery';
import type { Progress } from './ports';
import type { Site } from './site';

/** Brings resources to where the role of the site wants them: out of reach while it is fenced, else within. */
export async function moveGate(site: Site): Promise<Progress> {
  const { role } = await site.read();
  return role === 'fenced' ? close(site) : open(site);
}

async function close(site: Site): Promise<Progress> {
  const counts: Record<string, number> = {};
  if ((await site.read()).counts === undefined) {
    for (const item of site.config.compute) {
      counts[item.name] = await site.computePort(item).count(item);
    }
    await site.apply((register) => (register.role === 'fenced' ? countsNoted(register, counts) : { register }));
  }
  const steps = [
    ...site.config.compute.map((item) => () => site.computePort(item).close(item)),
    ...site.config.data.map((item) => () => site.dataPort(item).close(item)),
  ];
  return reach(site, steps, 'closed');
}

async function open(site: Site): Promise<Progress> {
  const { counts, role } = await site.read();
  const steps = [
    ...site.config.data.map((item) => () => site.dataPort(item).open(item)),
    // without numbers to put back nothing was ever taken away
    ...(counts ? site.config.compute.map((item) => () => site.computePort(item).open(item, formerOf(item, counts, role))) : []),
  ];
  return reach(site, steps, 'open');
}

/** A call that was begun before the gate was opened, and comes late, shuts what is open: it is opened again as long as that may be. */
export async function keepOpen(site: Site): Promise<void> {
  await Promise.all(site.config.data.map((item) => site.dataPort(item).open(item)));
  const { register } = await site.apply((found) => countsForgotten(found, site.ports.now()));
  for (const item of register?.counts === undefined ? [] : site.config.compute) {
    const { counts = {}, role, gate } = await site.read();
    const former = formerOf(item, counts, role);
    if (former && gate === 'open' && role !== 'fenced' && (await site.computePort(item).count(item)) === 0) {
      await site.computePort(item).open(item, former);
    }
  }
}

/** All are begun before the first is waited for. */
async function reach(site: Site, steps: readonly (() => Promise<Progress>)[], wanted: 'open' | 'closed'): Promise<Progress> {
  const found: Progress[] = [];
  for (const step of steps) {
    // a call that waited may be overtaken by one that wants the opposite
    if (((await site.read()).role === 'fenced') !== (wanted === 'closed')) {
      return { state: 'pending', words: `the site is not to be ${wanted} any more` };
    }
    found.push(await step());
  }
  const waiting = found.filter(({ state }) => state !== 'done');
  if (waiting.length > 0) {
    return { state: 'pending', words: waiting.map(({ words }) => words).join('; ') };
  }
  const { refusal } = await site.apply((register) => gateReached(register, wanted, site.ports.now()));
  return refusal === undefined ? { state: 'done', words: `the site is ${wanted}` } : { state: 'pending', words: refusal };
}

/** A standby is not given as much as was there when it had the traffic. */
function formerOf(item: ComputeConfig, counts: Readonly<Record<string, number>>, role: SiteRole): number | undefined {
  const former = counts[item.name];
  return role === 'active' || item.kind === 'lambda' || former === undefined ? former : Math.min(former, item.standby);
}
