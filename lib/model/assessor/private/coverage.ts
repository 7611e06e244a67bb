import type { Coverage, Finding } from '../../assessment';
import type { ExclusionFact, StatefulResource } from '../../facts';
import { abilitiesOf } from '../../services';
import { type FactBook, ordered } from './subject';

/** What becomes of a stateful resource that is neither protected nor excluded. */
export type Unprotected = 'warn' | 'error' | 'ignore';

/** Sorts every stateful resource into protected, excluded and unprotected, with what is wrong about it. */
export function coverageOf(
  book: FactBook,
  stateful: readonly StatefulResource[],
  unprotected: Unprotected,
): { readonly coverage: Coverage; readonly findings: readonly Finding[] } {
  const safe = new Map(
    book.subjects
      .filter(({ objective, copies }) => objective !== undefined || copies.some(({ form }) => form !== 'replica'))
      .map(({ resource: { id, name, type, label } }) => [id, { id, name, type, label }]),
  );
  const found = new Map(stateful.map((resource) => [resource.id, resource]));
  const open = [...found.values()].filter(({ id }) => !safe.has(id));
  const excluded = open.flatMap((resource) => {
    const exclusion = firstOf(book.exclusions.get(resource.id));
    return exclusion ? [{ ...resource, reason: exclusion.reason }] : [];
  });
  const bare = open.filter(({ id }) => !book.exclusions.has(id));
  return {
    coverage: { protected: byName([...safe.values()]), excluded: byName(excluded), unprotected: byName(bare) },
    findings: [
      ...[...book.exclusions.values()].flatMap((exclusions) =>
        exclusions.flatMap((exclusion) => exclusionFindings(exclusion, safe, found)),
      ),
      ...(unprotected === 'ignore' ? [] : bare.map((resource) => unprotectedFinding(resource, unprotected))),
    ],
  };
}

function exclusionFindings(
  { resource, by, reason, implied }: ExclusionFact,
  safe: ReadonlyMap<string, StatefulResource>,
  found: ReadonlyMap<string, StatefulResource>,
): readonly Finding[] {
  const name = (safe.get(resource) ?? found.get(resource))?.name ?? resource;
  const finding = (severity: Finding['severity'], code: string, message: string): Finding => ({
    severity,
    code,
    at: by,
    resource,
    message: `'${name}' ${message}`,
  });
  return [
    ...(safe.has(resource) && !implied
      ? [finding('error', 'ExcludedButProtected', 'is excluded here, but it is protected too: take out the exclusion or the protection')]
      : []),
    ...(reason.trim() === ''
      ? [finding('error', 'ExclusionWithoutReason', "is excluded with an empty 'reason': say why its data may be lost")]
      : []),
    ...(safe.has(resource) || found.has(resource)
      ? []
      : [finding('warning', 'UnknownExclusion', 'is excluded, but it holds no data that is known here: take out the exclusion')]),
  ];
}

function unprotectedFinding({ id, name, type, label }: StatefulResource, unprotected: 'warn' | 'error'): Finding {
  const remedy = abilitiesOf(type).awsBackup
    ? 'protect it, or exclude it with a reason by RecoveryCoverage.of(...).exclude()'
    : 'AWS Backup does not protect this type, so back it up by other means, or exclude it with a reason by RecoveryCoverage.of(...).exclude()';
  return {
    severity: unprotected === 'warn' ? 'warning' : 'error',
    code: 'Unprotected',
    at: id,
    resource: id,
    message: `'${name}' (${label}) holds data that nothing protects: ${remedy}`,
  };
}

function firstOf(exclusions: readonly ExclusionFact[] | undefined): ExclusionFact | undefined {
  return ordered(exclusions ?? [], ({ by }) => by)[0];
}

function byName<T extends StatefulResource>(resources: readonly T[]): readonly T[] {
  return ordered(resources, ({ name }) => name);
}
