import { type FileCheckSpec, resultsOf } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, Unable } from '../checks/finding';
import type { MountPort } from './mount-port';

/** What is kept of the time to remove what was made: mount targets take minutes to go. */
const CLEAN_MS = 4 * 60_000;

/**
 * Lets a function in the isolated network mount the restored file system, asks it, and takes everything back: with a mount target left,
 * AWS Backup could not delete the file system. One file system at a time: whoever comes second waits.
 */
export async function checkMounted(port: MountPort, check: FileCheckSpec, context: CheckContext, cleanMs = CLEAN_MS): Promise<Finding> {
  const { input } = context;
  const fileSystemId = input.target.name;
  const late = () => context.leftMs() < cleanMs;
  let mounted: string | undefined;
  try {
    const mountable = await port.prepare(fileSystemId, input.test.restoreJobId);
    const { accessPointArn } = mountable;
    await until(port, 'the mount targets of the file system are not ready', late, () => port.ready(fileSystemId));
    await until(port, 'the function that reads files is busy with another file system', late, async () => {
      const { accessPointArn: other, settled, revision } = await port.mounted();
      const isFree = other === undefined || other === accessPointArn || (await port.isGone(other));
      return settled && isFree && (await port.mount(mountable, revision));
    });
    mounted = accessPointArn;
    await until(port, 'the function that reads files has not mounted the file system', late, async () => (await port.mounted()).settled);
    const answer = await inTime(port.look({ ...input, checks: [check] }), context.leftMs() - cleanMs);
    if ((await port.mounted()).accessPointArn !== accessPointArn) {
      throw new Unable('the function that reads files was given another file system meanwhile');
    }
    const group = { functionArn: '', checks: [check], baselines: {} };
    const [{ name: _name, kind: _kind, durationMs: _durationMs, ...finding }] = resultsOf([group], [{ answer }]);
    return finding;
  } finally {
    await clean(port, fileSystemId, mounted, () => context.leftMs() < 0);
  }
}

/** What cannot be removed makes the check unable, whatever it has found. */
async function clean(port: MountPort, fileSystemId: string, mounted: string | undefined, late: () => boolean): Promise<void> {
  await until(port, 'the function that reads files has not given the file system back', late, async () => {
    const { accessPointArn, settled, revision } = await port.mounted();
    if (mounted === undefined || accessPointArn !== mounted) {
      return true;
    }
    if (settled) {
      await port.mount(undefined, revision);
    }
    return false;
  });
  await until(port, 'the mount targets of the file system are not gone', late, () => port.remove(fileSystemId));
}

/** Looks again and again, and less often the longer it takes. */
async function until(port: MountPort, otherwise: string, late: () => boolean, holds: () => Promise<boolean>): Promise<void> {
  for (let pauseMs = port.stepMs / 10; !(await holds()); pauseMs = Math.min(port.stepMs, 2 * pauseMs)) {
    if (late()) {
      throw new Unable(otherwise);
    }
    await port.pause(pauseMs);
  }
}

async function inTime<T>(answer: Promise<T>, patienceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Unable('the files could not be read in time: give a smaller sample')), Math.max(0, patienceMs));
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}
