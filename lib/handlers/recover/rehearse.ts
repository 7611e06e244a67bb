import { type StepAnswer, type StepRequest, stepTaken } from '../../model/recovery';
import { HOUR, MINUTE } from '../../model/time';
import { keepLag, lagOf } from './data-steps';
import type { Progress } from './ports';
import { LEASE_MS, type Site } from './site';

/** Checks look at data for as long as a function may run (AWS Lambda Developer Guide: quotas). */
const LONGEST_CHECK_MS = 15 * MINUTE;
const PATIENCE_MS = 24 * HOUR;
const TIDY_PATIENCE_MS = 2 * HOUR;

/** Restores data into isolation and has it looked at; neither traffic nor replication nor role is touched. */
export async function rehearse({ run: { id }, item }: StepRequest, site: Site): Promise<StepAnswer> {
  const config = site.data(item);
  return site.step(id, `rehearse:${config.name}`, PATIENCE_MS, async (run, before): Promise<Progress> => {
    if (before === undefined) {
      const askedMs = site.ports.now();
      await keepLag(id, config, await lagOf(config, run.peer, site), askedMs, site);
    }
    const made = await site.dataPort(config).rehearse(config, { runId: id, facts: before?.facts ?? {} });
    if (made.state !== 'done') {
      return made;
    }
    const checks = site.config.probes.filter((probe) => probe.kind === 'checks' && probe.data === config.name);
    for (const probe of checks) {
      await site.renew(id, LONGEST_CHECK_MS);
      const found = await site.ports.probe(probe, { ...before?.facts, ...made.facts });
      if (found.state !== 'done') {
        // who could not look may do so later
        return { state: found.state, words: `${probe.name}: ${found.words}`, ...(made.facts ? { facts: made.facts } : {}) };
      }
    }
    return made;
  });
}

/** Removes what a rehearsal has made, whatever became of it. */
export async function tidy({ run: { id }, item, failure }: StepRequest, site: Site): Promise<StepAnswer> {
  const config = site.data(item);
  const step = `rehearse:${config.name}`;
  const { steps } = await site.run(id);
  const before = steps[step];
  if (before?.state !== 'done' && before?.state !== 'failed') {
    const nowMs = site.ports.now();
    const words = `${before?.words ?? 'not begun'}; ${failure?.Error ?? 'broken off'}`;
    await site.apply((register) =>
      stepTaken(
        register,
        id,
        step,
        { ...before, state: 'failed', sinceMs: before?.sinceMs ?? nowMs, untilMs: nowMs, words },
        nowMs + LEASE_MS,
      ),
    );
  }
  return site.step(id, `tidy:${config.name}`, TIDY_PATIENCE_MS, () =>
    site.dataPort(config).tidy(config, { runId: id, facts: before?.facts ?? {} }),
  );
}
