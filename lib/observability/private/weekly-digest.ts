import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { AspectPriority, Aspects, Duration, Lazy, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { AlarmActions } from '../../core/alarm-actions';
import { notify } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { RecoveryRecord } from '../../core/private/record';
import { RUNBOOK } from '../../core/private/runbook-alarm';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import type { DigestConfig, DigestedPlan, DigestedTests, DigestedVault, DigestedWatch, JobKind } from '../../model/digest';
import { type WatchedVault, watchedPlaces } from '../../model/failures';
import type { PlanWatch } from '../../model/freshness';
import type { Digest } from '../digest';
import { RecoveryWatch } from '../recovery-watch';
import type { AlarmTopics } from './alarm-topics';

/** What a digest is about, and who hears of it. */
export interface WeeklyDigestProps {
  readonly digest: Digest;
  readonly topics: AlarmTopics;
  readonly actions: AlarmActions;
  readonly logRetention?: RetentionDays;
}

const MEMORY_MIB = 256;
const LONGEST_RUN = Duration.minutes(5);
const HOURS = 24;

/**
 * A function that looks back on the week from what CloudWatch keeps, so that it takes as many calls for ten resources as for ten
 * thousand. Its schedule hands it the plans and vaults, because a message has room for more of them than environment variables.
 */
export class WeeklyDigest extends Construct {
  private made = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WeeklyDigestProps,
  ) {
    super(scope, id);
    const { hour } = props.digest;
    if (!Number.isInteger(hour) || hour < 0 || hour >= HOURS) {
      throw new ConfigurationError(
        'InvalidDigestHour',
        `'hour' of a digest is ${hour}, but has to be a whole number from 0 to 23: correct it`,
        scope,
      );
    }
    Aspects.of(this).add({ visit: (node) => node === this && this.makeOnce() }, { priority: AspectPriority.MUTATING });
  }

  /** Once all plans and watches of the stage are known. */
  private makeOnce(): void {
    if (this.made) {
      return;
    }
    this.made = true;
    const { digest, topics, actions, logRetention } = this.props;
    const { high, low } = topics.arns();
    const plans = RecoveryRecord.of(this)
      .watched()
      .map((plan) => this.placed(plan));
    const config: DigestConfig = {
      topics: { high, low },
      runbook: RUNBOOK,
      watches: this.watches(),
      plans: plans.map((plan) => this.planOf(plan)),
      vaults: this.vaultsOf(plans),
      // what tests restores is made by and by, while this is made
      tests: Lazy.uncachedAny({ produce: () => this.tests() }, { omitEmptyArray: true }) as unknown as DigestConfig['tests'],
    };
    const bundled = new BundledFunction(this, 'Function', {
      handler: 'digest',
      description: 'Tells once a week what became of backups and copies',
      memoryMib: MEMORY_MIB,
      timeout: LONGEST_RUN,
      environment: {},
      statements: this.statements(config),
      wildcardReason: 'Metrics are no resources; they are only read, in the Regions of the plans.',
      logRetention,
    });
    const role = new Role(this, 'ScheduleRole', {
      description: 'Starts the weekly digest',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const schedule = new Schedule(this, 'Schedule', {
      description: 'Tells once a week what became of backups and copies',
      schedule: ScheduleExpression.cron({ minute: '0', hour: `${digest.hour}`, weekDay: digest.day, timeZone: digest.timeZone }),
      target: new LambdaInvoke(bundled.function, {
        role,
        input: ScheduleTargetInput.fromObject(config),
        deadLetterQueue: bundled.deadLetters,
        maxEventAge: Duration.hours(HOURS),
        retryAttempts: 185,
      }),
    });
    schedule.node.addDependency(role);
    acknowledgeWildcards(role, {
      resources: [`${bundled.function.functionArn}:*`],
      reason: 'The wildcard is any version of this one function.',
    });
    notify(bundled.deadLettersAlarm, 'high', { actions, whenOver: true });
  }

  private statements({ topics, watches, vaults }: DigestConfig): readonly PolicyStatement[] {
    const { region } = Stack.of(this);
    const regions = () => [...new Set([region, ...[...watches, ...vaults, ...this.tests()].map((one) => one.region ?? region)])];
    return [
      new PolicyStatement({
        sid: 'ReadMetrics',
        actions: ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:RequestedRegion': Lazy.uncachedList({ produce: regions }) } },
      }),
      new PolicyStatement({ sid: 'Publish', actions: ['sns:Publish'], resources: Object.values(topics) }),
      new PolicyStatement({ sid: 'UseKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.props.topics.key.keyArn] }),
    ];
  }

  private watches(): readonly DigestedWatch[] {
    const stage: IConstruct = Stage.of(this) ?? this.node.root;
    const account = known(Stack.of(this).account);
    return stage.node
      .findAll()
      .filter((node) => node instanceof RecoveryWatch)
      .filter((watch) => known(Stack.of(watch).account) === account)
      .map((watch) => ({
        name: watch.watchName,
        everyMs: watch._every().toMilliseconds(),
        ...this.elsewhere(known(Stack.of(watch).region)),
      }));
  }

  /** Restore tests of the stage; those of other accounts are nowhere on record. */
  private tests(): readonly DigestedTests[] {
    return RecoveryRecord.of(this)
      .verified()
      .map(({ by, verification, region, resources }) => ({ label: by, verification, resources, ...this.elsewhere(known(region)) }));
  }

  private planOf({ by, place: home, promises }: PlanWatch): DigestedPlan {
    const places = promises.flatMap(({ copies }) =>
      copies.flatMap(({ place: { region = home.region, account = home.account, container } }) =>
        account === this.home.account ? [] : [`${region}/${container} (${account})`],
      ),
    );
    return { label: by, ...(places.length > 0 ? { elsewhere: [...new Set(places)] } : {}) };
  }

  /** The vaults in the account of the digest, in the Regions where their jobs are counted. */
  private vaultsOf(plans: readonly PlanWatch[]): readonly DigestedVault[] {
    return watchedPlaces(plans)
      .places.filter(({ account }) => account === this.home.account)
      .flatMap(({ region, vaults }) => vaults.map((vault) => ({ name: vault.name, counts: countsOf(vault), ...this.elsewhere(region) })));
  }

  private elsewhere(region: string | undefined): { readonly region?: string } {
    return region === undefined || region === this.home.region ? {} : { region };
  }

  /** What is only known at deploy time is taken for the place of the digest. */
  private placed(plan: PlanWatch): PlanWatch {
    const { region, account } = plan.place;
    return { ...plan, place: { region: region ?? this.home.region, account: account ?? this.home.account } };
  }

  private get home(): { readonly region?: string; readonly account?: string } {
    const { region, account } = Stack.of(this);
    return { region: known(region), account: known(account) };
  }
}

function countsOf({ backups, copies, restores }: WatchedVault): readonly JobKind[] {
  return [...(backups ? ['backup' as const] : []), ...(copies ? ['copy' as const] : []), ...(restores ? ['restore' as const] : [])];
}
