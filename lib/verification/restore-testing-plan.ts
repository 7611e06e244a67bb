import { CfnRestoreTestingPlan, type IBackupVaultRef, type RestoreTestingPlanReference } from 'aws-cdk-lib/aws-backup';
import { type CronOptions, Schedule } from 'aws-cdk-lib/aws-events';
import { Duration, Names, Resource, Stack, type TimeZone } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { claimName, deploymentOf } from '../core/private/claimed-names';
import { ConfigurationError } from '../core/private/errors';
import { isAttached } from '../core/private/inventory';
import { known, wholeUnits } from '../core/private/known';
import { watchOverrides } from '../core/private/overrides';
import { insist } from '../core/private/problems';
import { checkSchedule } from '../core/private/schedules';
import { checkName, checkTestCount, checkTestWindow, LIMITS } from '../model/limits';
import { vaultArnFor } from '../vault/private/vault-arn';
import type { IRestoreTestingPlan } from './irestore-testing-plan';
import { chosenMetadata } from './private/chosen-metadata';
import { splitByType } from './private/split-selections';
import { RecoveryPointSelection } from './recovery-point-selection';
import type { RestoreTestingPlanAttributes } from './restore-testing-plan-attributes';
import { type RestoredResourcesOptions, RestoreTestingSelection, type RestoreTestingSelectionOptions } from './restore-testing-selection';
import { TestedResources } from './tested-resources';

/** Properties of a RestoreTestingPlan. */
export interface RestoreTestingPlanProps {
  /**
   * Name of the plan: 1 to 50 letters, digits or `_`. Another name replaces the plan.
   * @default - derived from the path of the construct
   */
  readonly restoreTestingPlanName?: string;
  /**
   * Vaults whose recovery points are eligible, at most 30, all of them in the Region and account of the plan.
   * @default - every vault of the account and Region
   */
  readonly vaults?: IBackupVaultRef[];
  /**
   * Vaults whose recovery points are left out, at most 30.
   * @default - none
   */
  readonly excludedVaults?: IBackupVaultRef[];
  /**
   * Which recovery point each test restores.
   * @default RecoveryPointSelection.latestWithin(Duration.days(30))
   */
  readonly recoveryPoints?: RecoveryPointSelection;
  /**
   * When tests start.
   * @default - every day at 05:00
   */
  readonly schedule?: CronOptions;
  /**
   * Time zone of the schedule.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
  /**
   * How long a test may wait for its start before it is cancelled, 1 to 168 whole hours; AWS Backup picks a moment in it.
   * @default Duration.hours(24)
   */
  readonly startWindow?: Duration;
}

/**
 * Restores recovery points on a schedule, so that a backup is proven usable before it is needed.
 *
 * AWS Backup restores one recovery point of each resource that is selected, and deletes what it made when it has been looked at.
 * @example
 * const plan = new RestoreTestingPlan(this, 'Drill', {
 *   recoveryPoints: RecoveryPointSelection.randomWithin(Duration.days(90)),
 * });
 * plan.addSelection('Tables', { resources: TestedResources.list(orders, customers) });
 */
export class RestoreTestingPlan extends Resource implements IRestoreTestingPlan {
  /** References a plan that this app does not own. */
  public static fromRestoreTestingPlanAttributes(scope: Construct, id: string, attrs: RestoreTestingPlanAttributes): IRestoreTestingPlan {
    class Import extends Resource implements IRestoreTestingPlan {
      public readonly restoreTestingPlanArn = attrs.restoreTestingPlanArn;
      public readonly restoreTestingPlanName = attrs.restoreTestingPlanName;
      public readonly restoreTestingPlanRef = attrs;
    }
    return new Import(scope, id, { environmentFromArn: attrs.restoreTestingPlanArn });
  }

  /**
   * The ARN of the plan, which events of its restore jobs carry.
   * @attribute
   */
  public readonly restoreTestingPlanArn: string;
  /**
   * The name of the plan.
   * @attribute
   */
  public readonly restoreTestingPlanName: string;
  /** A reference to the plan. */
  public readonly restoreTestingPlanRef: RestoreTestingPlanReference;

  private readonly selections: RestoreTestingSelection[] = [];

