import type { Finding } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import type { CopyFact, Fact, RestoreTestFact } from '../../../lib/model/facts';
import { DAY } from '../../../lib/model/time';
import { continuous, copied, database, ID, objective, points, replica, restoreTest } from '../facts';

function findings(...facts: readonly Fact[]): readonly Finding[] {
  return assess([database(), objective(), ...facts], [], { unprotected: 'ignore' }).findings;
}

const locked = (keptMs: CopyFact['keptMs'], parts: Partial<CopyFact> = {}) => points({ immutable: 'governance', keptMs, ...parts });
const weekly = (parts: Partial<RestoreTestFact> = {}) => restoreTest({ everyMs: 7 * DAY, ...parts });

describe('an immutable copy that is gone before anybody notices', () => {
  test('is told with the retention, the time it takes and the remedy', () => {
    expect(findings(locked(7 * DAY), weekly())).toEqual([
      {
        severity: 'error',
        code: 'NoticedTooLate',
        at: 'Orders/Protection/Plan',
        resource: ID,
        message:
          "'Orders / database' has 'keep' 7 days for recovery points in vault orders, but damage may go unnoticed for 14 days (the data is " +
          'tested every 7 days, 1 missed test allowed), and by then none from before it is left: keep them 14 days, or test more often',
      },
    ]);
  });

  test.each<[string, readonly Fact[], string[]]>([
    ['fails a millisecond below the time of a test and the one that may be missed', [locked(14 * DAY - 1), weekly()], ['error']],
    ['holds at exactly that time', [locked(14 * DAY), weekly()], []],
    ['holds where no test may be missed', [locked(7 * DAY), weekly({ allowedMisses: 0 })], []],
    ['fails a millisecond below that', [locked(7 * DAY - 1), weekly({ allowedMisses: 0 })], ['error']],
    ['fails where three may be missed', [locked(28 * DAY - 1), weekly({ allowedMisses: 3 })], ['error']],
    ['holds where three may be missed', [locked(28 * DAY), weekly({ allowedMisses: 3 })], []],
    ['is nothing that a copy without a lock could be', [points({ keptMs: 2 * DAY }), weekly()], []],
    ['is not told without a test: that it is unverified says it', [locked(2 * DAY)], []],
    ['is not told where nobody looks at what was restored', [locked(2 * DAY), weekly({ checks: 0 })], []],
    ['is not told where it is kept forever', [locked('forever'), weekly()], []],
    ['is not told where nobody knows how long it is kept', [locked(undefined), weekly()], []],
    ['fails by the test of any other copy of the data', [locked(2 * DAY), copied(), weekly({ copy: 'orders-osaka' })], ['error']],
    [
      'is judged by the test that notices first, not by the one that comes most often',
      [
        locked(9 * DAY),
        weekly({ everyMs: 5 * DAY }),
        weekly({ everyMs: 4 * DAY, allowedMisses: 3 }),
        weekly({ everyMs: 9 * DAY, allowedMisses: 0 }),
      ],
      [],
    ],
    [
      'is none where another rule fills the vault with states that last',
      [locked(2 * DAY, { id: 'short' }), locked(90 * DAY), weekly()],
      ['warning'],
    ],
    ['is the same whichever of both rules is told first', [locked(90 * DAY), locked(2 * DAY, { id: 'short' }), weekly()], ['warning']],
    [
      'is each of two in different vaults',
      [locked(2 * DAY), copied({ immutable: 'compliance', keptMs: DAY }), weekly()],
      ['error', 'error'],
    ],
    ['may be a point-in-time recovery', [continuous({ immutable: 'compliance', keptMs: DAY }), points(), weekly()], ['error']],
    ['is no replica, which keeps nothing', [replica({ immutable: 'governance' }), points(), weekly()], []],
  ])('%s', (_what, facts, severities) => {
    expect(findings(...facts).map(({ code, severity }) => [code, severity])).toEqual(
      severities.map((severity) => ['NoticedTooLate', severity]),
    );
  });

  test('is not held to a test of a copy that is never made', () => {
    const found = findings(locked(2 * DAY), copied({ impossible: 'x' }), weekly({ copy: 'orders-osaka' }));
    expect(found.map(({ code }) => code)).toEqual(['ImpossibleCopy']);
  });
});

describe('where the freshest states go first', () => {
  test('warns that only older ones are left by then', () => {
    const found = findings(locked(90 * DAY, { shortestKeptMs: 13 * DAY }), weekly());
    expect(found).toMatchObject([{ severity: 'warning', code: 'NoticedTooLate', at: 'Orders/Protection/Plan', resource: ID }]);
    expect(found[0].message).toMatch(
      /has 'keep' 13 days for the freshest of recovery points in vault orders, but damage may go unnoticed for 14 days .*, and by then only older ones are left: keep them 14 days/,
    );
  });

  test.each<[string, CopyFact]>([
    ['last as long', locked(90 * DAY, { shortestKeptMs: 14 * DAY })],
    ['are kept as long as all others', locked(90 * DAY, { shortestKeptMs: undefined })],
  ])('says nothing where they %s', (_what, copy) => {
    expect(findings(copy, weekly())).toEqual([]);
  });
});
