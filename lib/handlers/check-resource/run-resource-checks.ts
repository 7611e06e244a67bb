import { setMaxListeners } from 'node:events';
import { type CheckInput, type CheckOutput, type CheckResult, MAX_DETAILS } from '../../model/verification';
import { type Finding, Unable, unable } from '../sql/finding';
import { type CheckContext, type Clock, unless } from '../sql/run-checks';
import { firstOf } from '../sql/words';
import { expectedOf } from './expected-of';
import type { CheckOf, ResourceCheck } from './resource-check';

/** Looks at one thing; whatever it throws means that it could not look. */
export type Checker<C extends ResourceCheck = ResourceCheck> = (check: C, context: CheckContext) => Promise<Finding>;

/** Who looks, by kind of check. */
export type Checkers = { readonly [K in ResourceCheck['kind']]: Checker<CheckOf<K>> };

/** What is kept of the time to answer in: this much, or a tenth of a short one. */
const RESERVE_MS = 10_000;

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
  if (!Array.isArray(input?.checks)) {
    throw new Error("the input has no list of 'checks'");
  }
  const remainingMs = clock.remainingMs();
  const patienceMs = remainingMs - Math.min(RESERVE_MS, remainingMs / 10);
  const endMs = clock.now() + patienceMs;
  const over = new AbortController();
  // every request listens
  setMaxListeners(0, over.signal);
  const timer = setTimeout(() => over.abort(), patienceMs);
  if (!(patienceMs > 0)) {
    over.abort();
  }
  const known = checkers(over.signal);
  const run = async (check: ResourceCheck): Promise<CheckResult> => {
    const startMs = clock.now();
    const baseline = Object.hasOwn(input.baselines ?? {}, check?.name) ? input.baselines[check.name] : undefined;
    const context = { input, baseline, signal: over.signal, leftMs: () => endMs - clock.now() };
    const finding = await unless(over.signal, async () => {
      requireInput(input, check);
      return checkerOf(known, check)(check, context);
    }).catch((error) => unable(inWords(error)));
    return resultOf(check, finding, clock.now() - startMs);
  };
  try {
    return { results: await Promise.all((input.checks as readonly ResourceCheck[]).map(run)) };
  } finally {
    clearTimeout(timer);
    over.abort();
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
  return error instanceof Unable ? error.message : `the check itself failed: ${error instanceof Error ? error.name : 'unknown error'}`;
}

function resultOf(check: ResourceCheck, { expected, details, ...finding }: Finding, durationMs: number): CheckResult {
  return {
    name: check?.name,
    kind: check?.kind,
    expected: expected ?? wordsOf(check),
    ...finding,
    durationMs,
    ...(details?.length ? { details: firstOf(details, MAX_DETAILS) } : {}),
  };
}

/** A check that lacks what it needs cannot even be put in words. */
function wordsOf(check: ResourceCheck): string {
  try {
    return expectedOf(check);
  } catch {
    return 'a check with all that its kind needs';
  }
}
