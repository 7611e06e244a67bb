import {
  type Begun,
  type CheckGroup,
  type CheckResult,
  type CheckSpec,
  checkerOf,
  type RestoreTest,
  unable,
  type VerifiedResource,
  type WorkflowConfig,
  type WorkflowState,
} from '../../model/verification';
import { isCluster } from './look';
import type { RestoreJob, StepPorts } from './ports';

const RUNNING: ReadonlySet<string> = new Set(['PENDING', 'RUNNING']);

/** Finds out what a restore job was, and what its result is held to. */
export async function begin({ restoreJobId, cause, config, lookUntilMs }: WorkflowState, ports: StepPorts): Promise<Begun> {
  if (typeof restoreJobId !== 'string' || restoreJobId === '') {
    throw new Error("the execution was started without 'restoreJobId'");
  }
  const { verification, evidence, instanceClass, patienceMs, planArns, latestPlanArns, resources } = required(config);
  const base: Omit<Begun, 'stage'> = {
    restoreJobId,
    ...(cause ? { cause } : {}),
    verification,
    evidence,
    instanceClass,
    lookUntilMs: lookUntilMs ?? ports.now() + patienceMs,
    groups: [],
    unrun: [],
  };
  const end = (failure: string, more: object = {}): Begun => ({ ...base, ...more, stage: 'clean', failure });
  const job = await ports.restoreJob(restoreJobId);
  if (!job) {
    return end(`AWS Backup knows no restore job ${restoreJobId}`);
  }
  if (RUNNING.has(job.status)) {
    return ports.now() < base.lookUntilMs && !cause ? { ...base, stage: 'restoring' } : end('the restore job has not come to its end');
  }
  if (!job.planArn || !planArns.includes(job.planArn)) {
    return end(`restore job ${restoreJobId} is not of a restore testing plan of this verification`);
  }
  const test = testOf(job, ports.region);
  const found = resourceOf(job, resources);
  const { checks, checkers, ...resource } = found ?? {};
  const recoveryPoints = latestPlanArns.includes(job.planArn) ? 'latest' : 'random';
  const about = { test, recoveryPoints, ...(found ? { resource } : {}) } as const;
  if (test.failure !== undefined) {
    return end(`the restore failed: ${test.failure}`, about);
  }
  if (!found || !checks) {
    return end(`nobody has said what ${job.sourceArn} (${job.resourceType}) is held to`, about);
  }
  if (cause) {
    return { ...base, ...about, stage: isCluster(test.createdArn as string) ? 'settle' : 'clean' } as Begun;
  }
  const { baselines, comparedWith } = await ports.evidence({ ...evidence, verification }).lastVerified(found.id, job.sourceArn);
  const compared = comparedWith ? { comparedWith } : {};
  return { ...base, ...about, ...compared, stage: 'look', ...grouped(checks, checkers ?? {}, baselines) } as Begun;
}

function required(config: WorkflowConfig | undefined): WorkflowConfig {
  if (!config || !Array.isArray(config.resources) || !Array.isArray(config.planArns) || !Array.isArray(config.latestPlanArns)) {
    throw new Error('the state machine holds no configuration');
  }
  return config;
}

/** The resource of this ARN, or else whoever stands for all of the type. */
function resourceOf({ sourceArn, resourceType }: RestoreJob, resources: readonly VerifiedResource[]): VerifiedResource | undefined {
  return (
    resources.find(({ arn }) => arn === sourceArn) ?? resources.find((resource) => !resource.arn && resource.resourceType === resourceType)
  );
}

function testOf(job: RestoreJob, region: string): RestoreTest {
  const failed = job.status !== 'COMPLETED' || !job.createdArn;
  return {
    restoreJobId: job.id,
    planArn: job.planArn as string,
    resourceType: job.resourceType,
    sourceArn: job.sourceArn,
    recoveryPointArn: job.recoveryPointArn,
    vaultArn: job.vaultArn,
    account: job.vaultArn.split(':')[4] ?? '',
    region,
    recoveryPointMs: job.recoveryPointMs,
    startedMs: job.createdMs,
    ...(job.completedMs === undefined ? {} : { restoredMs: job.completedMs }),
    ...(job.createdArn ? { createdArn: job.createdArn } : {}),
    ...(failed ? { failure: `the job is ${job.status}${job.message ? `: ${job.message}` : ', without a resource'}` } : {}),
  };
}

/** Each function is called once for all of its checks, but one of the user for each of its own. */
function grouped(
  checks: readonly CheckSpec[],
  checkers: VerifiedResource['checkers'],
  baselines: Readonly<Record<string, unknown>>,
): Pick<Begun, 'groups' | 'unrun'> {
  const groups = new Map<string, CheckSpec[]>();
  const unrun: CheckResult[] = [];
  for (const check of checks) {
    const checker = checkerOf(check);
    const functionArn = check.kind === 'function' ? check.functionArn : checkers[checker as keyof typeof checkers];
    if (!functionArn) {
      unrun.push(unable(check, `no function runs checks of kind '${check.kind}'`));
      continue;
    }
    const key = check.kind === 'function' ? `${functionArn} ${check.name}` : functionArn;
    groups.set(key, [...(groups.get(key) ?? []), check]);
  }
  return {
    unrun,
    groups: [...groups].map(([key, own]): CheckGroup => {
      const [functionArn] = key.split(' ');
      return {
        functionArn,
        checks: own,
        baselines: Object.fromEntries(own.filter(({ name }) => Object.hasOwn(baselines, name)).map(({ name }) => [name, baselines[name]])),
      };
    }),
  };
}
