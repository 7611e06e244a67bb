import type { Finding } from '../../assessment';
import type { CopyFact } from '../../facts';
import { words } from '../../time';
import { type Store, storesOf } from './copy-count';
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
  const remedy = `keep them ${words(ms)}, or test more often`;
  return storesOf(copies.filter(({ immutable }) => immutable !== 'no')).flatMap((store): Finding[] => {
    const finding = (severity: Finding['severity'], message: string): Finding[] => [
      {
        severity,
        code: 'NoticedTooLate',
        at: store[0].by,
        resource: resource.id,
        message: `'${resource.name}' has 'keep' ${message}: ${remedy}`,
      },
    ];
    const { longestMs, shortestMs } = spanOf(store);
    const name = store[0].mechanism;
    if (longestMs < ms) {
      return finding('error', `${words(longestMs)} for ${name}, but ${why}, and by then none from before it is left`);
    }
    return shortestMs < ms
      ? finding('warning', `${words(shortestMs)} for the freshest of ${name}, but ${why}, and by then only older ones are left`)
      : [];
  });
}

/** How long states of a store are kept; one of which that is not known may be kept forever. */
function spanOf(store: Store): { readonly longestMs: number; readonly shortestMs: number } {
  return {
    longestMs: Math.max(...store.map(({ keptMs }) => ms(keptMs))),
    shortestMs: Math.min(...store.map(({ shortestKeptMs, keptMs }) => ms(shortestKeptMs ?? keptMs))),
  };
}

function ms(kept: CopyFact['keptMs']): number {
  return typeof kept === 'number' ? kept : Number.POSITIVE_INFINITY;
}
