import type { CopyFact, ExclusionFact, Fact, FailoverFact, ObjectiveFact, ResourceFact, RestoreTestFact } from '../../facts';

/** A resource with everything that is known about it. */
export interface Subject {
  readonly resource: ResourceFact;
  /** The promise that is judged; left out where nobody promised anything. */
  readonly objective?: ObjectiveFact;
  /** Promises beside the one that is judged. */
  readonly rivals: readonly ObjectiveFact[];
  /** Copies that are really made, in the order of their ids. */
  readonly copies: readonly CopyFact[];
  readonly impossible: readonly CopyFact[];
  readonly tests: readonly RestoreTestFact[];
  /** Sites that take over, in the order of their Regions. */
  readonly failovers: readonly FailoverFact[];
}

/** All facts by the resource that they are about. */
export interface FactBook {
  readonly subjects: readonly Subject[];
  readonly exclusions: ReadonlyMap<string, readonly ExclusionFact[]>;
  /** Facts about resources that nobody recorded. */
  readonly stray: readonly (ObjectiveFact | CopyFact | RestoreTestFact | FailoverFact)[];
}

export function bookOf(facts: readonly Fact[]): FactBook {
  const resources = group(ofKind(facts, 'resource'), ({ id }) => id);
  const objectives = group(ofKind(facts, 'objective'), ({ resource }) => resource);
  const copies = group(ofKind(facts, 'copy'), ({ resource }) => resource);
  const tests = group(ofKind(facts, 'restore-test'), ({ resource }) => resource);
  const failovers = group(ofKind(facts, 'failover'), ({ resource }) => resource);
  const subjects = [...resources.entries()].map(([id, versions]): Subject => {
    const [objective, ...rivals] = ordered(objectives.get(id) ?? [], ({ by }) => by);
    const all = settled(copies.get(id) ?? []);
    return {
      resource: ordered(versions, ({ name }) => name)[0],
      objective,
      rivals: rivals.filter((rival) => promiseOf(rival) !== promiseOf(objective)),
      copies: all.filter(({ impossible }) => impossible === undefined),
      impossible: all.filter(({ impossible }) => impossible !== undefined),
      tests: tests.get(id) ?? [],
      failovers: ordered(failovers.get(id) ?? [], ({ region }) => region),
    };
  });
  const strays = <T>(groups: ReadonlyMap<string, readonly T[]>) =>
    [...groups].flatMap(([id, members]) => (resources.has(id) ? [] : members));
  return {
    subjects: ordered(subjects, ({ resource }) => resource.name),
    exclusions: group(ofKind(facts, 'exclusion'), ({ resource }) => resource),
    stray: [...strays(objectives), ...strays(copies), ...strays(tests), ...strays(failovers)],
  };
}

/**
 * Several sources may tell of one copy: two plans of what the service itself does, or a plan and the construct that replicates.
 * Of what one mechanism does the surest words hold; what two mechanisms tell differently are two copies.
 */
function settled(copies: readonly CopyFact[]): readonly CopyFact[] {
  const surest = [...group(copies, ({ id, by }) => `${id}\n${by}`).values()].map((told) =>
    told.length === 1 ? told[0] : ordered(told, doubtOf)[0],
  );
  return ordered(surest, ({ id }) => id);
}

/** The less, the surer: what cannot be made at all, then how many claims are open, then how many of their terms are estimates. */
function doubtOf({ impossible, staleness, restore }: CopyFact): string {
  const open = [staleness, restore].filter(({ length }) => length === 0).length;
  const estimated = [...staleness, ...restore].filter(({ basis }) => basis === 'estimated').length;
  return `${impossible === undefined ? 1 : 0} ${open} ${String(estimated).padStart(4, '0')}`;
}

/** Sorts by a text and, where texts are equal, by the whole of the items. */
export function ordered<T>(items: readonly T[], textOf: (item: T) => string): readonly T[] {
  const keyed = items.map((item) => ({ item, text: textOf(item) }));
  const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return keyed.sort((a, b) => compare(a.text, b.text) || compare(JSON.stringify(a.item), JSON.stringify(b.item))).map(({ item }) => item);
}

export function ofKind<K extends Fact['kind']>(facts: readonly Fact[], kind: K): readonly Extract<Fact, { readonly kind: K }>[] {
  return facts.filter((fact): fact is Extract<Fact, { readonly kind: K }> => fact.kind === kind);
}

function group<T>(facts: readonly T[], keyOf: (fact: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const fact of facts) {
    const members = groups.get(keyOf(fact));
    if (members) {
      members.push(fact);
    } else {
      groups.set(keyOf(fact), [fact]);
    }
  }
  return groups;
}

/** What an objective promises, whoever promised it. */
function promiseOf({ rpoMs, rtoMs, survives, copyRule }: ObjectiveFact): string {
  const demands = survives.map(({ disruption, rpoMs, rtoMs }) => `${disruption} ${rpoMs} ${rtoMs}`).sort();
  return JSON.stringify([rpoMs, rtoMs, demands, Object.entries(copyRule ?? {}).sort()]);
}
