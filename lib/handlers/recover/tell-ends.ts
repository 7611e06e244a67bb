import { endTold, measuredOf, outcomeMessage, RECOVERY_METRICS, type RunOutcome, type RunRecord } from '../../model/recovery';
import { SECOND } from '../../model/time';
import type { Site } from './site';

/**
 * Puts runs that are over on record, and tells of them: topic and metrics. Whoever ends a run may die before that, or be another run; the guard
 * takes it up after `waitMs`, and tries again what could not be kept.
 */
export async function tellEnds(site: Site, waitMs = 0): Promise<void> {
  const { ended = [] } = await site.read();
  for (const { run, announced } of ended) {
    const { outcome = 'halted', problem, concludedMs = 0 } = run;
    if (concludedMs + waitMs > site.ports.now()) {
      continue;
    }
    const why = outcome === 'completed' ? undefined : problem;
    const unrecorded = await record(run, outcome, why, site);
    if (!announced) {
      await announce(run, outcome, [why, unrecorded].filter(Boolean).join('; ') || undefined, site);
    }
    await site.apply((register) => ({ register: endTold(register, run, unrecorded === undefined) }));
  }
}

/** A run that cannot be put on record has ended all the same; that there is no evidence is told with its end. */
async function record(
  run: RunRecord,
  outcome: RunOutcome,
  problem: string | undefined,
  { config, ports }: Site,
): Promise<string | undefined> {
  if (!config.evidence) {
    return undefined;
  }
  const { recovery, site, approval } = config;
  try {
    await ports.keep(config, {
      recovery,
      site,
      run,
      outcome,
      ...(problem === undefined ? {} : { problem }),
      measured: measuredOf(run, config),
      approvalRequired: approval.required && run.input.kind === 'failover',
      concludedMs: run.concludedMs ?? ports.now(),
    });
    return undefined;
  } catch (error) {
    return `the evidence could not be kept: ${(error as Error).message}`;
  }
}

/** Tells how a run stands that goes no further by itself. */
export async function announce(run: RunRecord, outcome: RunOutcome, problem: string | undefined, { config, ports }: Site): Promise<void> {
  const measured = measuredOf(run, config);
  const { recoveryTime, recoveryPoint } = measured;
  const good = outcome === 'completed' && problem === undefined;
  await ports.publish(config, {
    [RECOVERY_METRICS.failedRuns]: good ? 0 : 1,
    ...(outcome === 'completed' && recoveryTime.ms !== undefined ? { [RECOVERY_METRICS.achievedRto]: recoveryTime.ms / SECOND } : {}),
    ...(outcome === 'completed' && recoveryPoint.ms !== undefined ? { [RECOVERY_METRICS.achievedRpo]: recoveryPoint.ms / SECOND } : {}),
  });
  ports.write(JSON.stringify({ run: run.input.id, outcome, ...(problem ? { problem } : {}), measured }));
  if (config.topicArn) {
    await ports.tell(config.topicArn, outcomeMessage(config, run, outcome, measured, problem ?? ''));
  }
}
