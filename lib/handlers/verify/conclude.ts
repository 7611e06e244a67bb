import { achievedOf, type ConcludedTest, type Verdict, verdictOf } from '../../model/evidence';
import { SECOND } from '../../model/time';
import {
  ACHIEVED,
  SUCCESSFUL_TEST,
  TEST_COUNTS,
  VERIFICATION,
  VERIFICATION_NAMESPACE,
  VERIFIED_RESOURCE,
  type WorkflowState,
} from '../../model/verification';
import { concludedOf } from './concluded-of';
import { metricLine } from './metric-line';
import type { KeptTest, StepPorts } from './ports';

/** How long a message to AWS Backup may be is not documented; this is short enough for any list. */
const MAX_MESSAGE = 1_000;

/** What an execution ends with. */
export interface Summary extends KeptTest {
  readonly restoreJobId: string;
  /** Whether AWS Backup took the verdict. */
  readonly reported: boolean;
}

/**
 * Judges the test, keeps the evidence, tells AWS Backup, publishes what was measured: in this order, so that nothing is called a
 * success of which there is no evidence. Each part may be repeated.
 */
export async function conclude(state: WorkflowState, ports: StepPorts): Promise<Summary> {
  const { restoreJobId, unrecorded } = state;
  const concluded = concludedOf(state, ports.region, ports.now());
  const evidence = state.evidence ?? state.config?.evidence;
  const verification = state.verification ?? state.config?.verification;
  if (!evidence || !verification) {
    throw new Error('nothing says where evidence is kept');
  }
  const { verdict, achieved, cleanUp, concludedMs } = unrecorded
    ? judged(concluded)
    : await ports.evidence({ ...evidence, verification }).append(concluded);
  const reported = await ports.report(restoreJobId, verdict.status, messageOf(verdict, concluded));
  const summary = { restoreJobId, verdict, achieved, cleanUp, concludedMs, reported };
  ports.write(JSON.stringify(summary));
  publish(summary, verification, { resource: concluded.resource, isKept: unrecorded === undefined }, ports);
  return summary;
}

function judged(concluded: ConcludedTest): KeptTest {
  const { cleanUp, concludedMs } = concluded;
  return { verdict: verdictOf(concluded), achieved: achievedOf(concluded), cleanUp, concludedMs };
}

function messageOf({ reasons }: Verdict, { checks }: ConcludedTest): string {
  const words =
    reasons.length > 0
      ? reasons.map((reason) => reason.words).join('; ')
      : checks.some(({ kind }) => kind !== 'usable')
        ? `checks that passed: ${checks.length}`
        : 'restored and usable; nobody looked at the data';
  return words.length > MAX_MESSAGE ? `${words.slice(0, MAX_MESSAGE - 3)}...` : words;
}

/** Only what is wrong is counted here, so that alarms ring at once; that all is well is said by the watch, which knows all resources. */
function publish(
  { verdict, achieved, cleanUp, concludedMs }: KeptTest,
  verification: string,
  { resource, isKept }: { readonly resource: string; readonly isKept: boolean },
  ports: StepPorts,
): void {
  const { recoveryTime, recoveryPoint } = achieved;
  const wrong = {
    ...(verdict.status === 'FAILED' ? { [TEST_COUNTS.failed]: 1 } : {}),
    ...(recoveryTime.outcome === 'missed' ? { [TEST_COUNTS.slow]: 1 } : {}),
    ...(recoveryPoint.outcome === 'missed' ? { [TEST_COUNTS.old]: 1 } : {}),
    ...(cleanUp.status === 'clean' ? {} : { [TEST_COUNTS.remains]: 1 }),
  };
  const measured = {
    // what left no evidence is tested once more by the execution that cleans up, and counts there
    ...(isKept ? { [SUCCESSFUL_TEST]: verdict.status === 'SUCCESSFUL' ? 1 : 0 } : {}),
    ...(recoveryTime.ms === undefined ? {} : { [ACHIEVED.recoveryTime]: recoveryTime.ms / SECOND }),
    ...(recoveryPoint.ms === undefined ? {} : { [ACHIEVED.recoveryPoint]: recoveryPoint.ms / SECOND }),
  };
  const of = { [VERIFICATION]: verification };
  for (const [dimensions, values] of [
    [of, wrong],
    [{ ...of, [VERIFIED_RESOURCE]: resource }, measured],
  ] as const) {
    if (Object.keys(values).length > 0) {
      ports.write(metricLine(VERIFICATION_NAMESPACE, concludedMs, dimensions, values));
    }
  }
}
