import { CfnDashboard, type IAlarmRef } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Lazy, Resource, Stage } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { known, wholeUnits } from '../core/private/known';
import { warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { type DashboardMatter, promisesInWords, widgetsOf } from '../model/dashboard';
import { type PlanWatch, thresholdMs } from '../model/freshness';
import type { Protection } from '../protection/protection';
import { alarmsNear, lagLinesOf } from './private/shown-alarms';
import { RecoveryWatch } from './recovery-watch';

/** Properties of a RecoveryDashboard. */
export interface RecoveryDashboardProps {
  /**
   * Whose promises, plans and vaults are shown.
   * @default - all of the stage
   */
  readonly protections?: Protection[];
  /**
   * Alarms that are shown besides those on recovery points, jobs and live copies in the stack of the dashboard.
   * @default - none
   */
  readonly alarms?: IAlarmRef[];
  /**
   * How far back graphs go when the dashboard is opened, in whole days.
   * @default Duration.days(14)
   */
  readonly defaultInterval?: Duration;
  /**
   * Name of the dashboard, unique in the account: dashboards belong to no Region.
   * @default - CloudFormation makes one up
   */
  readonly dashboardName?: string;
}

/**
 * Promised against achieved, on one page: what protections promise, how old recovery points are in each place, what became of the
 * jobs of each vault, what restore tests have found and achieved, how far live copies are behind, and which alarms ring. It grows
 * with plans and vaults, not with resources.
 * @example
 * new RecoveryDashboard(this, 'Dashboard');
 */
export class RecoveryDashboard extends Resource {
  /** The name of the dashboard. */
  public readonly dashboardName: string;

  private readonly props: RecoveryDashboardProps;

  constructor(scope: Construct, id: string, props: RecoveryDashboardProps = {}) {
    super(scope, id);
    this.props = props;
    const days = wholeUnits(this, 'defaultInterval', props.defaultInterval ?? Duration.days(14), 'days');
    const dashboard = new CfnDashboard(this, 'Resource', {
      dashboardName: props.dashboardName,
      dashboardBody: Lazy.uncachedString({
        // while references are prepared the tree may still change; what is referred to is in this stack
        produce: ({ preparing }) => this.stack.toJsonString({ start: `-P${days}D`, widgets: preparing ? [] : widgetsOf(this.matter()) }),
      }),
    });
    this.dashboardName = dashboard.ref;
    this.node.addValidation({ validate: () => this.warnOfBlindness() });
  }

  private matter(): DashboardMatter {
    const record = RecoveryRecord.of(this);
    const { assessment, objectives } = record.look();
    const own = objectives.filter(({ by }) => this.isShown(by));
    const plans = record.watched().filter(({ by }) => this.isShown(by));
    return {
      region: this.stack.region,
      watches: this.watches().map(({ watchName }) => watchName),
      promises: promisesInWords(own, assessment.resources),
      plans: plans.map((plan) => ({
        label: plan.by,
        rpoMs: lowest(own.filter(({ by }) => isBelow(plan.by, by)).map(({ rpoMs }) => rpoMs)),
        explainedMs: explainedMs(plan),
      })),
      vaults: this.vaultsOf(plans),
      lags: lagLinesOf(this),
      verified: record.verified().filter(({ by }) => this.isShown(by)),
      alarms: [...alarmsNear(this), ...(this.props.alarms ?? []).map(({ alarmRef }) => alarmRef.alarmArn)],
    };
  }

  /** The vaults in the account of the dashboard: CloudWatch shows no other without being linked to it. */
  private vaultsOf(plans: readonly PlanWatch[]): DashboardMatter['vaults'] {
    const account = known(this.stack.account);
    const found = plans.flatMap(({ place, promises }) =>
      promises.flatMap(({ copies }) =>
        copies.flatMap((copy) => {
          const name = copy.place.container;
          const near = (copy.place.account ?? place.account ?? account) === account;
          return name !== undefined && near ? [{ name, region: copy.place.region ?? place.region ?? this.stack.region }] : [];
        }),
      ),
    );
    return [...new Map(found.map((vault) => [`${vault.region}/${vault.name}`, vault])).values()];
  }

  private isShown(path: string): boolean {
    return this.props.protections?.some(({ node }) => isBelow(path, node.path)) ?? true;
  }

  private watches(): readonly RecoveryWatch[] {
    const stage: IConstruct = Stage.of(this) ?? this.node.root;
    return stage.node.findAll().filter((node) => node instanceof RecoveryWatch);
  }

  private warnOfBlindness(): string[] {
    if (this.watches().length === 0) {
      warn(
        this,
        'DashboardWithoutWatch',
        'shows no ages of recovery points, because nothing in its stage measures them: add a RecoveryWatch',
      );
    }
    return [];
  }
}

function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function explainedMs({ promises }: PlanWatch): number | undefined {
  const thresholds = promises.flatMap(({ copies }) => copies.map(({ staleness, form }) => thresholdMs(staleness, form, 0)));
  const finite = thresholds.filter((ms) => ms !== undefined);
  return finite.length === 0 ? undefined : Math.max(...finite);
}
