import { warn } from '../../core/private/problems';
import { DrillMode } from '../drill-mode';
import type { RecoverySite } from '../recovery-site';
import type { ArrangedDrill } from './arranged-drill';
import type { BoundData } from './bound-data';

/** Warns where a rehearsal would restore nothing: it would look at what runs anyway, and prove little. */
export function warnOfEmptyRehearsals(sites: readonly RecoverySite[], drills: readonly ArrangedDrill[]): void {
  if (!drills.some(({ mode }) => mode === DrillMode.REHEARSAL)) {
    return;
  }
  for (const { _data, _stack, region } of sites.filter(({ isActive }) => !isActive)) {
    const items = [..._data];
    if (items.length > 0 && !items.some(([, item]) => isRestored(item))) {
      warn(
        _stack,
        'NothingRehearsed',
        `a rehearsal at ${region} restores nothing of ${items.map(([name]) => `'${name}'`).join(', ')} and only looks whether they can be used: take DrillMode.SWITCHOVER, have the Protection of them test restores, or acknowledge this`,
      );
    }
  }
}

/** As the agent does it. */
function isRestored({ kind, type }: BoundData): boolean {
  return kind === 'rds-replica' || (kind === 'recovery-points' && (type === 'RDS' || type === 'DynamoDB'));
}
