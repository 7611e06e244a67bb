import type { Finding } from '../../assessment';
import type { CopyFact } from '../../facts';

import { words } from '../../time';
import { claimOf, gradeOf } from './grade';
import { holdOf } from './lock-hold';
import type { FactBook, Subject } from './subject';
import { sumWords } from './words';

/** What does not fit together in the facts about one resource. */
export function contradictionsOf(subject: Subject): readonly Finding[] {
  const { resource, objective, rivals, copies, impossible, tests } = subject;
  const ids = new Set([...copies, ...impossible].map(({ id }) => id));
  return [
    ...rivals.map(
      (rival): Finding => ({
        severity: 'error',
        code: 'ConflictingObjectives',
        at: rival.by,
        resource: resource.id,
        message:
          `'${resource.name}' is promised 'rpo' ${words(rival.rpoMs)} and 'rto' ${words(rival.rtoMs)} here, but '${objective!.by}' promises ` +
          `'rpo' ${words(objective!.rpoMs)} and 'rto' ${words(objective!.rtoMs)} in other terms: protect it once`,
      }),
    ),
    ...impossible.map(
      (copy): Finding => ({
        severity: 'error',
        code: 'ImpossibleCopy',
        at: copy.by,
        resource: resource.id,
        message: `'${resource.name}' counts on ${copy.mechanism}, but it is never made because ${copy.impossible}: protect it without that copy, and replicate or export the data instead`,
      }),
    ),
    ...copies.flatMap((copy) => {
      const expired = expiry(subject, copy);
      return expired.length > 0 ? expired : unlocked(subject, copy);
    }),
    ...tests
      .filter(({ copy }) => !ids.has(copy))
      .map(
        ({ copy }): Finding => ({
          severity: 'error',
          code: 'UnknownCopy',
          at: objective?.by ?? resource.id,
          resource: resource.id,
          message: `'${resource.name}' has a restore test of '${copy}', but no such copy: test one of ${listed([...ids])}`,
        }),
      ),
  ];
}

/** Facts about a resource that nobody recorded. */
export function strayFindings({ stray }: FactBook): readonly Finding[] {
  return stray.map((fact): Finding => {
    const [thing, at] =
      fact.kind === 'objective'
        ? ['an objective', fact.by]
        : fact.kind === 'copy'
          ? [fact.mechanism, fact.by]
          : fact.kind === 'failover'
            ? ['a site that takes over', fact.by]
            : [`a restore test of '${fact.copy}'`, fact.resource];
    return {
      severity: 'error',
      code: 'UnknownResource',
      at,
      resource: fact.resource,
      message: `'${fact.resource}' has ${thing}, but nothing of this application or its imports is known by that name: record the resource first`,
    };
  });
}

/** A recovery point has to outlive the arrival of the next one, else there are times without any. */
function expiry({ resource }: Subject, { by, mechanism, form, staleness, shortestKeptMs }: CopyFact): readonly Finding[] {
  const next = claimOf(staleness);
  if (form !== 'points' || next === undefined || shortestKeptMs === undefined || shortestKeptMs === 'forever') {
    return [];
  }
  const grade = gradeOf(next, shortestKeptMs);
  if (grade !== 'broken' && grade !== 'doubtful') {
    return [];
  }
  return [
    {
      severity: grade === 'broken' ? 'error' : 'warning',
      code: 'ExpiresBeforeNext',
      at: by,
      resource: resource.id,
      message:
        `'${resource.name}': 'keep' of ${mechanism} is ${words(shortestKeptMs)}, but the next recovery point may be usable only ` +
        `after ${words(next.ms)} (${sumWords(next.terms)}), and until then there is none: keep them longer or shorten the schedule`,
    },
  ];
}

/** A lock has to outlive the arrival of the next one as well, else there are times when all of them can be deleted. */
function unlocked({ resource }: Subject, copy: CopyFact): readonly Finding[] {
  const { by, mechanism, form, staleness, lockedMs } = copy;
  const next = claimOf(staleness);
  const hold = holdOf(copy);
  if (form !== 'points' || next === undefined || typeof lockedMs !== 'number' || (hold !== 'short' && hold !== 'doubtful')) {
    return [];
  }
  const weight = hold === 'short' ? 'so that they do not count as immutable' : 'which is only known by an estimate';
  return [
    {
      severity: 'warning',
      code: 'LockEndsBeforeNext',
      at: by,
      resource: resource.id,
      message:
        `'${resource.name}': 'lock' of ${mechanism} is ${words(lockedMs)}, but the next one may be usable only after ${words(next.ms)} ` +
        `(${sumWords(next.terms)}), and until then none is locked, ${weight}: lock them longer or shorten the schedule`,
    },
  ];
}

function listed(ids: readonly string[]): string {
  return ids.length === 0 ? 'its copies, once it has any' : ids.map((id) => `'${id}'`).join(', ');
}
