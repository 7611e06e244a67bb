import type { Finding } from '../../assessment';
import type { CopyFact } from '../../facts';
import { words } from '../../time';
import { type Store, storesOf } from './copy-count';
import { holds } from './lock-hold';
import type { Subject } from './subject';
import { plural } from './words';

/** Tests in a row that may be missed where nobody says. */
const ALLOWED_MISSES = 1;

/** Damage that nobody has noticed yet is copied as well: what cannot be changed has to last until it is. */
export function noticedFindings({ resource, copies, tests }: Subject): readonly Finding[] {
  const noticing = tests
    .filter((test) => test.checks > 0 && copies.some(({ id }) => id === test.copy))
    .map(({ everyMs, allowedMisses = ALLOWED_MISSES }) => ({ everyMs, allowedMisses, ms: everyMs * (1 + allowedMisses) }))
    .sort((a, b) => a.ms - b.ms || a.everyMs - b.everyMs)[0];
  if (noticing === undefined) {
    return [];
  }
  const { everyMs, allowedMisses, ms } = noticing;
  const why = `damage may go unnoticed for ${words(ms)} (the data is tested every ${words(everyMs)}, ${plural(allowedMisses, 'missed test', 'missed tests')} allowed)`;
  return storesOf(copies.filter(isLocked)).flatMap((store): Finding[] => {
    const { longest, shortest } = spanOf(store);
    const finding = (severity: Finding['severity'], { isLock }: Span, message: string): Finding[] => [
      {
        severity,
        code: 'NoticedTooLate',
        at: store[0].by,
        resource: resource.id,
        message: `'${resource.name}' has '${isLock ? 'lock' : 'keep'}' ${message}: ${isLock ? 'lock' : 'keep'} them ${words(ms)}, or test more often`,
      },
    ];
    const name = store[0].mechanism;
    const left = ({ isLock }: Span) => (isLock ? 'locked' : 'left');
    if (longest.ms < ms) {
      return finding('error', longest, `${words(longest.ms)} for ${name}, but ${why}, and by then none from before it is ${left(longest)}`);
    }
    return shortest.ms < ms
      ? finding(
          'warning',
          shortest,
          `${words(shortest.ms)} for the freshest of ${name}, but ${why}, and by then only older ones are ${left(shortest)}`,
        )
      : [];
  });
}

/** A replica counts only where its lock lasts as long as its objects do. */
function isLocked(copy: CopyFact): boolean {
  return copy.form === 'replica' ? holds(copy) : copy.immutable !== 'no';
}

/** How long states cannot be changed, and whether a lock that is shorter than they are kept says so. */
interface Span {
  readonly ms: number;
  readonly isLock: boolean;
}

/** How long states of a store cannot be changed; those of which that is not known may be kept forever. */
function spanOf(store: Store): { readonly longest: Span; readonly shortest: Span } {
  const longest = store.map(({ keptMs, lockedMs }) => span(keptMs, lockedMs));
  const shortest = store.map(({ shortestKeptMs, keptMs, lockedMs }) => span(shortestKeptMs ?? keptMs, lockedMs));
  return {
    longest: longest.reduce((one, other) => (other.ms > one.ms ? other : one)),
    shortest: shortest.reduce((one, other) => (other.ms < one.ms ? other : one)),
  };
}

function span(kept: CopyFact['keptMs'], locked: CopyFact['lockedMs']): Span {
  const keptMs = typeof kept === 'number' ? kept : Number.POSITIVE_INFINITY;
  return typeof locked === 'number' && locked < keptMs ? { ms: locked, isLock: true } : { ms: keptMs, isLock: false };
}
