import * as rds from 'aws-cdk-lib/aws-rds';
import { Duration } from 'aws-cdk-lib/core';
import { Approval, type DisasterRecoveryProps, Protection, RecoverableData, RecoveryObjective, RecoveryStrategy } from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import { Disruption } from '../../lib/model/disruption';
import { cheapestStrategy, failoverTimes, isBelowFloor, nextStrategy, STRATEGIES } from '../../lib/model/recovery/expected-times';
import { judgeFailover } from '../../lib/model/recovery/judge-failover';
import { renderText, toReport } from '../../lib/model/report';
import { DAY, HOUR, MINUTE, SECOND, sumMs } from '../../lib/model/time';
import { configOf, twoSites } from './sites';

function judged(props: Partial<DisasterRecoveryProps> = {}, change: (sites: ReturnType<typeof twoSites>) => void = () => undefined) {
  const sites = twoSites(props);
  sites.tokyo.route();
  sites.osaka.route();
  change(sites);
  const assessment = RecoveryRecord.of(sites.app).assess();
  const findings = assessment.findings.filter(({ at }) => at.startsWith('Orders'));
  return {
    assessment,
    findings,
    promised: findings.filter(({ code }) => code !== 'DataWithoutBackup'),
    verdict: assessment.resources
      .find(({ id }) => id === 'Tokyo/Database')
      ?.disruptions.find(({ disruption }) => disruption === Disruption.REGION_LOSS),
  };
}

const objective = (rpo: Duration, rto: Duration) => RecoveryObjective.of({ rpo, rto });

describe('the loss of a Region', () => {
  test('is judged by all that a failover takes, and told with the strategy and how often it is rehearsed', () => {
    const { verdict, assessment } = judged(
      { detection: Duration.minutes(5), approval: Approval.byPerson({ timeout: Duration.minutes(20) }) },
      ({ recovery }) => recovery.drill(),
    );
    expect(verdict?.rto?.terms.map(({ name, ms, basis }) => [name, ms / SECOND, basis])).toEqual([
      ['until the failover is started', 300, 'declared'],
      ['approval', 1200, 'configured'],
      ['fence the lost site', 120, 'estimated'],
      ['promote the replica', 600, 'estimated'],
      ['scale out', 300, 'estimated'],
      ['verify the application', 120, 'estimated'],
      ['health checks and time to live of records', 180, 'configured'],
    ]);
    expect(verdict?.failover).toEqual({ strategy: 'warm standby in ap-northeast-3', drill: { everyMs: 92 * DAY, words: 'rehearsed' } });
    expect(renderText(toReport(assessment, ''))).toMatch(
      /warm standby in ap-northeast-3, read\s+replica in ap-northeast-3\s+rehearsed quarterly/,
    );
  });

  test.each<[string, Partial<DisasterRecoveryProps>, [number, string]]>([
    ['what the looks of the watch take, and a minute more', {}, [300, 'configured']],
    ['what is said, where that is said', { detection: Duration.minutes(1) }, [60, 'declared']],
  ])('is noticed after %s', (_case, props, expected) => {
    const { verdict } = judged(props, ({ recovery }) => recovery.watch({ failures: 4 }));
    const [{ name, ms, basis }] = verdict?.rto?.terms ?? [];
    expect([name, ms / SECOND, basis]).toEqual(['until the failover is started', ...expected]);
  });

  test('takes as long as clients keep the answer of the site that is lost', () => {
    const sites = twoSites();
    sites.tokyo.route({ ttl: Duration.hours(1) });
    sites.osaka.route({ ttl: Duration.minutes(1) });
    const { resources } = RecoveryRecord.of(sites.app).assess();
    const lost = resources[0].disruptions.find(({ disruption }) => disruption === Disruption.REGION_LOSS);
    expect(lost?.rto?.terms.at(-1)).toMatchObject({ ms: HOUR + 2 * MINUTE });
    expect(configOf(sites.recovery.recovery).traffic).toMatchObject({ settleMs: HOUR + 2 * MINUTE });
  });

  test('takes no approval where nobody is asked, and nothing to scale where all runs already', () => {
    const { verdict } = judged({ strategy: RecoveryStrategy.hotStandby(), approval: Approval.none() });
    expect(verdict?.rto?.terms.map(({ name }) => name)).not.toEqual(expect.arrayContaining(['approval']));
    expect(verdict?.rto?.terms.map(({ name }) => name)).not.toEqual(expect.arrayContaining(['scale out']));
    expect(verdict?.failover?.drill).toBeUndefined();
  });
});

