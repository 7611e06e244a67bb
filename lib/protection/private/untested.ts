import type { IConstruct } from 'constructs';
import { warn } from '../../core/private/problems';
import { abilitiesOf, type ResourceType } from '../../model/services';
import { STANDARD } from '../../model/tiers';
import { words } from '../../model/time';
import type { PromisedResource } from '../promised-resource';

/** A check that takes no more than this line, by what it is for. */
const CHECKS: Readonly<Partial<Record<ResourceType, string>>> = {
  RDS: 'foreignKeys',
  RDSCluster: 'foreignKeys',
  Aurora: 'foreignKeys',
  S3: 'objects',
  DynamoDB: 'items',
  EBS: 'volume',
  EC2: 'instance',
  EFS: 'files',
};

/** Warns where a restore time is promised, nobody tests whether it can be kept, and nobody has said that this is fine. */
export function warnOfUntested(scope: IConstruct, promised: readonly PromisedResource[]): void {
  const untested = promised.filter(
    ({ target, objective, checks, restoreTests }) =>
      checks.length === 0 &&
      restoreTests === undefined &&
      objective.rtoMs <= STANDARD.rtoMs &&
      abilitiesOf(target.type).restoreTesting !== undefined,
  );
  const [first] = untested;
  if (first) {
    const others = untested.length > 1 ? ` and ${untested.length - 1} more` : '';
    warn(
      scope,
      'RestoresNotTested',
      `nobody tests whether '${first.target.id}'${others} can be restored within ${words(first.objective.rtoMs)}: give 'checks' to protect(), such as DataCheck.${CHECKS[first.target.type] ?? 'custom'}(), or 'restoreTests: RestoreTests.weekly()', or RestoreTests.none() with a reason`,
    );
  }
}
