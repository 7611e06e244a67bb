import * as fc from 'fast-check';
import { backupId, type KeepSettings, type RetainedBackup, retired } from '../../../lib/model/self-managed';
import { DAY } from '../../../lib/model/time';

const NOW = Date.UTC(2026, 10, 24, 2);

/** A backup that was made so many days ago. */
function made(daysAgo: number, kind: RetainedBackup['kind'] = 'full', base?: RetainedBackup): RetainedBackup {
  const consistentMs = NOW - daysAgo * DAY;
  return { id: backupId(consistentMs, daysAgo / 10_000), kind, consistentMs, ...(base ? { base: base.id } : {}) };
}

const daysGone = (backups: readonly RetainedBackup[], keep: KeepSettings) => {
  const ids = new Set(retired(backups, keep, NOW));
  return backups.filter(({ id }) => ids.has(id)).map(({ consistentMs }) => (NOW - consistentMs) / DAY);
};
const days = (count: number) => Array.from({ length: count }, (_, daysAgo) => made(daysAgo));

describe('what is not kept any more', () => {
  test('is what is older than the days that daily backups are kept, to the millisecond', () => {
    expect(daysGone(days(34), { dailyDays: 30 })).toEqual([31, 32, 33]);
    const last = made(30);
    const late = { ...made(30), id: 'x', consistentMs: last.consistentMs - 1 };
    expect(retired([made(0), late], { dailyDays: 30 }, NOW)).toEqual(['x']);
    expect(retired([made(0), last], { dailyDays: 30 }, NOW)).toEqual([]);
  });

  test('is nothing of the last days, whatever their period', () => {
    expect(daysGone([made(1), made(1.05), made(2), made(2.05)], { recentDays: 2, dailyDays: 30 })).toEqual([2.05]);
  });

  test('is all but the newest of a day', () => {
    const twice = [made(1), made(1.05), made(2)];
    expect(daysGone(twice, { dailyDays: 30 })).toEqual([1.05]);
  });

  test('is all but the newest of a week, and of a month, beyond the days of daily ones', () => {
    const kept = (keep: KeepSettings) => {
      const gone = new Set(daysGone(days(70), keep));
      return days(70).flatMap((_, daysAgo) => (gone.has(daysAgo) ? [] : [new Date(NOW - daysAgo * DAY).toISOString().slice(0, 10)]));
    };
    // Sundays end weeks; the running week has its newest backup
    expect(kept({ weeklyDays: 30 })).toEqual(['2026-11-24', '2026-11-22', '2026-11-15', '2026-11-08', '2026-11-01', '2026-10-25']);
    expect(kept({ monthlyDays: 69 })).toEqual(['2026-11-24', '2026-10-31', '2026-09-30']);
  });

  test('is never the last one that can be restored, however old it is', () => {
    const full = made(500);
    const last = made(499, 'incremental', full);
    const broken = made(1, 'incremental', made(2));
    expect(retired([broken, last, full], { dailyDays: 30 }, NOW)).toEqual([]);
    expect(daysGone([last, full, made(501)], { dailyDays: 30 })).toEqual([501]);
  });

  test('is nothing that a kept one stands on', () => {
    const full = made(40);
    const differential = made(33, 'differential', full);
    const incremental = made(29, 'incremental', differential);
    expect(daysGone([made(0), incremental, differential, full, made(41)], { dailyDays: 30 })).toEqual([41]);
  });

  test('is no log that any moment of the days needs that logs are kept for, and no backup that it goes on from', () => {
    const logs = [1, 5, 9, 20].map((daysAgo) => made(daysAgo, 'logs'));
    const backups = [made(2), made(6), made(12), made(19)];
    // what was 7 days ago is the backup of 12 days ago with the logs since
    expect(daysGone([...logs, ...backups], { logsDays: 7, dailyDays: 3 })).toEqual([20, 6, 19]);
  });

  test('is no log that goes on from the last good backup, however old both are', () => {
    expect(daysGone([made(90), made(89, 'logs'), made(91, 'logs')], { logsDays: 7, dailyDays: 7 })).toEqual([91]);
  });

  test('is what lost its base only once nothing of its time is kept: somebody may still find the base', () => {
    const lost = made(1000, 'full');
    expect(daysGone([made(0), made(20, 'incremental', lost), made(40, 'incremental', lost)], { dailyDays: 30 })).toEqual([40]);
  });

  test('is nothing where there is nothing', () => {
    expect(retired([], { dailyDays: 1 }, NOW)).toEqual([]);
  });
});