describe('an objective', () => {
  test('that is kept says nothing', () => {
    expect(judged({ objective: objective(Duration.hours(1), Duration.hours(4)) }).promised).toEqual([]);
  });

  test('fails where what is configured takes longer', () => {
    const { promised } = judged({
      objective: objective(Duration.hours(1), Duration.minutes(50)),
      approval: Approval.byPerson({ timeout: Duration.hours(1) }),
    });
    expect(promised).toMatchObject([
      {
        severity: 'error',
        code: 'FailoverTooSlow',
        resource: 'Tokyo/Database',
        message: expect.stringMatching(
          /'rto' 50 min, but warm standby may take 1 h 32.*approval 1 h.*take hot standby, the cheapest strategy that keeps it, shorten the slowest part, or relax it/,
        ),
      },
    ]);
  });

  test.each<[string, Partial<DisasterRecoveryProps>, Duration, RegExp]>([
    ['approval', { approval: Approval.byPerson({ timeout: Duration.hours(3) }) }, Duration.minutes(1), /approval 3 h \+/],
    ['detection', { detection: Duration.hours(5) }, Duration.minutes(1), /until the failover is started 5 h \+/],
    ['time to live', {}, Duration.hours(2), /time to live of records 2 h 02\)/],
  ])('fails for the %s that is configured, where nobody knows a copy', (_case, props, ttl, parts) => {
    const { recovery, tokyo, osaka, app } = twoSites({ objective: objective(Duration.hours(1), Duration.hours(1)), ...props });
    tokyo.route({ ttl });
    osaka.route({ ttl });
    for (const site of recovery.sites) {
      site._data.clear();
    }
    const { findings } = RecoveryRecord.of(app).assess();
    expect(findings).toMatchObject([{ severity: 'error', code: 'FailoverTooSlow', at: 'Orders', message: expect.stringMatching(parts) }]);
  });

  test('is doubtful where only estimates take longer', () => {
    const { promised } = judged({ objective: objective(Duration.hours(1), Duration.minutes(20)), approval: Approval.none() });
    expect(promised).toMatchObject([{ severity: 'warning', code: 'FailoverMayBeTooSlow' }]);
  });

  test('is doubtful where a copy lags by an estimate that is more than may be lost', () => {
    const { promised } = judged({ objective: objective(Duration.minutes(1), Duration.hours(4)) });
    expect(promised).toMatchObject([
      { severity: 'warning', code: 'FailoverMayLoseTooMuch', message: expect.stringMatching(/may lack 5 min \(replication lag 5 min\)/) },
    ]);
  });

  test('is unknown where no copy at the other site is known', () => {
    const { findings } = judged({ objective: objective(Duration.hours(1), Duration.hours(4)) }, ({ tokyo, osaka, recovery }) => {
      const imported = (id: string, stack: typeof tokyo) =>
        rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, id, {
          instanceIdentifier: 'other',
          instanceEndpointAddress: 'x',
          port: 5432,
          securityGroups: stack.service.connections.securityGroups,
        });
      recovery.primary.addData('other', RecoverableData.databaseInstance(imported('Other', tokyo), { vpc: tokyo.vpc }));
      recovery.recovery.addData('other', RecoverableData.databaseInstance(imported('Other', osaka), { vpc: osaka.vpc }));
    });
    expect(findings.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'DataWithoutBackup'],
      ['warning', 'DataWithoutBackup'],
      ['warning', 'FailoverUnknown'],
    ]);
  });
});

test('data that nobody protects are told of, because a replica follows every error; a Protection ends that', () => {
  const bare = (change?: Parameters<typeof judged>[1]) => judged({}, change).findings.filter(({ code }) => code === 'DataWithoutBackup');
  expect(bare()).toMatchObject([{ severity: 'warning', resource: 'Tokyo/Database' }]);
  expect(
    bare(({ tokyo }) =>
      new Protection(tokyo, 'Protection', { objective: objective(Duration.hours(24), Duration.hours(24)) }).protect(tokyo.database!),
    ),
  ).toEqual([]);
});

describe('expected times', () => {
  const outline = { approvalMs: 0, scales: true, verifies: true, settleMs: 3 * MINUTE };
  const total = (kind: (typeof STRATEGIES)[number], standbyCapacity: number) => {
    const { before, after } = failoverTimes({ ...outline, strategy: { kind, standbyCapacity }, scales: standbyCapacity < 1 });
    return sumMs([...before, ...after]);
  };

  test('get shorter with each dearer strategy', () => {
    expect(total('pilot-light', 0)).toBeGreaterThan(total('warm-standby', 0.25));
    expect(total('warm-standby', 0.25)).toBeGreaterThan(total('hot-standby', 1));
  });

  test('never choose a strategy below its floor, nor one that is cheaper than where one began', () => {
    for (let rtoMs = 0; rtoMs <= 24 * HOUR; rtoMs += 5 * MINUTE) {
      for (const rpoMs of [0, MINUTE, HOUR, 4 * HOUR, DAY]) {
        const chosen = cheapestStrategy({ rpoMs, rtoMs });
        expect(isBelowFloor(chosen, { rpoMs, rtoMs })).toBe(false);
        const next = nextStrategy(chosen, { rpoMs, rtoMs });
        expect(next === undefined || STRATEGIES.indexOf(next) > STRATEGIES.indexOf(chosen)).toBe(true);
      }
    }
  });

  test('take the quickest of several copies, and know nothing of one that tells nothing', () => {
    const copy = (ms: number[]) => ({
      staleness: [],
      restore: ms.map((each) => ({ name: 'restore', ms: each, basis: 'documented' as const })),
    });
    const times = { before: [], after: [] };
    expect(judgeFailover([copy([HOUR]), copy([MINUTE]), copy([])] as never, times, { rpoMs: 0, rtoMs: MINUTE })).toMatchObject({
      rto: { ms: MINUTE },
      takes: 'kept',
      loses: 'unknown',
    });
    expect(judgeFailover([], times, { rpoMs: 0, rtoMs: 0 })).toEqual({ takes: 'unknown', loses: 'unknown' });
  });
});
