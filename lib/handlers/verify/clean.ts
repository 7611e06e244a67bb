import { HOUR } from '../../model/time';
import { type Cleaned, MADE_SUFFIX, RESTORED_PREFIX, type WorkflowState } from '../../model/verification';
import { instanceNameOf, isCluster, nameOf } from './look';
import type { StepPorts } from './ports';

/** Instances and mount targets are deleted in minutes; who waits longer than this waits in vain. */
const PATIENCE_MS = HOUR;

/** Removes what was made beside the restored resource, which AWS Backup removes itself, whatever became of the step that made it. */
export async function clean({ restoreJobId, test, cleaned }: WorkflowState, ports: StepPorts): Promise<Cleaned> {
  const sinceMs = cleaned?.sinceMs ?? ports.now();
  const arn = test?.createdArn;
  if (arn && isCluster(arn)) {
    return cleanInstance(nameOf(arn), { restoreJobId, sinceMs }, ports);
  }
  if (arn && isFileSystem(arn)) {
    return cleanMounts(nameOf(arn), { restoreJobId, sinceMs }, ports);
  }
  return { status: 'clean', sinceMs };
}

interface Cleaning {
  readonly restoreJobId: string;
  readonly sinceMs: number;
}

/** The instance of a cluster is looked for by its name, and goes only if its tag names this very test. */
async function cleanInstance(cluster: string, { restoreJobId, sinceMs }: Cleaning, ports: StepPorts): Promise<Cleaned> {
  const name = instanceNameOf(cluster);
  if (!name.startsWith(RESTORED_PREFIX) || !name.endsWith(MADE_SUFFIX)) {
    return { status: 'clean', sinceMs };
  }
  const found = await ports.instance(name);
  if (!found) {
    return { status: 'clean', sinceMs };
  }
  if (found.madeFor !== restoreJobId || found.cluster !== cluster) {
    return { status: 'stuck', reason: `instance ${name} bears no tag of this test, so it was left alone`, left: [name], sinceMs };
  }
  if (ports.now() - sinceMs > PATIENCE_MS) {
    return { status: 'stuck', reason: `instance ${name} is still ${found.words}`, left: [name], sinceMs };
  }
  if (!found.deleting) {
    await ports.deleteInstance(name);
  }
  return { status: 'waiting', reason: `instance ${name} is being deleted`, sinceMs };
}

/**
 * A check removes what it has mounted by, unless its function is ended before. Mount targets bear no tags, but a file system that was
 * just restored has none of its own; access points of others go with the file system.
 */
async function cleanMounts(fileSystem: string, { restoreJobId, sinceMs }: Cleaning, ports: StepPorts): Promise<Cleaned> {
  const mounts = await ports.mounts(fileSystem);
  const left = mounts.filter(({ kind, madeFor }) => kind === 'mount target' || madeFor === restoreJobId);
  const [first] = left;
  if (!first) {
    return { status: 'clean', sinceMs };
  }
  if (ports.now() - sinceMs > PATIENCE_MS) {
    return { status: 'stuck', reason: `${first.kind} ${first.id} is still ${first.words}`, left: left.map(({ id }) => id), sinceMs };
  }
  for (const mount of left.filter(({ removable }) => removable)) {
    await ports.removeMount(mount);
  }
  return { status: 'waiting', reason: `${first.kind} ${first.id} is being deleted`, sinceMs };
}

function isFileSystem(arn: string): boolean {
  return /^arn:[^:]+:elasticfilesystem:[^:]*:[^:]*:file-system\//.test(arn);
}
