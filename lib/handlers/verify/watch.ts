import { DAY, HOUR } from '../../model/time';
import {
  CONFIG_STATE,
  TEST_COUNTS,
  VERIFICATION,
  VERIFICATION_HEARTBEAT,
  VERIFICATION_NAMESPACE,
  type VerifiedResource,
  WORK_AFTER_LOOKING_MS,
  type WorkflowConfig,
  type WorkflowInput,
} from '../../model/verification';
import { metricLine } from './metric-line';
import type { EvidencePort, KeptTest, RestoreJob, WatchPorts } from './ports';
import { sweepName } from './start';

/** A validation window is seven days at most, and no job may be overlooked whose window is open. */
const LEAST_LOOK_BACK_MS = 8 * DAY;

/** AWS Backup sends its events every few minutes; what has ended longer ago without an execution was never told of. */
const EVENT_LATENESS_MS = HOUR / 2;

const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'ABORTED']);

type Counts = Record<keyof typeof TEST_COUNTS, number>;

/**
 * Looks at all tests from outside: starts those of whose restores no event came, since AWS Backup sends them at its best effort
 * only, and publishes how many resources are failed, missing, slow or old, and how many tests left something behind.
 */
export async function watch(machineArn: string, ports: WatchPorts): Promise<Counts> {
  const { definition, createdMs } = await ports.machine(machineArn);
  const config = configIn(definition);
  const { verification } = config;
  const evidence = evidenceOf(config, ports);
  const jobs = await recentJobs(config, ports);
  for (const job of jobs) {
    await startForgotten(job, config, machineArn, ports);
  }
  const counts: Counts = { failed: 0, missing: 0, slow: 0, old: 0, remains: jobs.filter(({ deletion }) => deletion === 'FAILED').length };
  for (const resource of config.resources) {
    const last = await lastTests(resource, config, jobs, evidence);
    for (const { verdict, achieved, cleanUp } of last) {
      counts.failed += verdict.status === 'FAILED' ? 1 : 0;
      counts.slow += achieved.recoveryTime.outcome === 'missed' ? 1 : 0;
      counts.old += achieved.recoveryPoint.outcome === 'missed' ? 1 : 0;
      counts.remains += cleanUp.status === 'clean' ? 0 : 1;
    }
    counts.missing += (await isMissing(resource, last, createdMs, ports)) ? 1 : 0;
  }
  const values = Object.fromEntries(Object.entries(counts).map(([key, count]) => [TEST_COUNTS[key as keyof Counts], count]));
  const heard = { ...values, [VERIFICATION_HEARTBEAT]: 1 };
  ports.write(metricLine(VERIFICATION_NAMESPACE, ports.now(), { [VERIFICATION]: verification }, heard));
  return counts;
}

/** The configuration that a state of the machine holds. */
export function configIn(definition: string): WorkflowConfig {
  const config: WorkflowConfig | undefined = JSON.parse(definition).States?.[CONFIG_STATE]?.Result;
  if (!config || !Array.isArray(config.resources) || !Array.isArray(config.planArns)) {
    throw new Error('the state machine holds no configuration');
  }
  return config;
}

/** Jobs of the plans, newest first, since what is due the latest should have been there twice. */
async function recentJobs({ planArns, resources }: WorkflowConfig, ports: WatchPorts): Promise<readonly RestoreJob[]> {
  const lookBackMs = Math.max(LEAST_LOOK_BACK_MS, ...resources.map(({ dueMs }) => 2 * dueMs));
  const jobs: RestoreJob[] = [];
  for (const planArn of planArns) {
    for await (const page of ports.restoreJobs(planArn, ports.now() - lookBackMs)) {
      jobs.push(...page);
    }
  }
  return jobs.sort((one, other) => other.createdMs - one.createdMs);
}

/**
 * One that has a verdict was tested. One that was started before is refused by its name; where it has come to no end although its time
 * is over, nobody has heard that it was broken off, and what it left is cleaned up now.
 */
async function startForgotten(job: RestoreJob, config: WorkflowConfig, machineArn: string, ports: WatchPorts): Promise<void> {
  const { id, status, validation, createdMs, completedMs = createdMs } = job;
  const told = validation !== undefined && validation !== 'VALIDATING';
  const age = ports.now() - completedMs;
  if (!ENDED.has(status) || told || age < EVENT_LATENESS_MS || age > LEAST_LOOK_BACK_MS) {
    return;
  }
  const input: WorkflowInput = { restoreJobId: id };
  if (await ports.startExecution(machineArn, id, input)) {
    ports.write(JSON.stringify({ restoreJobId: id, started: 'no event came' }));
  } else if (age > EVENT_LATENESS_MS + config.patienceMs + WORK_AFTER_LOOKING_MS && !(await evidenceOf(config, ports).find(id))) {
    const cause = 'the verification came to no end, and no event said so';
    await ports.startExecution(machineArn, sweepName(id, 1), { ...input, cause });
  }
}

function evidenceOf({ evidence, verification }: WorkflowConfig, ports: WatchPorts): EvidencePort {
  return ports.evidence({ ...evidence, verification });
}

/**
 * The last test of a resource that has come to its end. Resources of which only the type is known share what was tested of that type, the
 * youngest test for the first of them: so each test counts once, and whoever gets none is missing one.
 */
async function lastTests(
  resource: VerifiedResource,
  { resources }: WorkflowConfig,
  jobs: readonly RestoreJob[],
  evidence: EvidencePort,
): Promise<readonly KeptTest[]> {
  const { arn, resourceType } = resource;
  const named = new Set(resources.map((other) => other.arn));
  const last = new Map<string, KeptTest>();
  for (const { id, status, sourceArn, ...job } of jobs) {
    const meant = arn ? sourceArn === arn : job.resourceType === resourceType && !named.has(sourceArn);
    if (!meant || last.has(sourceArn) || !ENDED.has(status)) {
      continue;
    }
    const kept = await evidence.find(id);
    if (kept) {
      last.set(sourceArn, kept);
    }
  }
  const alike = resources.filter((other) => !other.arn && other.resourceType === resourceType);
  return arn ? [...last.values()] : shareOf(alike.indexOf(resource), alike.length, [...last.values()]);
}

function shareOf(index: number, holders: number, tests: readonly KeptTest[]): readonly KeptTest[] {
  return [...tests].sort((one, other) => other.concludedMs - one.concludedMs).filter((_, at) => at % holders === index);
}

async function isMissing(
  { id, arn, dueMs }: VerifiedResource,
  last: readonly KeptTest[],
  createdMs: number,
  ports: WatchPorts,
): Promise<boolean> {
  const newest = last.map(({ concludedMs }) => concludedMs);
  const sinceMs = newest.length > 0 ? Math.max(...newest) : await promisedSince(arn, createdMs, ports);
  const missing = ports.now() - sinceMs > dueMs;
  if (missing) {
    ports.write(JSON.stringify({ resource: id, missing: `no test since ${new Date(sinceMs).toISOString()}` }));
  }
  return missing;
}

/** What was never tested could have been since its oldest recovery point, and not before there were tests. */
async function promisedSince(arn: string | undefined, createdMs: number, ports: WatchPorts): Promise<number> {
  const oldest = arn === undefined ? undefined : await ports.oldestPointMs(arn);
  return Math.max(createdMs, oldest ?? createdMs);
}
