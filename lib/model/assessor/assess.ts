import type { Assessment, DisruptionVerdict, Finding, ResourceAssessment } from '../assessment';
import { DISRUPTIONS } from '../disruption';
import type { Fact, StatefulResource } from '../facts';
import { contradictionsOf, strayFindings } from './private/contradictions';
import { type Count, countOf } from './private/copy-count';
import { copyRuleFindings } from './private/copy-rule';
import { coverageOf, type Unprotected } from './private/coverage';
import { likenessOf } from './private/likeness';
import { noticedFindings } from './private/noticed';
import { promiseFindings } from './private/promises';
import { bookOf, ofKind, ordered, type Subject } from './private/subject';
import { verdictOf } from './private/verdict';

/** How strict the assessment is. */
export interface AssessOptions {
  /** What becomes of a stateful resource that is neither protected nor excluded. */
  readonly unprotected: Unprotected;
}

/**
 * Judges what constructs have recorded: whether every promise is kept in every disruption, how many copies there are,
 * which resources nobody protects and what contradicts itself. The order of facts makes no difference.
 */
export function assess(facts: readonly Fact[], stateful: readonly StatefulResource[], options: AssessOptions): Assessment {
  const book = bookOf(facts);
  const told = book.subjects.filter(
    ({ objective, copies, impossible }) => objective !== undefined || copies.length + impossible.length > 0,
  );
  const judged = told.map(judgeWith(new Map()));
  const { coverage, findings } = coverageOf(book, stateful, options.unprotected);
  const concerns = ofKind(facts, 'concern').map(
    ({ severity, code, by, resource, message }): Finding => ({ severity, code, at: by, resource, message }),
  );
  return {
    resources: judged.map(({ assessment }) => assessment),
    coverage,
    findings: sorted([
      ...judged.flatMap((subject) => subject.findings),
      ...book.subjects.flatMap(contradictionsOf),
      ...book.subjects.flatMap(noticedFindings),
      ...strayFindings(book),
      ...findings,
      ...concerns,
    ]),
  };
}

interface Judgement {
  readonly disruptions: readonly DisruptionVerdict[];
  readonly counted: Count;
}

/** Resources that differ by nothing but their name share one judgement: a large app has hundreds of them. */
function judgeWith(known: Map<string, Judgement>) {
  return (subject: Subject): { readonly assessment: ResourceAssessment; readonly findings: readonly Finding[] } => {
    const likeness = likenessOf(subject);
    const judgement = known.get(likeness) ?? {
      disruptions: DISRUPTIONS.map((disruption) => verdictOf(subject, disruption)),
      counted: countOf(subject),
    };
    known.set(likeness, judgement);
    return told(subject, judgement);
  };
}

function told(subject: Subject, { disruptions, counted }: Judgement) {
  const { resource, objective } = subject;
  return {
    assessment: {
      id: resource.id,
      name: resource.name,
      label: resource.label,
      place: resource.place,
      tier: objective?.tier,
      rpoMs: objective?.rpoMs,
      rtoMs: objective?.rtoMs,
      disruptions,
      copies: counted.count,
    },
    findings: [...disruptions.flatMap((verdict) => promiseFindings(subject, verdict)), ...copyRuleFindings(subject, counted)],
  };
}

/** Errors first, each once. */
function sorted(findings: readonly Finding[]): readonly Finding[] {
  const unique = new Map(
    findings.map((finding) => [JSON.stringify([finding.severity, finding.code, finding.at, finding.message]), finding]),
  );
  return ordered([...unique.values()], ({ severity, at, code }) => `${severity}\n${at}\n${code}`);
}
