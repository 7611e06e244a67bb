import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { differ } from '../../model/differ';
import type { ConcernFact, CopyFact, Fact, RestoreTestFact } from '../../model/facts';
import { checkEligiblePoints, checkValidationWindow, type Problem } from '../../model/limits';
import { MINUTE, sumMs } from '../../model/time';
import { traitsOf } from '../../vault/private/traits';
import { RecoveryPointType } from '../recovery-point-type';
import type { TestRhythm } from './test-rhythm';
import type { TestedResource } from './tested-resources';
import { CLEAN_MS, everyMs } from './verified-resources';

/** How long it takes until something restored can be used: a restored Aurora cluster first gets an instance. */
const USABLE_MS = { usual: 15 * MINUTE, aurora: 45 * MINUTE } as const;

/** Which copies are tested how often, and what of it cannot be kept. */
export function testFacts(site: {
  readonly by: string;
  readonly facts: readonly Fact[];
  readonly vault: IBackupVaultRef;
  readonly resources: readonly TestedResource[];
  /** How many checks of a resource are made there. */
  checksOf(resource: string): number;
}): readonly Fact[] {
  const { vaultName = site.vault.node.path, region } = traitsOf(site.vault);
  const inVault = new Map<string, CopyFact[]>();
  for (const fact of site.facts) {
    if (fact.kind === 'copy' && fact.medium === 'backup' && fact.impossible === undefined && fact.form !== 'replica') {
      if (fact.place.container === vaultName && !differ(fact.place.region, region)) {
        inVault.set(fact.resource, [...(inVault.get(fact.resource) ?? []), fact]);
      }
    }
  }
  return site.resources.flatMap(({ target, rhythms }) => {
    const copies = inVault.get(target.id) ?? [];
    const about = { by: site.by, resource: target.id };
    const problems = rhythms.flatMap((rhythm) => [
      windowProblem(target.id, target.type === 'Aurora', rhythm),
      ...eligible(copies, rhythm).map((copy) => pointProblem(target.id, copy, rhythm)),
    ]);
    return [
      ...rhythms.flatMap((rhythm) => eligible(copies, rhythm).flatMap((copy) => testOf(copy, rhythm, site.checksOf(target.id)))),
      ...(copies.length > 0 ? [] : [{ kind: 'concern', ...about, ...NOTHING(target.id, vaultName) } satisfies ConcernFact]),
      ...problems.filter((problem) => problem !== undefined).map((problem): ConcernFact => ({ kind: 'concern', ...about, ...problem })),
    ];
  });
}

const NOTHING = (id: string, vault: string): Problem => ({
  code: 'NothingToRestore',
  severity: 'warning',
  message: `'${id}' has no recovery points in vault ${vault}, so that AWS Backup silently leaves it out of restore tests: test it where its recovery points are`,
});

function eligible(copies: readonly CopyFact[], { recoveryPoints: { types } }: TestRhythm): readonly CopyFact[] {
  return copies.filter(({ form }) => types.includes(form === 'continuous' ? RecoveryPointType.CONTINUOUS : RecoveryPointType.SNAPSHOT));
}

function testOf({ resource, id: copy }: CopyFact, rhythm: TestRhythm, checks: number): readonly RestoreTestFact[] {
  const every = everyMs(rhythm);
  return every === undefined ? [] : [{ kind: 'restore-test', resource, copy, everyMs: every, checks }];
}

function pointProblem(id: string, copy: CopyFact, { recoveryPoints: { window, algorithm } }: TestRhythm): Problem | undefined {
  return window.isUnresolved() || copy.form === 'continuous'
    ? undefined
    : checkEligiblePoints({
        of: `'${id}' (${copy.mechanism})`,
        windowMs: window.toMilliseconds(),
        oldestMs: copy.staleness.length > 0 ? sumMs(copy.staleness) : undefined,
        keptMs: copy.shortestKeptMs,
        random: algorithm.startsWith('RANDOM'),
      });
}

function windowProblem(id: string, aurora: boolean, { validationWindow }: TestRhythm): Problem | undefined {
  return validationWindow.isUnresolved()
    ? undefined
    : checkValidationWindow(`'${id}'`, validationWindow.toMilliseconds(), CLEAN_MS + (aurora ? USABLE_MS.aurora : USABLE_MS.usual));
}
