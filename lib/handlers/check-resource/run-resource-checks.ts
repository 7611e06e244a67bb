import { setMaxListeners } from 'node:events';
import type { CheckInput, CheckOutput } from '../../model/verification';
import { type CheckContext, CheckRun, type Clock } from '../checks/check-run';
import { type Finding, Unable } from '../checks/finding';
import { withinRoom } from '../checks/within-room';
import { expectedOf } from './expected-of';
import type { CheckOf, ResourceCheck } from './resource-check';

/** Looks at one thing; whatever it throws means that it could not look. */
export type Checker<C extends ResourceCheck = ResourceCheck> = (check: C, context: CheckContext) => Promise<Finding>;

/** Who looks, by kind of check. */
export type Checkers = { readonly [K in ResourceCheck['kind']]: Checker<CheckOf<K>> };

/** What AWS Backup has to have restored for a check to make sense; an address may be that of anything. */
const TYPES: Readonly<Partial<Record<ResourceCheck['kind'], readonly string[]>>> = {
  objects: ['S3'],
  items: ['DynamoDB'],
  volume: ['EBS', 'EC2'],
  instance: ['EC2'],
  files: ['EFS'],
};

/**
 * Runs all checks at once, so that one which never ends takes no time from another. Each gets exactly one result, in their order, and
 * none passes that could not look to the end.
 */
export async function runResourceChecks(
  input: CheckInput,
  clock: Clock,
  checkers: (signal: AbortSignal) => Checkers,
): Promise<CheckOutput> {
  const run = new CheckRun<ResourceCheck>(input, clock, { expectedOf, inWords });
  // every request listens
  setMaxListeners(0, run.signal);
  const known = checkers(run.signal);
  const resultOf = (check: ResourceCheck) =>
    run.resultOf(check, async (context) => {
      requireInput(input, check);
      return checkerOf(known, check)(check, context);
    });
  try {
    return { results: withinRoom(await Promise.all(run.checks.map(resultOf))) };
  } finally {
    run.stop();
  }
}

function requireInput({ test, target }: CheckInput, { kind }: ResourceCheck): void {
  if (!test || !target?.arn || !target.name) {
    throw new Unable('the input does not say what was restored');
  }
  const types = Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined;
  if (types && !types.includes(target.resourceType)) {
    throw new Unable(`the check is for ${types.join(' or ')}, but ${target.resourceType} was restored`);
  }
}

function checkerOf(checkers: Checkers, check: ResourceCheck): Checker {
  if (!Object.hasOwn(checkers, check?.kind)) {
    throw new Unable(`this function knows no checks of kind '${check?.kind}'`);
  }
  return checkers[check.kind] as Checker;
}

function inWords(error: unknown): string {
  return `the check itself failed: ${error instanceof Error ? error.name : 'unknown error'}`;
}
