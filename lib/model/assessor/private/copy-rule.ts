import type { Finding } from '../../assessment';
import type { CopyRuleFact } from '../../facts';
import { copyObstacle } from '../../limits';
import type { Count } from './copy-count';
import type { Subject } from './subject';
import { plural } from './words';

/** What the demanded 3-2-1-1-0 rule still lacks, with the cheapest way to get each part. */
export function copyRuleFindings({ resource, objective }: Subject, counted: Count): readonly Finding[] {
  const rule = objective?.copyRule;
  if (objective === undefined || rule === undefined) {
    return [];
  }
  const finding = (severity: Finding['severity'], code: string, message: string): Finding => ({
    severity,
    code,
    at: objective.by,
    resource: resource.id,
    message: `'${resource.name}' ${message}`,
  });
  const obstacle = copyObstacle(resource.type, { otherRegion: true });
  const elsewhere = obstacle
    ? `${obstacle}, so replicate or export the data there`
    : "set 'recoveryRegion' to copy its recovery points there";
  return [
    ...short(rule, 'copies', counted.count.copies).map(({ want, have }) =>
      finding(
        'error',
        'TooFewCopies',
        `asks for ${plural(want, 'copy', 'copies')}, the resource included, but has ${have}: ${
          obstacle
            ? `${obstacle}, so replicate or export the data`
            : "copy its recovery points to one more vault, best in another Region ('recoveryRegion')"
        }`,
      ),
    ),
    ...short(rule, 'media', counted.count.media).map(({ want, have }) =>
      finding(
        'error',
        'TooFewMedia',
        `asks for ${plural(want, 'medium', 'media')}, but has ${have}: add recovery points of AWS Backup, a replica or an export, whichever is missing`,
      ),
    ),
    ...short(rule, 'offSite', counted.count.offSite).map(({ want, have }) =>
      have + counted.perhapsOffSite >= want
        ? finding(
            'warning',
            'PromiseUnknown',
            `asks for ${plural(want, 'copy', 'copies')} in another Region, but which Region is known only at deploy time: give stacks an explicit 'env'`,
          )
        : finding(
            'error',
            'NoCopyOffSite',
            `asks for ${plural(want, 'copy', 'copies')} in another Region, but has ${have}${sameRegion(counted)}: ${elsewhere}`,
          ),
    ),
    ...short(rule, 'immutable', counted.locked).map(({ want, have }) =>
      finding(
        'error',
        'NoImmutableCopy',
        `asks for ${plural(want, 'immutable copy', 'immutable copies')}, but has ${have}: lock a vault; a governance lock costs nothing and can be lifted`,
      ),
    ),
    ...(rule.verified && counted.untested.length > 0
      ? [
          finding(
            'error',
            'UnverifiedCopies',
            `asks for a restore test of every copy, but ${counted.untested.join(', ')} ${counted.untested.length === 1 ? 'has' : 'have'} none: add restore tests where they lie`,
          ),
        ]
      : []),
  ];
}

function short(rule: CopyRuleFact, part: 'copies' | 'media' | 'offSite' | 'immutable', have: number): { want: number; have: number }[] {
  const want = rule[part];
  return want !== undefined && have < want ? [{ want, have }] : [];
}

/** A copy in the same Region is not off-site, whatever else it is. */
function sameRegion({ count }: Count): string {
  const near = count.copies - 1 - count.offSite;
  return near > 0 ? ` (${near} more in its own Region)` : '';
}
