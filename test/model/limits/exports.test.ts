import { checkExportRhythm, checkExportSource, EXPORT_LIMITS, type ExportRhythm, exportTimeout } from '../../../lib/model/limits/exports';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';

const codes = (problems: readonly { readonly code: string; readonly severity: string }[]) =>
  problems.map(({ code, severity }) => `${severity} ${code}`);

describe('what RDS exports', () => {
  test.each([
    ['mysql', []],
    ['mariadb', []],
    ['postgres', []],
    ['aurora-mysql', []],
    ['aurora-postgresql', []],
    [undefined, []],
    ['oracle-ee', ['error EngineNotExportable']],
    ['sqlserver-web', ['error EngineNotExportable']],
    ['db2-ae', ['error EngineNotExportable']],
    ['custom-sqlserver-ee', ['error EngineNotExportable']],
  ])('of engine %s: %j', (engine, expected) => {
    expect(codes(checkExportSource({ type: 'RDS', engine }))).toEqual(expected);
  });

  test.each<[string | undefined, string[]]>([
    ['ap-northeast-1', []],
    ['ap-northeast-3', []],
    [undefined, []],
    ...EXPORT_LIMITS.absentRegions.value.map((region): [string, string[]] => [region, ['warning ExportRegionUnsupported']]),
  ])('in %s: %j', (region, expected) => {
    expect(codes(checkExportSource({ type: 'Aurora', region }))).toEqual(expected);
  });

  test('is asked of databases only', () => {
    expect(checkExportSource({ type: 'DynamoDB' })).toEqual([]);
  });
});

describe('exports of a schedule', () => {
  const daily: ExportRhythm = { longestGapMs: DAY, shortestGapMs: DAY, missedMs: DAY + 3 * HOUR, exportMs: HOUR, declared: true };
  const most = DAY - 5 * MINUTE;

  test.each<[string, Partial<ExportRhythm>, string[]]>([
    ['fit', {}, []],
    ['end just before the next one', { timeoutMs: most }, []],
    ['run into the next one', { timeoutMs: most + 1 }, ['error ExportTimeoutTooLong']],
    ['take just a week', { shortestGapMs: 30 * DAY, timeoutMs: 7 * DAY }, []],
    ['take more than a week', { shortestGapMs: 30 * DAY, timeoutMs: 7 * DAY + 1 }, ['error ExportTimeoutTooLong']],
    ['take just as long as they may', { exportMs: most }, []],
    ['take longer than they may', { exportMs: most + 1 }, ['error ExportOutlastsTimeout']],
    ['may take longer than they may', { exportMs: most + 1, declared: false }, ['warning ExportOutlastsTimeout']],
    ['take longer than somebody lets them', { exportMs: HOUR + 1, timeoutMs: HOUR }, ['error ExportOutlastsTimeout']],
    ['are remembered just long enough', { missedMs: 90 * DAY }, []],
    ['are forgotten before they are missed', { missedMs: 90 * DAY + 1 }, ['error ExportTooRare']],
  ])('%s', (_case, change, expected) => {
    expect(codes(checkExportRhythm({ ...daily, ...change }))).toEqual(expected);
  });

  test('leave room in the history of an execution for every question how they fare', () => {
    const eventsOfPoll = 9;
    const polls = exportTimeout({ shortestGapMs: Number.POSITIVE_INFINITY }) / (5 * MINUTE);
    expect(polls * eventsOfPoll).toBeLessThan(EXPORT_LIMITS.executionEvents.value * 0.8);
  });

  test('are told with the number, the limit and the remedy', () => {
    const [problem] = checkExportRhythm({ ...daily, timeoutMs: DAY });
    expect(problem.message).toBe(
      "'timeout' is 24 h, but an export has to end 5 min before the next one starts, and within 7 days: give at most 23 h 55, or have exports less often",
    );
  });
});
