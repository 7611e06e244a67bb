import {
  type ConcludeAnswer,
  concluded,
  measuredOf,
  outcomeMessage,
  outcomeOf,
  RECOVERY_METRICS,
  type RunOutcome,
  type RunRecord,
  type StepRequest,
} from '../../model/recovery';
import { provenBy } from '../../model/recovery/drill-age';
import { endInjection } from './experiment';
import { problemIn } from './problem';
import type { Site } from './site';
import { announce, tellEnds } from './tell-ends';

/** Says how the run has ended: in the register first, so that whoever comes next tells what this call may not come to tell any more. */
export async function conclude({ run: input, failure, step }: StepRequest, site: Site): Promise<ConcludeAnswer> {
  const { run } = await site.read();
  if (run?.input.id !== input.id) {
    return refuse(input, step?.words ?? problemIn({ steps: {} }, failure), site);
  }
  if (run.stage !== 'concluded') {
    await endInjection(input.id, site);
    const steps = untidied(run, site);
    const last = { ...run, steps: { ...run.steps, ...steps } };
    // whoever was to note what has failed may have failed too
    const noted = failure?.Error === undefined ? {} : { problem: run.problem ?? problemIn(last, failure) };
    const outcome = outcomeOf({ ...last, ...noted });
    const problem = outcome === 'completed' ? undefined : (run.problem ?? problemIn(last, failure));
    const end = { outcome, nowMs: site.ports.now(), steps, ...(problem === undefined ? {} : { problem }) };
    const { refusal } = await site.apply((register) => provenBy(concluded(register, input.id, end), outcome, end.nowMs));
    if (outcome === 'halted' && refusal === undefined) {
      await announce(last, outcome, problem, site);
      return answerOf(outcome, problem);
    }
  }
  await tellEnds(site);
  const { run: ended } = await site.read();
  const { outcome = 'halted', problem } = ended?.input.id === input.id ? ended : {};
  return answerOf(outcome, outcome === 'completed' ? undefined : problem);
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

function answerOf(outcome: RunOutcome, problem?: string): ConcludeAnswer {
  return { state: 'done', words: problem ? `${outcome}: ${problem}` : outcome, outcome };
}
