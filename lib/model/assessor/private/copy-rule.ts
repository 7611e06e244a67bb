import type { Finding } from '../../assessment';
import type { CopyRuleFact } from '../../facts';
import type { Away, Count } from './copy-count';
import { oneMore, toAccount, toAirGap, toLock, toMedia, toRegion } from './remedies';
import type { Subject } from './subject';
import { plural } from './words';

/** What the demanded 3-2-1-1-0 rule still lacks, with the cheapest way to get each part. */
export function copyRuleFindings({ resource, objective, copies }: Subject, counted: Count): readonly Finding[] {
  const rule = objective?.copyRule;
  if (objective === undefined || rule === undefined) {
    return [];
  }
  const { count, offSite, otherAccount, locked, untested } = counted;
  const finding = (severity: Finding['severity'], code: string, message: string): Finding => ({
    severity,
    code,
    at: objective.by,
    resource: resource.id,
    message: `'${resource.name}' ${message}`,
  });
  const lacking = (part: CountedPart, have: number, code: string, message: (want: number) => string): readonly Finding[] => {
    const want = rule[part];
    return want !== undefined && have < want ? [finding('error', code, `asks for ${message(want)}`)] : [];
  };
  const away = (part: 'offSite' | 'otherAccount', code: string, place: AwayWords, have: Away): readonly Finding[] => {
    const want = rule[part] ?? 0;
    if (have.counted >= want) {
      return [];
    }
    const asked = `asks for ${plural(want, 'copy', 'copies')} in another ${place.what}`;
    return have.counted + have.perhaps >= want
      ? [finding('warning', 'PromiseUnknown', `${asked}, but ${place.unknown}`)]
      : [
          finding(
            'error',
            code,
            `${asked}, but has ${have.counted}${aside(place.what, count.copies, have)}: ${remedyOf(want, have, place)}`,
          ),
        ];
  };
  const immutable = (): readonly Finding[] => {
    const want = rule.immutable ?? 0;
    const asked = `asks for ${plural(want, 'immutable copy', 'immutable copies')}`;
    const { counted, perhaps, short } = locked;
    if (counted >= want) {
      return [];
    }
    return counted + perhaps >= want
      ? [
          finding(
            'warning',
            'PromiseUnknown',
            `${asked}, but how long ${perhaps === 1 ? 'its lock lasts' : 'their locks last'} is known only at deploy time: give plain values`,
          ),
        ]
      : [
          finding(
            'error',
            'NoImmutableCopy',
            `${asked}, but has ${counted}${short.map((words) => `; ${words}`).join('')}: ${toLock(resource)}`,
          ),
        ];
  };
  return [
    ...lacking(
      'copies',
      count.copies,
      'TooFewCopies',
      (want) => `${plural(want, 'copy', 'copies')}, the resource included, but has ${count.copies}: ${oneMore(resource)}`,
    ),
    ...lacking(
      'media',
      count.media,
      'TooFewMedia',
      (want) =>
        `${plural(want, 'medium', 'media')}, but has ${count.media} (the storage of a service is one, replicas included): ${toMedia(resource, new Set(copies.map(({ medium }) => medium)), want - count.media)}`,
    ),
    ...away('offSite', 'NoCopyOffSite', { what: 'Region', unknown: UNKNOWN.region, remedy: toRegion(resource) }, offSite),
    ...away(
      'otherAccount',
      'NoCopyInOtherAccount',
      { what: 'account', unknown: UNKNOWN.account, remedy: toAccount(resource) },
      otherAccount,
    ),
    ...immutable(),
    ...lacking(
      'airGapped',
      count.airGapped,
      'NoAirGappedCopy',
      (want) => `${plural(want, 'air-gapped copy', 'air-gapped copies')}, but has ${count.airGapped}: ${toAirGap(resource)}`,
    ),
    ...(rule.verified && untested.length > 0
      ? [
          finding(
            'error',
            'UnverifiedCopies',
            `asks for a restore test of every copy, but ${untested.join(', ')} ${untested.length === 1 ? 'has' : 'have'} none: add restore tests where they lie`,
          ),
        ]
      : []),
  ];
}

type CountedPart = Exclude<keyof CopyRuleFact, 'verified' | 'offSite' | 'otherAccount' | 'immutable'>;

interface AwayWords {
  readonly what: 'Region' | 'account';
  readonly unknown: string;
  readonly remedy: string;
}

const UNKNOWN = {
  region: "which Region is known only at deploy time: give stacks an explicit 'env'",
  account: "which account, or whose key, is not known at synth: give stacks an explicit 'env' and an imported vault its 'encryptionKeyArn'",
};

/** A copy in the same Region is not off-site, whatever else it is; neither is one whose key is there. */
function aside(what: string, copies: number, { counted, perhaps, bound }: Away): string {
  const near = copies - 1 - counted - perhaps - bound.length;
  return [...(near > 0 ? [` (${near} more in its own ${what})`] : []), ...bound.map((words) => `; ${words}`)].join('');
}

/** A key of its own is cheaper than a copy more. */
function remedyOf(want: number, { counted, bound }: Away, { what, remedy }: AwayWords): string {
  const own = `give ${bound.length === 1 ? 'its vault or replica a key of its own' : 'their vaults or replicas keys of their own'} in that ${what}`;
  return bound.length === 0 ? remedy : counted + bound.length >= want ? own : `${own}, and ${remedy}`;
}
