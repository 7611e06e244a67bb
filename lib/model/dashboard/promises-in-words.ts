import type { ResourceAssessment } from '../assessment';
import type { ObjectiveFact } from '../facts';
import { words } from '../time';

/** Lines of a dashboard that nobody reads to the end help nobody. */
const MOST_ROWS = 30;

/** A table in Markdown: what each protection promises, and what is claimed for the worst of its resources. */
export function promisesInWords(objectives: readonly ObjectiveFact[], resources: readonly ResourceAssessment[]): readonly string[] {
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  const groups = new Map<string, ObjectiveFact[]>();
  for (const objective of objectives) {
    const key = JSON.stringify([objective.by, objective.rpoMs, objective.rtoMs]);
    groups.set(key, [...(groups.get(key) ?? []), objective]);
  }
  const rows = [...groups.values()].map((group) => rowOf(group, byId));
  return [
    '| Protection | Resources | RPO promised | RPO at worst | RTO promised | RTO expected | Restore times |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.slice(0, MOST_ROWS),
    ...(rows.length > MOST_ROWS ? [`| and ${rows.length - MOST_ROWS} more | | | | | | |`] : []),
  ];
}

function rowOf(group: readonly ObjectiveFact[], byId: ReadonlyMap<string, ResourceAssessment>): string {
  const [{ by, rpoMs, rtoMs }] = group;
  const verdicts = group
    .flatMap(({ resource }) => byId.get(resource)?.disruptions ?? [])
    .filter(({ outcome }) => outcome !== 'not-promised');
  const worst = (claims: readonly (number | undefined)[]): string => {
    const known = claims.filter((ms) => ms !== undefined);
    return known.length === 0 || known.length < claims.length ? 'unknown' : words(Math.max(...known));
  };
  const tested = verdicts.filter(({ test }) => test !== undefined).length;
  return `| ${[
    by,
    group.length,
    words(rpoMs),
    worst(verdicts.map(({ rpo }) => rpo?.ms)),
    words(rtoMs),
    worst(verdicts.map(({ rto }) => rto?.ms)),
    tested > 0 ? 'see the restore tests' : 'not measured: nothing is restored as a test',
  ].join(' | ')} |`;
}
