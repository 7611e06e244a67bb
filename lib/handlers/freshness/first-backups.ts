import { type FirstBackup, graceMs } from '../../model/freshness';
import type { PromisedResource } from './find-promised';
import { inWords } from './in-words';
import type { BackupJob, Ports } from './ports';

/** States of jobs that tell something about a resource without recovery points; the rest have not begun. */
const RUNNING = ['RUNNING', 'ABORTING'];
const FAILED = ['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'];

interface Wanted {
  readonly arns: Set<string>;
  longestMs: number;
}

/**
 * What jobs say of each resource that has no recovery point: whether the first is being made, or was tried in vain. One that
 * runs keeps others from starting, so it counts before whatever has failed meanwhile. Jobs are listed by state, so that calls do not grow with resources. An error stands for each resource of a Region
 * whose jobs cannot be listed.
 */
export async function firstBackupsOf(ports: Ports, bare: readonly PromisedResource[]): Promise<ReadonlyMap<string, FirstBackup | Error>> {
  const byRegion = new Map<string, Wanted>();
  for (const { arn, copies, plan } of bare) {
    const region = plan.region ?? ports.region;
    const wanted = byRegion.get(region) ?? { arns: new Set(), longestMs: 0 };
    byRegion.set(region, wanted);
    wanted.arns.add(arn);
    wanted.longestMs = Math.max(wanted.longestMs, ...copies.map(({ thresholdMs }) => graceMs(thresholdMs)));
  }
  const answers = new Map<string, FirstBackup | Error>();
  for (const [region, { arns, longestMs }] of byRegion) {
    try {
      for (const [arn, job] of await tellingJobs(ports, region, arns, ports.now() - longestMs)) {
        answers.set(arn, toFirstBackup(job));
      }
    } catch (error) {
      const failure = new Error(`jobs cannot be listed: ${inWords(error)}`);
      for (const arn of arns) {
        answers.set(arn, failure);
      }
    }
  }
  return answers;
}

async function tellingJobs(
  ports: Ports,
  region: string,
  arns: ReadonlySet<string>,
  sinceMs: number,
): Promise<ReadonlyMap<string, BackupJob>> {
  const running = await newestOf(ports, region, RUNNING, arns, sinceMs);
  const failed = await newestOf(ports, region, FAILED, arns, sinceMs);
  return new Map([...failed, ...running]);
}

async function newestOf(
  ports: Ports,
  region: string,
  states: readonly string[],
  arns: ReadonlySet<string>,
  sinceMs: number,
): Promise<ReadonlyMap<string, BackupJob>> {
  const newest = new Map<string, BackupJob>();
  for (const state of states) {
    for await (const page of ports.backupJobs(region, state, sinceMs)) {
      for (const job of page) {
        const { resourceArn, createdMs } = job;
        if (arns.has(resourceArn) && createdMs > (newest.get(resourceArn)?.createdMs ?? Number.NEGATIVE_INFINITY)) {
          newest.set(resourceArn, job);
        }
      }
    }
  }
  return newest;
}

function toFirstBackup({ state, createdMs, message }: BackupJob): FirstBackup {
  const when = new Date(createdMs).toISOString();
  return RUNNING.includes(state)
    ? { state: 'running', words: `its backup of ${when} is running` }
    : { state: 'failed', words: `its backup of ${when} is ${state}${message ? `: ${message}` : ''}` };
}
