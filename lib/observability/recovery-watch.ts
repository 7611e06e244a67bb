import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AspectPriority, Aspects, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { AlarmActions } from '../core/alarm-actions';
import { ConfigurationError } from '../core/private/errors';
import { uniqueName } from '../core/private/inventory';
import { known, wholeUnits } from '../core/private/known';
import { warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { supportStackOf } from '../core/private/support-stack';
import type { Place } from '../model/facts';
import { configsOf, MAX_CONFIG_BYTES, type PlanWatch, type Site, sitesOf, sizeOf, withServices } from '../model/freshness';
import { alarmsOnCopies } from './private/copy-alarms';
import { FreshnessProbe } from './private/freshness-probe';

/** Properties of a RecoveryWatch. */
export interface RecoveryWatchProps {
  /**
   * Watches the plans in these constructs only: a Protection, a ProtectionPlan, a stack.
   * @default - every plan of the stage
   */
  readonly only?: IConstruct[];
  /**
   * How often it looks, 5 to 60 whole minutes.
   * @default Duration.minutes(15)
   */
  readonly every?: Duration;
  /**
   * How many runs of a schedule may be missed before a recovery point is called stale; with 0 it is stale as soon as it is
   * older than the report claims at worst.
   * @default 0
   */
  readonly allowedMisses?: number;
  /**
   * Who is told of alarms in the Region of the stack.
   * @default - nobody
   */
  readonly alarmActions?: AlarmActions;
  /**
   * Who is told of alarms in other Regions, by their name: CloudWatch acts in its own Region only. Give topics of these
   * Regions by their ARN.
   * @default - nobody
   */
  readonly alarmActionsIn?: { readonly [region: string]: AlarmActions };
  /**
   * Whether those who are told of an alarm are told when it is over, too.
   * @default true
   */
  readonly tellWhenOver?: boolean;
  /**
   * How long the logs of the functions are kept: they say which resources are stale or missing.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}

const EVERY = { min: 5, max: 60, usual: 15 } as const;
/** Longer than any schedule has runs that could be missed without anybody minding. */
const MAX_MISSES = 10;

/**
 * Looks after everything that the plans of a stage promise: whether each resource has a recovery point, in each place, as
 * young as its schedule explains. Alarms ring where one is stale or missing, and where the watch itself cannot look or is
 * silent.
 *
 * Its functions are made when the app is synthesised: one in the Region of the plans, and one in every other Region or
 * account that gets copies, which goes on while the Region of the plans is gone.
 * @example
 * new RecoveryWatch(this, 'Watch', { alarmActions: { all: [new SnsAction(alarmTopic)] } });
 */
export class RecoveryWatch extends Construct {
  /** What the dimension `Watch` of its metrics in the namespace `CdkRecovery` says. */
  public readonly watchName: string;

  private readonly every: Duration;
  private readonly allowedMisses: number;
  private made = false;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecoveryWatchProps = {},
  ) {
    super(scope, id);
    this.watchName = uniqueName(this, 100);
    this.every = this.checkInterval(props.every ?? Duration.minutes(EVERY.usual));
    this.allowedMisses = this.checkMisses(props.allowedMisses ?? 0);
    RecoveryRecord.of(this).addWatcher({ owner: this, covers: (by) => this.covers(by) });
    Aspects.of(this).add({ visit: (node) => node === this && this.makeOnce() }, { priority: AspectPriority.MUTATING });
  }

  /**
   * How often it looks.
   * @internal
   */
  public _every(): Duration {
    return this.every;
  }

  private makeOnce(): void {
    if (this.made) {
      return;
    }
    this.made = true;
    const plans = this.plans();
    if (plans.length === 0) {
      const where = this.props.only ? "in 'only'" : 'of its stage';
      warn(this, 'NothingToWatch', `watches nothing, because no plan ${where} protects anything: add a Protection, or leave it out`);
    }
    const { sites, unwatched } = sitesOf(plans, this.allowedMisses);
    for (const { by, words } of unwatched) {
      warn(
        this,
        'PlaceNotWatched',
        `'${by}' keeps recovery points in ${words}, where nobody looks after them: give its name as plain text`,
      );
    }
    this.warnOfUnjudged(plans);
    this.warnOfUnseen(plans);
    const silent = sites.filter((site) => this.watchSite(site) === false);
    if (silent.length > 0) {
      const regions = [...new Set(silent.map(({ region }) => region ?? 'the Region of the stack'))].join("', '");
      warn(
        this,
        'AlarmWithoutActions',
        `the alarms in '${regions}' tell nobody: give 'alarmActions', and 'alarmActionsIn' for other Regions`,
      );
    }
  }

  private covers(by: string): boolean {
    return this.props.only?.some(({ node: { path } }) => by === path || by.startsWith(`${path}/`)) ?? true;
  }

  /** What the plans promise, and what services keep by themselves of the same resources. */
  private plans(): readonly PlanWatch[] {
    const record = RecoveryRecord.of(this);
    const plans = record
      .watched()
      .filter(({ by }) => this.covers(by))
      .map((plan) => this.placed(plan));
    if (plans.length === 0) {
      return plans;
    }
    const { facts, assessment } = record.look();
    const onRecord = { facts, resources: assessment.resources, hasAlarm: alarmsOnCopies(this) };
    return plans.map((plan) => withServices(plan, onRecord));
  }

  /** Makes the functions of one place; answers whether anybody is told of their alarms. */
  private watchSite(site: Site): boolean | undefined {
    const here = site.region === this.home.region && site.account === this.home.account;
    const configs = configsOf(site, this.watchName, this.allowedMisses);
    if (configs.length === 0) {
      return undefined;
    }
    const actions = (here ? this.props.alarmActions : this.props.alarmActionsIn?.[site.region ?? '']) ?? {};
    for (const [index, config] of configs.entries()) {
      const size = sizeOf(config);
      if (size > MAX_CONFIG_BYTES) {
        throw new ConfigurationError(
          'WatchTooLarge',
          `'${config.plans[0]?.label}' promises so much that its watch needs ${size} bytes, but a function has room for ${MAX_CONFIG_BYTES}: split the plan`,
          this,
        );
      }
      new FreshnessProbe(here ? this : this.stackOf(site), `${here ? '' : this.watchName}Freshness${index === 0 ? '' : index + 1}`, {
        config,
        every: this.every,
        route: { actions, whenOver: this.props.tellWhenOver ?? true },
        logRetention: this.props.logRetention,
      });
    }
    return Object.values(actions).some((list) => list?.length > 0);
  }

  private stackOf({ region, account }: Site): Stack {
    return supportStackOf(this, {
      region: region ?? Stack.of(this).region,
      account: account === this.home.account ? undefined : account,
    });
  }

  /** The place of the watch, as far as it is known. */
  private get home(): Place {
    const { region, account } = Stack.of(this);
    return { region: known(region), account: known(account) };
  }

  /** A plan whose place is only known at deploy time is taken for one beside the watch. */
  private placed(plan: PlanWatch): PlanWatch {
    const { region, account } = plan.place;
    return { ...plan, place: { region: region ?? this.home.region, account: account ?? this.home.account } };
  }

  private warnOfUnjudged(plans: readonly PlanWatch[]): void {
    const blind = plans.filter(({ promises }) =>
      promises.some(({ copies }) =>
        copies.some(({ staleness }) => staleness.length === 0 || staleness.some(({ ms }) => !Number.isFinite(ms))),
      ),
    );
    for (const { by } of blind) {
      warn(
        this,
        'FreshnessNotJudged',
        `how old the recovery points of '${by}' may be is not known, so that the watch tells their age but never calls them stale: give schedules and retentions as plain values, and let runs go on without end`,
      );
    }
  }

  private warnOfUnseen(plans: readonly PlanWatch[]): void {
    for (const { by, unseen = [] } of plans) {
      for (const { place, count } of unseen) {
        warn(
          this,
          'CopyNotMeasured',
          `${count} copies of what '${by}' protects are in ${place}, and no alarm of the stage tells how old they are, so that the watch calls them unjudged: replicate with a construct of this library, or add an alarm on their lag`,
        );
      }
    }
  }

  private checkInterval(every: Duration): Duration {
    const minutes = wholeUnits(this, 'every', every, 'minutes');
    if (every.isUnresolved() || minutes < EVERY.min || minutes > EVERY.max) {
      const given = every.isUnresolved() ? 'only known at deploy time' : every.toHumanString();
      const message = `'every' is ${given}, but the watch looks every ${EVERY.min} to ${EVERY.max} minutes: choose a plain Duration between`;
      throw new ConfigurationError('WatchIntervalOutOfRange', message, this);
    }
    return every;
  }

  private checkMisses(misses: number): number {
    if (!Number.isInteger(misses) || misses < 0 || misses > MAX_MISSES) {
      const message = `'allowedMisses' is ${misses}, but has to be a whole number from 0 to ${MAX_MISSES}: correct it`;
      throw new ConfigurationError('InvalidAllowedMisses', message, this);
    }
    return misses;
  }
}
