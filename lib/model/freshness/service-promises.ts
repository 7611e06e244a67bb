import type { DisruptionVerdict, ResourceAssessment } from '../assessment';
import type { CopyFact, Fact, ResourceFact } from '../facts';
import type { ResourceType } from '../services';
import type { PlanWatch, PromisedCopy, ServicePromise, UnseenCopies } from './plan-watch';
import { thresholdMs } from './threshold';

/** What the record of a stage says, as far as a watch needs it. */
export interface OnRecord {
  readonly facts: readonly Fact[];
  readonly resources: readonly ResourceAssessment[];
  /** Whether an alarm tells how old a copy is, or that it is not made. */
  readonly hasAlarm: (copy: CopyFact) => boolean;
}

/** Types whose own point-in-time recovery an API tells the end of. */
const RECOVERABLE: ReadonlySet<ResourceType> = new Set(['DynamoDB', 'RDS', 'Aurora', 'RDSCluster', 'DocumentDB', 'Neptune'] as const);

/** Types of which an API tells the end of what another Region has, too. */
const RECOVERABLE_ELSEWHERE: ReadonlySet<ResourceType> = new Set(['DynamoDB', 'RDS'] as const);

/**
 * A plan with all that is promised to its resources besides recovery points: what services keep by themselves, copies that
 * neither the watch nor an alarm measures, and the RPO that relies on each.
 */
export function withServices(plan: PlanWatch, { facts, resources, hasAlarm }: OnRecord): PlanWatch {
  const typeOf = new Map(facts.filter((fact): fact is ResourceFact => fact.kind === 'resource').map(({ id, type }) => [id, type]));
  const copies = unique(facts.filter((fact): fact is CopyFact => fact.kind === 'copy' && fact.impossible === undefined));
  const made = copies.filter(({ by, medium }) => by === plan.by && medium === 'backup');
  const members = new Set(made.map(({ resource }) => resource));
  const rpos = rposOf(resources);
  const services = new Map<string, ServicePromise>();
  const unseen = new Map<string, UnseenCopies>();
  for (const copy of copies.filter(({ resource, medium }) => medium !== 'backup' && members.has(resource))) {
    const type = typeOf.get(copy.resource);
    const region = copy.beside || copy.place.region === plan.place.region ? undefined : copy.place.region;
    if (type !== undefined && isMeasured(plan, type, copy)) {
      const key = JSON.stringify([type, region ?? null]);
      services.set(key, slower({ type, region, staleness: copy.staleness, count: 1, rpoMs: rpos(copy) }, services.get(key)));
    } else if (!hasAlarm(copy)) {
      const place = `${copy.place.region ?? 'unknown Region'}/${copy.medium === 'export' ? 'exports' : 'live copies'}`;
      unseen.set(place, { place, count: (unseen.get(place)?.count ?? 0) + 1 });
    }
  }
  const promises = plan.promises.map(({ type, copies: places }) => ({
    type,
    copies: places.map((place) => {
      const rpoMs = least(made.filter((copy) => typeOf.get(copy.resource) === type && isSame(copy, place)).map(rpos));
      return rpoMs === undefined ? place : { ...place, rpoMs };
    }),
  }));
  return {
    ...plan,
    promises,
    ...(services.size > 0 ? { services: [...services.values()] } : {}),
    ...(unseen.size > 0 ? { unseen: [...unseen.values()] } : {}),
  };
}

/** A plan and the construct of a live copy tell the same copy. */
function unique(copies: readonly CopyFact[]): readonly CopyFact[] {
  return [
    ...new Map(copies.map((copy) => [JSON.stringify([copy.resource, copy.medium === 'backup' ? copy.by : null, copy.id]), copy])).values(),
  ];
}

function isMeasured({ place: { account } }: PlanWatch, type: ResourceType, { form, medium, beside, place }: CopyFact): boolean {
  if (form !== 'continuous' || medium !== 'service') {
    return false;
  }
  const isElsewhere = place.region !== undefined && (place.account === undefined || place.account === account);
  return beside ? RECOVERABLE.has(type) : isElsewhere && RECOVERABLE_ELSEWHERE.has(type);
}

/** Whoever has the largest claim decides, so that nothing is called stale too early. */
function slower(one: ServicePromise, other: ServicePromise | undefined): ServicePromise {
  if (other === undefined) {
    return one;
  }
  const [first, second] = [one, other].map(({ staleness }) => thresholdMs(staleness, 'continuous', 0) ?? Number.POSITIVE_INFINITY);
  const { staleness } = first > second ? one : other;
  return { ...one, staleness, count: one.count + other.count, rpoMs: least([one.rpoMs, other.rpoMs]) };
}

/** The strictest RPO of the disruptions that a copy is what brings the data back after. */
function rposOf(resources: readonly ResourceAssessment[]): (copy: CopyFact) => number | undefined {
  const promised = new Map<string, number>();
  for (const { id, disruptions } of resources) {
    for (const { copy, objective } of disruptions.filter(isPromised)) {
      const key = JSON.stringify([id, copy]);
      promised.set(key, Math.min(promised.get(key) ?? Number.POSITIVE_INFINITY, objective.rpoMs));
    }
  }
  return ({ resource, id }) => promised.get(JSON.stringify([resource, id]));
}

function isPromised(verdict: DisruptionVerdict): verdict is DisruptionVerdict & Required<Pick<DisruptionVerdict, 'copy' | 'objective'>> {
  return verdict.copy !== undefined && verdict.objective !== undefined;
}

function isSame(fact: CopyFact, { place, form }: PromisedCopy): boolean {
  const { region, container } = fact.place;
  return fact.form === form && container === place.container && (place.region === undefined || region === place.region);
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
