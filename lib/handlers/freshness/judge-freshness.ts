import {
  type ConfiguredCopy,
  type FirstBackup,
  type FreshnessConfig,
  graceMs,
  type Judgement,
  judge,
  kindOf,
  Tally,
} from '../../model/freshness';
import { type ContinuousState, continuousBuckets } from './continuous-buckets';
import { Databases } from './databases';
import { findPromised, type PromisedResource } from './find-promised';
import { firstBackupsOf } from './first-backups';
import { inWords } from './in-words';
import { judgePlan } from './judge-plan';
import { judgeServices } from './judge-services';
import { type Newest, newestPoints } from './newest-points';
import { Places } from './places';
import type { Ports } from './ports';
import { judgePulse } from './pulse';

/** Thrown once all is published: a watcher that could not look has failed, whatever else it saw. */
export class CannotLookError extends Error {
  public override readonly name = 'CannotLookError';
}

/** Everything that one vault was asked for; an error where it gave no whole answer. */
type Answer<T> = ReadonlyMap<string, T> | Error;

/**
 * Looks for the newest usable recovery point of everything that is promised, in each of its places, and publishes what it
 * finds.
 * @throws CannotLookError where something could not be looked at, after all else is published
 */
export async function judgeFreshness(config: FreshnessConfig, ports: Ports): Promise<void> {
  const tally = new Tally((line) => ports.write(line));
  const places = new Places(config, ports.region);
  const promised: PromisedResource[] = [];
  const databases = new Databases(ports);
  for (const plan of config.plans) {
    const promises = await findPromised(plan, ports, databases);
    promised.push(...promises.resources);
    for (const judged of await judgePlan(plan, promises, places, ports)) {
      tally.add(judged);
    }
  }
  const points = await perVault(config, promised, isPoints, (vault, wanted) => newestPoints(ports, places.address(vault), wanted));
  const buckets = await perVault(config, promised, isBucket, (vault, wanted) =>
    continuousBuckets(ports, places.address(vault), new Set(wanted.keys())),
  );
  const jobs = await firstBackupsOf(
    ports,
    promised.filter(({ arn, copies }) => isBare(arn, copies, points)),
  );

  for (const one of promised) {
    for (const copy of one.copies) {
      const seen = { points: points.get(copy.vault), buckets: buckets.get(copy.vault), firstBackup: jobs.get(one.arn) };
      tally.add({
        protection: one.plan.label,
        place: places.name(copy),
        resource: one.arn,
        judgement: judgeCopy(one, copy, seen, ports.now()),
        thresholdMs: copy.thresholdMs,
        rpoMs: copy.rpoMs,
      });
    }
  }
  for (const plan of config.plans) {
    for (const judged of await judgeServices(plan, promised, places, ports)) {
      tally.add(judged);
    }
  }
  for (const [index, vault] of config.vaults.entries()) {
    if (vault.pulseMs !== undefined) {
      tally.add(await judgePulse(ports, places.address(index), vault.pulseMs));
    }
  }
  tally.publish(config.watch, ports.now());
  const unknown = tally.count('unknown');
  if (unknown > 0) {
    throw new CannotLookError(`${unknown} could not be looked at, so nobody knows whether they are fresh: the log says which, and why`);
  }
}

interface Seen {
  readonly points?: Answer<Newest>;
  readonly buckets?: Answer<ContinuousState>;
  readonly firstBackup?: FirstBackup | Error;
}

function judgeCopy({ arn, sinceMs, database }: PromisedResource, copy: ConfiguredCopy, seen: Seen, nowMs: number): Judgement {
  const about = { nowMs, thresholdMs: copy.thresholdMs, rpoMs: copy.rpoMs, promisedSinceMs: sinceMs };
  if (isPoints(arn, copy)) {
    const { points, firstBackup } = seen;
    const error = [points, firstBackup].find((answer) => answer instanceof Error);
    return error
      ? { verdict: 'unknown', reason: error.message }
      : judge({ ...about, ...(points as ReadonlyMap<string, Newest>).get(arn), firstBackup: firstBackup as FirstBackup | undefined });
  }
  return isBucket(arn, copy) ? judgeBucket(arn, seen, judge(about)) : judge({ ...about, newestMs: database?.latestRestorableMs });
}

function judgeBucket(arn: string, { buckets }: Seen, without: Judgement): Judgement {
  if (buckets instanceof Error) {
    return { verdict: 'unknown', reason: buckets.message };
  }
  switch (buckets?.get(arn)) {
    case 'running':
      return { verdict: 'unjudged', reason: 'its continuous backup runs, and no API tells up to which second' };
    case 'stopped':
      return { verdict: 'stale', reason: 'its continuous backup is stopped' };
    default:
      return without;
  }
}

/** Whether every vault that should have a recovery point of a resource was looked into, and none has. */
function isBare(arn: string, copies: readonly ConfiguredCopy[], points: ReadonlyMap<number, Answer<Newest>>): boolean {
  const places = copies.filter((copy) => isPoints(arn, copy)).map(({ vault }) => points.get(vault));
  return places.length > 0 && places.every((answer) => !(answer instanceof Error) && !answer?.has(arn));
}

function isPoints(_arn: string, { continuous }: ConfiguredCopy): boolean {
  return !continuous;
}

function isBucket(arn: string, { continuous }: ConfiguredCopy): boolean {
  return continuous === true && kindOf(arn)?.filter === 's3';
}

/** Asks each vault once for all that is promised to be in it, by ARN with the shortest age that anybody expects. */
async function perVault<T>(
  { vaults }: FreshnessConfig,
  promised: readonly PromisedResource[],
  concerns: (arn: string, copy: ConfiguredCopy) => boolean,
  ask: (vault: number, wanted: ReadonlyMap<string, number>) => Promise<ReadonlyMap<string, T>>,
): Promise<ReadonlyMap<number, Answer<T>>> {
  const answers = vaults.map(async (_vault, index): Promise<readonly [number, Answer<T>]> => {
    const wanted = new Map<string, number>();
    for (const { arn, copies } of promised) {
      for (const { thresholdMs } of copies.filter((copy) => copy.vault === index && concerns(arn, copy))) {
        wanted.set(arn, Math.min(wanted.get(arn) ?? Number.POSITIVE_INFINITY, graceMs(thresholdMs)));
      }
    }
    const answer = wanted.size === 0 ? new Map<string, T>() : ask(index, wanted);
    return [index, await Promise.resolve(answer).catch((error: unknown) => new Error(`the vault cannot be listed: ${inWords(error)}`))];
  });
  return new Map(await Promise.all(answers));
}
