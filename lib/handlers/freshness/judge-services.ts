import { type ConfiguredPlan, type ConfiguredService, type Judged, type Judgement, judge, kindOf } from '../../model/freshness';
import type { PromisedResource } from './find-promised';
import { inBatches } from './in-batches';
import { inWords } from './in-words';
import { isReplicated, type Places } from './places';
import type { Ports, ReplicatedBackup } from './ports';

/** What a service says of one resource: up to when it can be restored, or why it cannot. */
type Seen = { readonly newestMs?: number } | { readonly lacks: string } | Error;

/** Judges what services keep by themselves of the resources of a plan, in each Region where they keep it. */
export async function judgeServices(
  plan: ConfiguredPlan,
  promised: readonly PromisedResource[],
  places: Places,
  ports: Ports,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const service of plan.services ?? []) {
    const resources = promised.filter((one) => one.plan === plan && isOf(one, service));
    const seen = resources.length === 0 ? new Map<string, Seen>() : await see(plan, service, resources, ports);
    const about = { protection: plan.label, place: places.service(plan, service), thresholdMs: service.thresholdMs, rpoMs: service.rpoMs };
    for (const [resource, judgement] of verdicts(service, resources, seen, ports.now())) {
      judged.push({ ...about, resource, judgement });
    }
  }
  return judged;
}

function isOf({ arn, database }: PromisedResource, { type }: ConfiguredService): boolean {
  return database ? database.type === type : kindOf(arn)?.types.includes(type) === true;
}

async function see(
  { region: home }: ConfiguredPlan,
  { type, region }: ConfiguredService,
  resources: readonly PromisedResource[],
  ports: Ports,
): Promise<ReadonlyMap<string, Seen>> {
  const where = region ?? home ?? ports.region;
  if (type === 'DynamoDB') {
    return seeTables(resources, where, ports);
  }
  if (!isReplicated(type, region)) {
    return new Map(
      resources.map(({ arn, database }) => [arn, database ? { newestMs: database.latestRestorableMs } : { lacks: 'does not exist' }]),
    );
  }
  const backups = await replicatedBackups(where, ports).catch((error: unknown) => new Error(`cannot be listed: ${inWords(error)}`));
  return new Map(
    resources.map(({ arn }) => {
      const backup = backups instanceof Error ? backups : backups.get(arn);
      return [arn, backup instanceof Error ? backup : { newestMs: backup?.latestRestorableMs }];
    }),
  );
}

async function seeTables(resources: readonly PromisedResource[], region: string, ports: Ports): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  await inBatches(resources, async ({ arn }) => {
    const name = arn.slice(arn.indexOf('/') + 1);
    const recovery = await ports
      .tableRecovery(region, name)
      .catch((error: unknown) => new Error(`its recovery cannot be read: ${inWords(error)}`));
    if (recovery === undefined || recovery instanceof Error) {
      seen.set(arn, recovery ?? { lacks: `does not exist in ${region}` });
    } else {
      seen.set(arn, recovery.isOn ? { newestMs: recovery.latestRestorableMs } : { lacks: 'has its point-in-time recovery turned off' });
    }
  });
  return seen;
}

/** An instance may have old backups beside those that go on: the newest counts. */
async function replicatedBackups(region: string, ports: Ports): Promise<ReadonlyMap<string, ReplicatedBackup>> {
  const newest = new Map<string, ReplicatedBackup>();
  for await (const page of ports.replicatedBackups(region)) {
    for (const backup of page) {
      const known = newest.get(backup.of);
      if (known === undefined || (backup.latestRestorableMs ?? 0) > (known.latestRestorableMs ?? 0)) {
        newest.set(backup.of, backup);
      }
    }
  }
  return newest;
}

/** Where a plan has more resources of a type than were promised it, only their number tells that one lacks it. */
function verdicts(
  { count, thresholdMs, rpoMs }: ConfiguredService,
  resources: readonly PromisedResource[],
  seen: ReadonlyMap<string, Seen>,
  nowMs: number,
): readonly (readonly [string, Judgement])[] {
  const judged = resources.map(({ arn, sinceMs }): readonly [string, Judgement] => {
    const one = seen.get(arn);
    if (one instanceof Error) {
      return [arn, { verdict: 'unknown', reason: one.message }];
    }
    if (one === undefined || 'lacks' in one) {
      return [arn, { verdict: 'missing', reason: one?.lacks ?? 'was not looked at' }];
    }
    return [arn, judge({ nowMs, thresholdMs, rpoMs, newestMs: one.newestMs, promisedSinceMs: sinceMs })];
  });
  const lacking = judged.filter(([, { verdict }]) => verdict === 'missing' || verdict === 'awaited');
  const excess = resources.length - count;
  if (excess <= 0 || lacking.length === 0) {
    return judged;
  }
  const others = judged.filter((one) => !lacking.includes(one));
  const short = lacking.length - excess;
  const reason = `${short} more than the app says have none; those without begin with ${lacking[0][0]}`;
  return short <= 0 ? others : [...others, [`${short} of ${resources.length} resources`, { verdict: 'missing', reason }]];
}
