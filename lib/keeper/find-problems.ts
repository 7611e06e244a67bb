import { access, constants } from 'node:fs/promises';
import type { Finding } from '../model/self-managed';
import type { Engine, KeeperContext } from './engine';
import { freeBytes } from './free-bytes';
import { Refused } from './refused';
import { inScratch } from './scratch';

/** Less free than this, and something other than a backup will soon fail, too. */
const LOW_BYTES = 2 ** 30;

/** Looks at all that a backup needs, tells each finding, and throws where one of them is a problem. */
export async function findProblems(engine: Engine, context: KeeperContext): Promise<readonly Finding[]> {
  const { settings, repository, tell, now } = context;
  const findings: Finding[] = [];
  const add = (finding: Finding) => {
    findings.push(finding);
    tell('finding', { ...finding });
  };
  add(await roomIn(settings.scratch));
  add(
    await repository.manifests().then(
      ({ readable: [newest], unreadable }) => lastBackup(newest && now() - newest.consistentMs, unreadable),
      (error) => ({
        what: 'repository',
        state: 'problem',
        found: `${settings.repository.bucket} cannot be read: ${(error as Error).message}`,
      }),
    ),
  );
  if (findings[0].state !== 'problem') {
    const found = await inScratch(settings.scratch, settings.source, (folder) => engine.doctor({ ...context, folder })).catch((error) => [
      { what: 'server', state: 'problem' as const, found: (error as Error).message },
    ]);
    for (const finding of found) {
      add(finding);
    }
  }
  const problems = findings.filter(({ state }) => state === 'problem');
  if (problems.length > 0) {
    throw new Refused('look', problems.map(({ what, found }) => `${what}: ${found}`).join('; '));
  }
  return findings;
}

async function roomIn(scratch: string): Promise<Finding> {
  try {
    await access(scratch, constants.W_OK | constants.X_OK);
    const free = await freeBytes(scratch);
    return { what: 'scratch', state: free < LOW_BYTES ? 'warning' : 'fine', found: `${scratch} has ${free} bytes free` };
  } catch (error) {
    return { what: 'scratch', state: 'problem', found: `${scratch} cannot be written to: ${(error as Error).message}` };
  }
}

function lastBackup(ageMs: number | undefined, unreadable: readonly string[]): Finding {
  if (unreadable.length > 0) {
    return { what: 'repository', state: 'warning', found: `manifests cannot be read: ${unreadable.slice(0, 5).join(', ')}` };
  }
  return ageMs === undefined
    ? { what: 'repository', state: 'warning', found: 'there is no backup yet: make one' }
    : { what: 'repository', state: 'fine', found: `the newest backup is ${Math.round(ageMs / 60_000)} minutes old` };
}
