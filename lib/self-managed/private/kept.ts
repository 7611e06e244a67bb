import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireDays, requireMs } from '../../core/private/known';
import { RetentionPolicy } from '../../core/retention-policy';
import type { KeepSettings } from '../../model/self-managed';
import { DAY } from '../../model/time';
import type { SelfManagedOptions } from '../self-managed-options';

/** What is kept for how long. */
export interface Kept {
  readonly keep: KeepSettings;
  readonly longestMs: number;
  readonly shortestMs: number;
}

const RUNGS: Readonly<Record<string, keyof KeepSettings>> = { Daily: 'dailyDays', Weekly: 'weeklyDays', Monthly: 'monthlyDays' };

/** What a retention policy means for backups that the keeper retires. */
export function keptBy(scope: IConstruct, { retention, tier }: Pick<SelfManagedOptions, 'retention' | 'tier'>): Kept {
  const policy = retention ?? tier?.retention ?? RetentionPolicy.standard();
  const recentMs = requireMs(scope, 'recent', policy.recent);
  const keep: Record<string, number> = { recentDays: Math.max(1, Math.ceil(recentMs / DAY)) };
  for (const { name, keep: span } of policy.rungs) {
    const property = RUNGS[name];
    if (property === undefined || keep[property] !== undefined) {
      throw new ConfigurationError(
        'RungNotKept',
        `'retention' has a rung '${name}'${property ? ' twice' : ''}, but backups of databases and files are kept by one daily, one weekly and one monthly rung: leave it out, and make what is kept for long monthly`,
        scope,
      );
    }
    keep[property] = requireDays(scope, 'keep', span) / DAY;
  }
  return { keep, longestMs: Math.max(...Object.values(keep)) * DAY, shortestMs: keep.recentDays * DAY };
}