  constructor(scope: Construct, id: string, props: RestoreTestingPlanProps = {}) {
    super(scope, id);
    const points = props.recoveryPoints ?? RecoveryPointSelection.latestWithin(Duration.days(30));
    const startWindow = wholeUnits(this, 'startWindow', props.startWindow ?? Duration.hours(24), 'hours');
    const window = wholeUnits(this, 'window', points.window, 'days');
    insist(
      this,
      checkName('restore testing plan', 'restoreTestingPlanName', known(props.restoreTestingPlanName)),
      checkTestWindow('startWindow', known(startWindow)),
      checkTestWindow('window', known(window)),
    );
    const { expressionString } = Schedule.cron(props.schedule ?? { hour: '5', minute: '0' });
    checkSchedule(this, "'schedule'", expressionString, known(props.timeZone?.timezoneName));
    const name =
      props.restoreTestingPlanName ??
      Names.uniqueResourceName(this, { maxLength: LIMITS.nameLength.value, separator: '_', allowedSpecialCharacters: '_' });
    const stack = Stack.of(this);
    claimName(this, {
      kind: 'restore testing plan',
      name,
      stack,
      for: [deploymentOf(stack), this.node.path.slice(stack.node.path.length)].join('/'),
      remedy: "give one of them another 'restoreTestingPlanName'",
    });
    const plan = new CfnRestoreTestingPlan(this, 'Resource', {
      restoreTestingPlanName: name,
      scheduleExpression: expressionString,
      scheduleExpressionTimezone: props.timeZone?.timezoneName,
      startWindowHours: startWindow,
      recoveryPointSelection: {
        algorithm: points.algorithm,
        includeVaults: this.arnsOf('vaults', props.vaults) ?? ['*'],
        excludeVaults: this.arnsOf('excludedVaults', props.excludedVaults),
        recoveryPointTypes: points.types,
        selectionWindowDays: window,
      },
    });
    watchOverrides(this, plan);
    this.restoreTestingPlanName = plan.ref;
    this.restoreTestingPlanArn = plan.attrRestoreTestingPlanArn;
    this.restoreTestingPlanRef = plan.restoreTestingPlanRef;
    this.node.addValidation({ validate: () => this.refuseEmpty() });
  }

  /**
   * Restores what is selected, with one selection of AWS Backup.
   *
   * Throws `TooManyForRestoreTest` for the 31st selection of a plan.
   */
  public addSelection(id: string, options: RestoreTestingSelectionOptions): RestoreTestingSelection {
    const selection = new RestoreTestingSelection(this, id, { plan: this, ...options });
    this.selections.push(selection);
    insist(this, checkTestCount('selections', this.present().length));
    return selection;
  }

  /**
   * Restores these resources, of any number and of several types: with one selection of AWS Backup for every 30 resources of a type.
   * @param id begins the construct ids of the selections
   * @param resources constructs of this app, references or imported resources
   * @param options hold for all of the selections, `metadata` for those of its type
   */
  public select(id: string, resources: IConstruct[], options: RestoredResourcesOptions = {}): RestoreTestingSelection[] {
    const { metadata = [], ...rest } = options;
    return splitByType(this, resources).map(({ name, type, part }) =>
      this.addSelection(`${id}${name}`, {
        ...rest,
        metadata: chosenMetadata(type, metadata),
        resources: TestedResources.list(...part),
      }),
    );
  }

  private present(): readonly RestoreTestingSelection[] {
    return this.selections.filter((selection) => isAttached(selection));
  }

  private refuseEmpty(): string[] {
    const message = 'restores nothing: call addSelection() at least once, or leave out the plan';
    return this.present().length > 0 ? [] : [new ConfigurationError('RestoresNothing', message, this).message];
  }

  private arnsOf(prop: 'vaults' | 'excludedVaults', vaults: IBackupVaultRef[] | undefined): string[] | undefined {
    if (vaults?.length === 0) {
      throw new ConfigurationError('NoVaults', `'${prop}' is empty: leave it out, or list at least one vault`, this);
    }
    insist(this, checkTestCount('vaults', vaults?.length ?? 0));
    return vaults?.map((vault) => vaultArnFor(this, vault));
  }
}
