import type { AskedCheck, CleanUp, ConcludedTest } from '../../model/evidence';
import { type CheckResult, errorInWords, type RestoreTest, resultsOf, type WorkflowState } from '../../model/verification';

/** All that is known of a test when it ends, however it has ended. */
export function concludedOf(state: WorkflowState, region: string, concludedMs: number): ConcludedTest {
  const { restoreJobId, resource, looked, groups = [], unrun = [], answers } = state;
  const usable = looked?.status === 'usable' ? looked.usableMs : undefined;
  const asked = [...groups.flatMap((group) => group.checks), ...unrun].map(({ name, kind }) => ({ name, kind }));
  const bare = resource !== undefined && asked.length === 0;
  const problem = problemOf(state);
  return {
    resource: resource?.id ?? 'unknown',
    ...(resource?.rpoMs === undefined ? {} : { rpoMs: resource.rpoMs }),
    ...(resource?.rtoMs === undefined ? {} : { rtoMs: resource.rtoMs }),
    ...(state.recoveryPoints ? { recoveryPoints: state.recoveryPoints } : {}),
    test: state.test ?? unreadable(restoreJobId, region, concludedMs),
    checks: bare ? [USABLE] : asked,
    results: usable === undefined ? [] : bare ? [seenUsable()] : [...resultsOf(groups, answers), ...unrun],
    ...(usable === undefined ? {} : { usableMs: usable }),
    ...(answers ? { checkedMs: state.cleaned?.sinceMs ?? concludedMs } : {}),
    ...(problem ? { problem } : {}),
    cleanUp: cleanUpOf(state),
    ...(state.comparedWith ? { comparedWith: state.comparedWith } : {}),
    concludedMs,
  };
}

/** What a resource is held to of which nobody has said anything. */
const USABLE: AskedCheck = { name: 'usable', kind: 'usable' };

function seenUsable(): CheckResult {
  return {
    ...USABLE,
    status: 'passed',
    expected: 'a resource that its service calls usable',
    found: 'one; nobody looked at the data',
    durationMs: 0,
  };
}

function problemOf({ cause, failure, error, looked, unrecorded, test }: WorkflowState): string | undefined {
  return [
    cause,
    // that the restore failed is told by the test itself
    test?.failure === undefined ? failure : undefined,
    error && `could not look: ${errorInWords(error)}`,
    looked?.status === 'usable' ? undefined : looked?.reason,
    unrecorded && `the evidence could not be kept: ${errorInWords(unrecorded)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

/** In place of a restore job that nobody could read. */
function unreadable(restoreJobId: string, region: string, nowMs: number): RestoreTest {
  const unknown = 'unknown';
  return {
    restoreJobId,
    planArn: unknown,
    resourceType: unknown,
    sourceArn: unknown,
    recoveryPointArn: unknown,
    vaultArn: unknown,
    account: unknown,
    region,
    recoveryPointMs: nowMs,
    startedMs: nowMs,
    failure: 'the restore job could not be read',
  };
}

function cleanUpOf({ cleaned, cleanError }: WorkflowState): CleanUp {
  if (cleaned?.status === 'clean') {
    return { status: 'clean', left: [] };
  }
  const reason = cleanError ? errorInWords(cleanError) : cleaned?.reason;
  return cleaned?.status === 'stuck' && cleaned.left
    ? { status: 'left', left: cleaned.left, ...(reason ? { problem: reason } : {}) }
    : { status: 'unknown', left: [], problem: reason ?? 'the execution ended before anybody looked' };
}