describe('properties of what is kept', () => {
  const backups = fc
    .array(
      fc.record({
        daysAgo: fc.integer({ min: 0, max: 4000 }),
        kind: fc.constantFrom('full', 'incremental', 'logs' as const),
        base: fc.nat(5),
      }),
      {
        maxLength: 40,
      },
    )
    .map((drafts) => {
      const sorted = [...drafts].sort((a, b) => b.daysAgo - a.daysAgo);
      const all: RetainedBackup[] = [];
      for (const [at, { daysAgo, kind, base }] of sorted.entries()) {
        const below = all[all.length - 1 - base];
        // one in six stands on something that is gone
        const on = kind === 'incremental' ? (base === 5 ? made(9999) : below?.kind === 'logs' ? undefined : below) : undefined;
        const one = made(daysAgo, kind as RetainedBackup['kind'], on);
        all.push({ ...one, id: `${one.id}-${at}`, kind: on === undefined && kind === 'incremental' ? 'full' : one.kind });
      }
      return all;
    });
  const span = fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined });
  const keeps = fc.record({ logsDays: span, recentDays: span, dailyDays: span, weeklyDays: span, monthlyDays: span });
  const wholeOnes = (all: readonly RetainedBackup[]) => {
    const ids = new Map(all.map((backup) => [backup.id, backup]));
    const isWhole = (backup: RetainedBackup): boolean =>
      backup.base === undefined || (ids.has(backup.base) && isWhole(ids.get(backup.base)!));
    return all.filter(isWhole);
  };

  test('what can be restored before can be restored afterwards, or is gone itself; the newest always can', () => {
    fc.assert(
      fc.property(backups, keeps, (all, keep) => {
        const gone = new Set(retired(all, keep, NOW));
        const left = all.filter(({ id }) => !gone.has(id));
        const before = new Set(wholeOnes(all));
        const after = new Set(wholeOnes(left));
        const newest = [...before].filter(({ kind }) => kind !== 'logs').sort((a, b) => b.consistentMs - a.consistentMs)[0];
        const halves = left.filter((backup) => before.has(backup) && !after.has(backup));
        const best = [...after].filter(({ kind }) => kind !== 'logs').sort((a, b) => b.consistentMs - a.consistentMs)[0];
        return halves.length === 0 && best?.consistentMs === newest?.consistentMs;
      }),
      { numRuns: 300 },
    );
  });

  test('every moment of the days that logs are kept for that could be restored can be restored afterwards', () => {
    fc.assert(
      fc.property(backups, keeps, fc.integer({ min: 0, max: 3000 }), (all, keep, daysAgo) => {
        const momentMs = NOW - daysAgo * DAY;
        const isAsked = keep.logsDays !== undefined && daysAgo <= keep.logsDays;
        const gone = new Set(retired(all, keep, NOW));
        const left = all.filter(({ id }) => !gone.has(id));
        return !isAsked || !canRestore(all, all, momentMs) || canRestore(left, all, momentMs);
      }),
      { numRuns: 500 },
    );
  });

  /** From the backup before a moment with all logs in between, or from an earlier one. */
  function canRestore(from: readonly RetainedBackup[], all: readonly RetainedBackup[], momentMs: number): boolean {
    const logs = (startMs: number) =>
      all.filter(({ kind, consistentMs }) => kind === 'logs' && consistentMs >= startMs && consistentMs <= momentMs);
    return wholeOnes(from)
      .filter(({ kind, consistentMs }) => kind !== 'logs' && consistentMs <= momentMs)
      .some(({ consistentMs }) => logs(consistentMs).every((log) => from.includes(log)));
  }

  test('to retire twice is to retire once, and to keep longer never retires more', () => {
    fc.assert(
      fc.property(backups, keeps, fc.integer({ min: 1, max: 500 }), (all, keep, more) => {
        const gone = new Set(retired(all, keep, NOW));
        const left = all.filter(({ id }) => !gone.has(id));
        const longer = Object.fromEntries(Object.entries(keep).map(([name, kept]) => [name, kept === undefined ? undefined : kept + more]));
        return (
          retired(left, keep, NOW).length === 0 && retired(all, { ...longer, logsDays: keep.logsDays }, NOW).every((id) => gone.has(id))
        );
      }),
      { numRuns: 300 },
    );
  });
});
