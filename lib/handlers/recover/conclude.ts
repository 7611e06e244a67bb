import {
  type ConcludeAnswer,
  concluded,
  hasServed,
  measuredOf,
  outcomeMessage,
  RECOVERY_METRICS,
  type RunOutcome,
  type RunRecord,
  type StepRequest,
} from '../../model/recovery';
import { provenBy } from '../../model/recovery/drill-age';
import { SECOND } from '../../model/time';
import { endInjection } from './experiment';
import { problemIn } from './problem';
import type { Site } from './site';

/** Says how the run has ended: on record, to the topic, to CloudWatch, and last in the register, so that nothing of it is left out. */
export async function conclude({ run: input, failure, step }: StepRequest, site: Site): Promise<ConcludeAnswer> {
  const { run: found } = await site.read();
  if (found?.input.id !== input.id) {
    return refuse(input, step?.words ?? problemIn({ steps: {} }, failure), site);
  }
  if (found.stage === 'concluded') {
    return answerOf(found.outcome as RunOutcome, found.problem);
  }
  await endInjection(input.id, site);
  const run = { ...found, steps: { ...found.steps, ...untidied(found, site) } };
  const outcome = outcomeOf(run);
  const problem = outcome === 'completed' ? undefined : (run.problem ?? problemIn(run, failure));
  const unrecorded = await record(run, outcome, problem, site);
  await announce(run, outcome, [problem, unrecorded].filter(Boolean).join('; '), site);
  const nowMs = site.ports.now();
  await site.apply((register) => provenBy(concluded(register, input.id, outcome, nowMs, problem), outcome, nowMs));
  return answerOf(outcome, problem);
}

/** By how far the run has come, whatever has happened in between. */
function outcomeOf(run: RunRecord): RunOutcome {
  const { stage, steps, input } = run;
  switch (stage) {
    case 'activated':
      return hasServed(run) ? 'completed' : 'halted';
    case 'undoing':
      return steps.fence ? 'rolled-back' : 'aborted';
    case 'begun':
      if (input.kind === 'rebuild') {
        return steps.join?.state === 'done' ? 'completed' : 'aborted';
      }
      return input.kind === 'rehearsal' ? rehearsed(steps) : 'aborted';
    default:
      return 'halted';
  }
}

function rehearsed(steps: RunRecord['steps']): RunOutcome {
  const own = Object.entries(steps).filter(([step]) => step.startsWith('rehearse:') || step.startsWith('tidy:'));
  return own.length > 0 && own.every(([, { state }]) => state === 'done') ? 'completed' : 'failed';
}

/** A rehearsal whose clean-up has only thrown errors has no word of it, but may have left something behind. */
function untidied({ input, stage, steps }: RunRecord, { config, ports }: Site): RunRecord['steps'] {
  if (input.kind !== 'rehearsal') {
    return {};
  }
  const sinceMs = ports.now();
  const left = config.data.filter(({ name }) => !steps[`tidy:${name}`] && (stage === 'begun' || steps[`rehearse:${name}`]));
  return Object.fromEntries(
    left.map(({ name }) => [`tidy:${name}`, { state: 'failed', sinceMs, untilMs: sinceMs, words: `what was made of ${name} may be left` }]),
  );
}

async function refuse(input: StepRequest['run'], problem: string, { config, ports }: Site): Promise<ConcludeAnswer> {
  const nowMs = ports.now();
  const run: RunRecord = { input, stage: 'concluded', epoch: 0, begunMs: nowMs, leaseUntilMs: nowMs, peer: '', steps: {} };
  if (config.topicArn) {
    await ports.tell(config.topicArn, outcomeMessage(config, run, 'refused', measuredOf(run, config), problem));
  }
  await ports.publish(config, { [RECOVERY_METRICS.failedRuns]: 1 });
  return answerOf('refused', problem);
}

/** A run that cannot be put on record has ended all the same; that there is no evidence is told with its end. */
async function record(
  run: RunRecord,
  outcome: RunOutcome,
  problem: string | undefined,
  { config, ports }: Site,
): Promise<string | undefined> {
  if (!config.evidence || outcome === 'halted') {
    return undefined;
  }
  const concludedMs = ports.now();
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
      concludedMs,
    });
    return undefined;
  } catch (error) {
    return `the evidence could not be kept: ${(error as Error).message}`;
  }
}

async function announce(run: RunRecord, outcome: RunOutcome, problem: string, { config, ports }: Site): Promise<void> {
  const measured = measuredOf(run, config);
  const { recoveryTime, recoveryPoint } = measured;
  const good = outcome === 'completed' && problem === '';
  await ports.publish(config, {
    [RECOVERY_METRICS.failedRuns]: good ? 0 : 1,
    ...(outcome === 'completed' && recoveryTime.ms !== undefined ? { [RECOVERY_METRICS.achievedRto]: recoveryTime.ms / SECOND } : {}),
    ...(outcome === 'completed' && recoveryPoint.ms !== undefined ? { [RECOVERY_METRICS.achievedRpo]: recoveryPoint.ms / SECOND } : {}),
  });
  ports.write(JSON.stringify({ run: run.input.id, outcome, ...(problem ? { problem } : {}), measured }));
  if (config.topicArn) {
    await ports.tell(config.topicArn, outcomeMessage(config, run, outcome, measured, problem));
  }
}

function answerOf(outcome: RunOutcome, problem?: string): ConcludeAnswer {
  return { state: 'done', words: problem ? `${outcome}: ${problem}` : outcome, outcome };
}
