import { ComparisonOperator, MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type AlarmRoute, addAlarm, notify, type WatchAlarm } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import {
  ALARM_MEMORY_MS,
  CONFIG_VARIABLE,
  COUNTS,
  type FreshnessConfig,
  graceMs,
  HEARTBEAT,
  NAMESPACE,
  WATCH,
} from '../../model/freshness';
import { HOUR } from '../../model/time';
import { freshnessStatements, WILDCARD_REASON } from './permissions';

/** What one freshness function looks after, how often, and who hears of it. */
export interface FreshnessProbeProps {
  readonly config: FreshnessConfig;
  readonly every: Duration;
  readonly route: AlarmRoute;
  readonly logRetention?: RetentionDays;
}

const MEMORY_MIB = 512;
const LONGEST_RUN_MINUTES = 10;

/** A freshness function with its schedule and with the alarms on what it tells, and on its silence. */
export class FreshnessProbe extends Construct {
  private readonly props: FreshnessProbeProps;

  constructor(scope: Construct, id: string, props: FreshnessProbeProps) {
    super(scope, id);
    this.props = props;
    const { config, every, route, logRetention } = props;
    const bundled = new BundledFunction(this, 'Function', {
      handler: 'freshness',
      description: `Compares the newest recovery points with what plans promise (${config.watch})`,
      memoryMib: MEMORY_MIB,
      timeout: Duration.minutes(Math.min(LONGEST_RUN_MINUTES, every.toMinutes())),
      environment: { [CONFIG_VARIABLE]: JSON.stringify(config) },
      statements: freshnessStatements(Stack.of(this), config),
      wildcardReason: WILDCARD_REASON,
      logRetention,
      // the next run makes up for one that failed
      deadLettersKept: Duration.hours(1),
    });
    new Rule(this, 'Schedule', {
      description: `Looks for stale and missing recovery points (${config.watch})`,
      schedule: Schedule.rate(every),
      targets: [new LambdaFunction(bundled.function, { deadLetterQueue: bundled.deadLetters, maxEventAge: every, retryAttempts: 2 })],
    });
    notify(bundled.deadLettersAlarm, 'low', route);
    this.watchFindings();
    if (canBeLate(config)) {
      this.watchPromises();
    }
    this.watchWatcher(bundled);
  }

  /** What is found may stay as it is when nothing new is heard: silence has an alarm of its own. */
  private watchFindings(): void {
    this.alarm('Missing', {
      severity: 'critical',
      wrong: 'Something promised has no recovery point at all',
      section: 'missing-recovery-points',
      metric: this.metric(COUNTS.missing, Stats.MAXIMUM),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
    const hours = Math.min(ALARM_MEMORY_MS, this.longestWaitMs() + HOUR) / HOUR;
    this.alarm('Overdue', {
      severity: 'critical',
      wrong: 'The first recovery point of something promised has been awaited for longer than it may take',
      section: 'overdue-first-recovery-points',
      metric: this.metric(COUNTS.awaited, Stats.MINIMUM, Duration.hours(1)),
      evaluationPeriods: Math.floor(hours),
      treatMissingData: TreatMissingData.IGNORE,
    });
    this.alarm('Stale', {
      severity: 'high',
      wrong: 'The newest recovery point of something promised is older than its schedule explains',
      section: 'stale-recovery-points',
      metric: this.metric(COUNTS.stale, Stats.MAXIMUM),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  /** The promise is broken before the schedule explains it no more: where estimates did not hold, or runs may be missed. */
  private watchPromises(): void {
    this.alarm('Late', {
      severity: 'low',
      wrong: 'The newest recovery point of something promised is older than its RPO, though its schedule explains it',
      section: 'late-recovery-points',
      metric: this.metric(COUNTS.late, Stats.MAXIMUM),
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  private watchWatcher({ function: watcher }: BundledFunction): void {
    const { every } = this.props;
    this.alarm('CannotLook', {
      severity: 'high',
      wrong: 'Recovery points cannot be looked at, so nobody knows whether they are fresh',
      section: 'recovery-points-that-cannot-be-looked-at',
      metric: new MathExpression({
        expression: 'FILL(errors, 0) + FILL(unknown, 0)',
        usingMetrics: {
          errors: watcher.metricErrors({ period: every, statistic: Stats.SUM }),
          unknown: this.metric(COUNTS.unknown, Stats.MAXIMUM),
        },
        label: 'failed runs and what could not be looked at',
        period: every,
      }),
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    // without FILL, CloudWatch would first go through the older data points that it still finds
    this.alarm('Silent', {
      severity: 'critical',
      wrong: 'Nothing has been heard of the freshness of recovery points in two intervals',
      section: 'silent-watch',
      metric: new MathExpression({
        expression: 'FILL(heartbeat, 0)',
        usingMetrics: { heartbeat: this.metric(HEARTBEAT, Stats.SAMPLE_COUNT) },
        label: 'runs that came to their end',
        period: every,
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private alarm(
    id: string,
    alarm: Omit<WatchAlarm, 'threshold'> & { readonly threshold?: number; readonly comparisonOperator?: ComparisonOperator },
  ): void {
    const usual = { threshold: 0, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD };
    const { watch } = this.props.config;
    addAlarm(this, id, { ...usual, ...alarm, wrong: `${alarm.wrong} (${watch})` }, this.props.route);
  }

  private metric(metricName: string, statistic: string, period = this.props.every): Metric {
    return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap: { [WATCH]: this.props.config.watch }, statistic, period });
  }

  /** How long a first recovery point may be awaited without a date, as far as an alarm can remember. */
  private longestWaitMs(): number {
    const waits = this.props.config.plans.flatMap(({ promises }) =>
      promises.flatMap(({ copies }) => copies.map(({ thresholdMs }) => graceMs(thresholdMs))),
    );
    return Math.max(0, ...waits.filter((ms) => ms <= ALARM_MEMORY_MS));
  }
}

/** What is stale before it is older than its RPO is never late. */
function canBeLate({ plans }: FreshnessConfig): boolean {
  return plans.some(({ promises, services = [] }) =>
    [...promises.flatMap(({ copies }) => copies), ...services].some(
      ({ rpoMs, thresholdMs = Number.POSITIVE_INFINITY }) => rpoMs !== undefined && rpoMs < thresholdMs,
    ),
  );
}
