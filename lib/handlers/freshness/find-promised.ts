import {
  type BackupSelection,
  type ConfiguredCopy,
  type ConfiguredPlan,
  filtersFor,
  kindOf,
  listedArns,
  searches,
  searchesOf,
  selected,
} from '../../model/freshness';
import type { Databases } from './databases';
import { inWords } from './in-words';
import type { Database, Ports } from './ports';

/** A resource that a plan promises to keep, with the places where it has to be. */
export interface PromisedResource {
  readonly plan: ConfiguredPlan;
  readonly arn: string;
  readonly copies: readonly ConfiguredCopy[];
  /** Since when it is promised, where anything tells. */
  readonly sinceMs?: number;
  readonly database?: Database;
}

/** What a plan promises, as far as it could be read. */
export interface Promises {
  readonly resources: readonly PromisedResource[];
  /** What is wrong with the plan itself: with all of its places. */
  readonly problems: readonly PromiseProblem[];
}

/** Something that is true of a whole plan, or of a resource in all places. */
export interface PromiseProblem {
  readonly resource: string;
  readonly verdict: 'missing' | 'unknown';
  readonly reason: string;
}

interface Selected {
  sinceMs?: number;
  /** Named by its ARN, not found by a search. */
  readonly listed: boolean;
}

/** Asks AWS Backup what the selections of a plan have, whoever has changed them since they were deployed. */
export async function findPromised(plan: ConfiguredPlan, ports: Ports, databases: Databases): Promise<Promises> {
  const region = plan.region ?? ports.region;
  const resources = new Map<string, Selected>();
  const problems: PromiseProblem[] = [];
  const problem = (verdict: PromiseProblem['verdict'], reason: string, resource = `plan ${plan.name}`) =>
    problems.push({ resource, verdict, reason });
  try {
    const { plans, selections } = await readSelections(plan, region, ports, resources);
    if (plans === 0) {
      problem('missing', `no backup plan of this name is in ${region}: nothing is backed up`);
    } else if (selections === 0) {
      problem('missing', 'has no selection: nothing is backed up');
    }
  } catch (error) {
    problem('unknown', `what it selects cannot be read: ${inWords(error)}`);
  }
  const needed = [...resources].some(([arn, how]) => needsDatabase(plan, arn, how));
  let known: ReadonlyMap<string, Database> | Error = new Map();
  if (needed) {
    known = await databases.in(region).catch((error: unknown) => new Error(inWords(error)));
  }
  const promised: PromisedResource[] = [];
  for (const [arn, how] of resources) {
    if (known instanceof Error && needsDatabase(plan, arn, how)) {
      problem('unknown', `databases cannot be described: ${known.message}`, arn);
      continue;
    }
    const database = known instanceof Error ? undefined : known.get(arn);
    if (database?.member && !how.listed) {
      continue;
    }
    const copies = copiesOf(plan, arn, database);
    if (copies) {
      promised.push({ plan, arn, copies, sinceMs: how.sinceMs ?? database?.createdMs, database });
    } else {
      problem('unknown', 'is of a type of which the plan was not known to promise anything when it was deployed', arn);
    }
  }
  return { resources: promised, problems };
}

/** Fills `resources` while it reads, so that what was read before a failure is known. */
async function readSelections(plan: ConfiguredPlan, region: string, ports: Ports, resources: Map<string, Selected>) {
  let [plans, selections] = [0, 0];
  const filters = filtersFor(new Set(plan.promises.flatMap(({ types }) => types)));
  for await (const ids of ports.planIds(region, plan.name)) {
    for (const id of ids) {
      plans++;
      for await (const page of ports.selections(region, id)) {
        selections += page.length;
        for (const selection of page) {
          addListed(selection, resources);
          await addFound(selection, region, filters, ports, resources);
        }
      }
    }
  }
  return { plans, selections };
}

function addListed(selection: BackupSelection, resources: Map<string, Selected>): void {
  const { createdMs } = selection;
  for (const arn of listedArns(selection)) {
    const earlierMs = resources.get(arn)?.sinceMs;
    const sinceMs = earlierMs === undefined || (createdMs !== undefined && createdMs < earlierMs) ? createdMs : earlierMs;
    resources.set(arn, { listed: true, sinceMs });
  }
}

async function addFound(
  selection: BackupSelection,
  region: string,
  filters: readonly string[],
  ports: Ports,
  resources: Map<string, Selected>,
): Promise<void> {
  for (const tags of searches(selection) && filters.length > 0 ? searchesOf(selection) : []) {
    for await (const page of ports.taggedResources(region, filters, tags)) {
      for (const resource of page) {
        if (!resources.has(resource.arn) && kindOf(resource.arn) && selected(selection, resource)) {
          resources.set(resource.arn, { listed: false });
        }
      }
    }
  }
}

/** Whether only the API of databases tells what has to be known: the engine, the latest restorable time, whose member it is. */
function needsDatabase(plan: ConfiguredPlan, arn: string, { listed }: Selected): boolean {
  const kind = kindOf(arn);
  if (!kind?.filter.startsWith('rds:')) {
    return false;
  }
  if (plan.services?.some(({ type }) => kind.types.includes(type))) {
    return true;
  }
  const promises = plan.promises.filter(({ types }) => types.some((type) => kind.types.includes(type)));
  return !listed || promises.length > 1 || promises.some(({ copies }) => copies.some(({ continuous }) => continuous));
}

/** Where a resource has to be; where its type cannot be told, only what is promised for each that it may be of. */
function copiesOf(plan: ConfiguredPlan, arn: string, database: Database | undefined): readonly ConfiguredCopy[] | undefined {
  const types = database ? [database.type] : (kindOf(arn)?.types ?? []);
  const [first, ...others] = plan.promises.filter((promise) => promise.types.some((type) => types.includes(type)));
  return others.reduce<readonly ConfiguredCopy[] | undefined>((common, { copies }) => common && inBoth(common, copies), first?.copies);
}

function inBoth(one: readonly ConfiguredCopy[], other: readonly ConfiguredCopy[]): readonly ConfiguredCopy[] {
  return one.flatMap((copy) => {
    const same = other.find(({ vault, continuous }) => vault === copy.vault && continuous === copy.continuous);
    if (!same) {
      return [];
    }
    const { thresholdMs: _own, rpoMs: _relied, ...place } = copy;
    return [
      {
        ...place,
        ...both('thresholdMs', copy.thresholdMs, same.thresholdMs),
        ...both('rpoMs', copy.rpoMs, same.rpoMs),
      },
    ];
  });
}

/** The longer of two spans, where both are known. */
function both<K extends 'thresholdMs' | 'rpoMs'>(name: K, one: number | undefined, other: number | undefined): { [P in K]?: number } {
  return one === undefined || other === undefined ? {} : ({ [name]: Math.max(one, other) } as { [P in K]: number });
}
