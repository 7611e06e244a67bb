import { HOUR } from '../../model/time';
import { type Cleaned, MADE_SUFFIX, RESTORED_PREFIX, type WorkflowState } from '../../model/verification';
import { instanceNameOf, isCluster, nameOf } from './look';
import type { StepPorts } from './ports';

/** Instances are deleted in minutes; who waits longer than this waits in vain. */
const PATIENCE_MS = HOUR;

/**
 * Removes what was made beside the restored resource, which AWS Backup removes itself. It is looked for by its name, so that it
 * is found whatever became of the step that made it, and goes only if its tag names this very test.
 */
export async function clean({ restoreJobId, test, cleaned }: WorkflowState, ports: StepPorts): Promise<Cleaned> {
  const sinceMs = cleaned?.sinceMs ?? ports.now();
  if (!test?.createdArn || !isCluster(test.createdArn)) {
    return { status: 'clean', sinceMs };
  }
  const cluster = nameOf(test.createdArn);
  const name = instanceNameOf(cluster);
  if (!name.startsWith(RESTORED_PREFIX) || !name.endsWith(MADE_SUFFIX)) {
    return { status: 'clean', sinceMs };
  }
  const found = await ports.instance(name);
  if (!found) {
    return { status: 'clean', sinceMs };
  }
  if (found.madeFor !== restoreJobId || found.cluster !== cluster) {
    return { status: 'stuck', reason: `instance ${name} bears no tag of this test, so it was left alone`, sinceMs };
  }
  if (ports.now() - sinceMs > PATIENCE_MS) {
    return { status: 'stuck', reason: `instance ${name} is still ${found.words}`, sinceMs };
  }
  if (!found.deleting) {
    await ports.deleteInstance(name);
  }
  return { status: 'waiting', reason: `instance ${name} is being deleted`, sinceMs };
}
