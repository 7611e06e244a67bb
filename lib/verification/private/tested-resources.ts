import type { IFunctionRef } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { DatabaseCredentials } from '../../core/database-credentials';
import { ConfigurationError } from '../../core/private/errors';
import { warn } from '../../core/private/problems';
import type { RestoreCheck } from '../../core/restore-check';
import type { ObjectiveFact } from '../../model/facts';
import { labelOf, type ResourceType } from '../../model/services';
import { type CheckSpec, checkerOf } from '../../model/verification';
import type { PromisedResource } from '../../protection/promised-resource';
import type { Target } from '../../services/service';
import { credentialsFor } from '../check-credentials';
import { checkedOf, requireFit } from '../check-fit';
import type { DataCheck } from '../data-check';
import type { RestoreTests } from '../restore-tests';
import { requireTestable, restoredTypeOf } from './split-selections';
import type { TestRhythm } from './test-rhythm';

/** A resource whose restores are tested, with what they are held to. */
export interface TestedResource {
  readonly target: Target;
  readonly objective: ObjectiveFact;
  readonly specs: readonly CheckSpec[];
  /** Functions of the user, by the name of their check. */
  readonly handlers: ReadonlyMap<string, IFunctionRef>;
  readonly credentials?: DatabaseCredentials;
  readonly rhythms: readonly TestRhythm[];
}

/** Types that AWS Backup only restores where it is told a directory or a virtual machine of the user's. */
const BY_HAND: readonly ResourceType[] = ['FSxWindows', 'FSxONTAP', 'FSxOpenZFS'];

/**
 * What is tested of all that a Protection has promised: what has checks, what somebody asked for, and where the verification was made by hand,
 * everything that can be.
 */
export function testedResources(
  scope: IConstruct,
  promised: readonly PromisedResource[],
  { usual, everything }: { readonly usual: RestoreTests; readonly everything: boolean },
): readonly TestedResource[] {
  const byHand = promised.filter(({ target }) => BY_HAND.includes(target.type));
  if (byHand.length > 0 && everything) {
    warn(
      scope,
      'RestoreTestByHand',
      `'${byHand.map(({ target }) => target.id).join("', '")}' is not restored for tests, because ${labelOf(byHand[0].target.type)} needs to be told where: write a RestoreTestingPlan with RestoreMetadata for it`,
    );
  }
  return promised.flatMap((one) => {
    const { target, objective, credentials } = one;
    const given = one.restoreTests as RestoreTests | undefined;
    const checks = one.checks.map((check) => asDataCheck(scope, check));
    if (checks.length > 0) {
      requireTestable(scope, target);
      refuseWithoutTests(scope, one, given);
    }
    const wanted = checks.length > 0 || given !== undefined || everything;
    const testable = restoredTypeOf(target.type) !== undefined && (checks.length > 0 || !BY_HAND.includes(target.type));
    const rhythms = wanted && testable ? rhythmsOf(given ?? usual, given !== undefined, checks) : [];
    if (rhythms.length === 0) {
      return [];
    }
    const specs = checks.map(({ _spec }) => _spec);
    requireFit(scope, checkedOf(target), specs);
    const reads = specs.some((spec) => checkerOf(spec) === 'sql');
    return [
      {
        target,
        objective,
        specs,
        handlers: new Map(checks.flatMap(({ checkName, _handler }) => (_handler ? [[checkName, _handler] as const] : []))),
        credentials: reads ? credentialsFor(scope, target, credentials) : credentials,
        rhythms,
      },
    ];
  });
}

/** When a resource is restored: as was said, and besides whenever a check brings a rhythm of its own. */
function rhythmsOf(tests: RestoreTests, said: boolean, checks: readonly DataCheck[]): readonly TestRhythm[] {
  const own = checks.map(({ _tests }) => _tests?._rhythm);
  const general = said || checks.length === 0 || own.includes(undefined) ? [tests._rhythm] : [];
  const rhythms = [...general, ...own].filter((rhythm) => rhythm !== undefined);
  return [...new Map(rhythms.map((rhythm) => [rhythmKey(rhythm), rhythm])).values()];
}

/** Equal for equal rhythms. */
export function rhythmKey({ name, schedule, timeZone, recoveryPoints, startWindow, validationWindow }: TestRhythm): string {
  const { algorithm, window, types } = recoveryPoints;
  const spans = [window, startWindow, validationWindow].map((span) => `${span}`);
  return JSON.stringify([name, schedule, timeZone?.timezoneName, algorithm, types, ...spans]);
}

function asDataCheck(scope: IConstruct, check: RestoreCheck): DataCheck {
  if ((check as Partial<DataCheck>)._spec === undefined) {
    throw new ConfigurationError('InvalidCheck', `'checks' has '${check.checkName}', which is no DataCheck: make it with DataCheck`, scope);
  }
  return check as DataCheck;
}

function refuseWithoutTests(scope: IConstruct, { target }: PromisedResource, given: RestoreTests | undefined): void {
  if (given !== undefined && given._rhythm === undefined) {
    throw new ConfigurationError(
      'ChecksWithoutTests',
      `'checks' of '${target.id}' never run, because 'restoreTests' says that restores are not tested (${given.reason}): leave either out`,
      scope,
    );
  }
}
