import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { AlarmActions } from '../core/alarm-actions';
import { ConfigurationError } from '../core/private/errors';
import { resourceId } from '../core/private/inventory';
import { known } from '../core/private/known';
import { warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { requireElsewhere } from '../core/private/recovery-place';
import { differ } from '../model/differ';
import { type PlannedRule, planRules } from '../model/planner';
import { abilitiesOf, type ResourceType } from '../model/services';
import { requireProtectable, targetOf } from '../services';
import type { Target } from '../services/service';
import { RecoveryVault } from '../vault/recovery-vault';
import type { PlanSelection } from './plan-selection';
import { type ExpectedTimes, expectedTimes, jobTimes, refine, slowestJobTimes } from './private/job-times';
import { overridden } from './private/overridden';
import { placeOfVault, type VaultPlace } from './private/places';
import { type Destination, planIdOf, ruleFrom } from './private/plan-group';
import { planRequestOf, warm } from './private/plan-request';
import { Promises } from './private/promises';
import { warnOfUnringing } from './private/unringing';
import { warnOfUntested } from './private/untested';
import { type Wishes, wishesOf } from './private/wishes';
import type { PromisedResource } from './promised-resource';
import type { ProtectionProps, ProtectOptions, ResourceProtectionOptions } from './protection-options';
import { ProtectionPlan } from './protection-plan';
import { Selection } from './selection';

/**
 * Promises how much data may be lost and how long the service may be down, and makes the backups that keep the promise.
 *
 * From the tier or objective it derives the rules of AWS Backup: how often, within which windows, with point-in-time
 * recovery or not, kept how long, in cold storage from when, copied where. When the app is synthesised the promise is
 * judged: synth fails with a sentence where it cannot be kept.
 * @example
 * const protection = new Protection(this, 'Protection', {
 *   tier: RecoveryTier.IMPORTANT,
 *   recoveryRegion: 'ap-northeast-3',
 * });
 * protection.protect(database);
 */
export class Protection extends Construct {
  /** The vault for recovery points. */
  public readonly vault: IBackupVaultRef;
  /** The vault that gets the copies, where there is a recovery Region or account. */
  public readonly recoveryVault?: IBackupVaultRef;

  private readonly wishes: Wishes;
  private readonly expected: ExpectedTimes;
  /** By the rules of their plan. */
  private readonly groups = new Map<string, PlanSelection>();
  private readonly usual = new Map<ResourceType, PlanSelection>();
  private readonly promises: Promises;
  private tested = false;
  private readonly home: VaultPlace;
  private readonly destinations: readonly Destination[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ProtectionProps,
  ) {
    super(scope, id);
    this.vault = props.vault ?? RecoveryVault.shared(this);
    this.recoveryVault = this.recoveryVaultOf(props);
    this.home = placeOfVault(this.vault);
    this.destinations = [this.recoveryVault, props.airGappedVault]
      .filter((vault) => vault !== undefined)
      .map((vault) => ({ vault, place: placeOfVault(vault) }));
    this.promises = new Promises(this);
    this.wishes = this.settle(props);
    this.expected = expectedTimes(this, props.expects);
    RecoveryRecord.of(this).add({ owner: this, facts: (inventory) => this.promises.facts(inventory) });
    this.node.addValidation({ validate: () => this.warnOfNothing() });
    props.restoreTests?._arrange(this);
  }

  /**
   * Protects a resource: a construct of this app, a reference or an imported resource.
   *
   * Throws `NotProtectable` for what holds no data, `TypeNotProtectable` for what AWS Backup does not protect, and
   * `ProtectedTwice` for a resource that this Protection protects already.
   * @param resource what holds the data
   * @param options what is different for this resource, and what its restored data are held to
   */
  public protect(resource: IConstruct, options: ResourceProtectionOptions = {}): void {
    const target = targetOf(this, resource);
    requireProtectable(this, target);
    const { checks = [], credentials, restoreTests, ...promise } = options;
    const wishes = this.wishesFor(promise);
    this.promises.add(target, wishes, { checks, credentials, restoreTests: restoreTests ?? this.props.restoreTests });
    (checks[0] ?? restoreTests)?._arrange(this);
    this.selectionFor(target, wishes, this.expectedFor(promise)).addResource(resource, promise.expects ?? this.props.expects);
  }

  /**
   * Protects whatever a selection has, such as everything with a tag: also what other teams make later. Which resources of
   * this app it really has is found out when the app is synthesised, by the tags that they carry then.
   *
   * Resources that are protected one by one keep their own promise. Throws `EmptySelection` for a selection without entries.
   * @param id construct id of the plan
   * @param selection by tag or by type; see `protect()` for single resources
   * @param options what is different for these resources
   */
  public protectSelection(id: string, selection: Selection, options: ProtectOptions = {}): void {
    const wishes = this.wishesFor(options);
    const expected = this.expectedFor(options);
    const destinations = this.destinations.filter(({ place }) => !place.airGapped);
    const request = {
      ...planRequestOf(this.home, wishes, slowestJobTimes(expected), destinations),
      continuous: wishes.continuous,
      mixed: true,
    };
    const plan = this.planWith(id, planRules(request), wishes, destinations);
    plan.select('Selected', selection, { expects: options.expects ?? this.props.expects });
    for (const resource of selection._spec.resources) {
      this.promises.add(targetOf(this, resource), wishes, { checks: [], restoreTests: options.restoreTests ?? this.props.restoreTests });
    }
    const exceptionIds = new Set(selection._spec.exceptions.map((resource) => resourceId(resource)));
    options.restoreTests?._arrange(this);
    const isNeverTested = (options.restoreTests ?? this.props.restoreTests)?._isNever === true;
    this.promises.addSearch({ spec: selection._spec, exceptionIds }, wishes, isNeverTested);
  }

  /**
   * What is protected one by one, as the tree stands.
   * @internal
   */
  public _promised(): readonly PromisedResource[] {
    return this.promises.present();
  }

  /**
   * Whether selections find out what is protected, of which nobody has said that its restores need no tests.
   * @internal
   */
  public get _hasUntestedSearches(): boolean {
    return this.promises.hasUntestedSearches;
  }

  /**
   * Somebody tests restores, and says itself what is left out.
   * @internal
   */
  public _isTested(): void {
    this.tested = true;
  }

  /**
   * Who is told of alarms in a Region; without one, in that of the stack.
   * @internal
   */
  public _alarmActions(region?: string): AlarmActions | undefined {
    return region === undefined ? this.props.alarmActions : this.props.alarmActionsIn?.[region];
  }

  private warnOfNothing(): string[] {
    if (this.promises.isEmpty) {
      warn(this, 'ProtectsNothing', 'protects nothing, so that its promise holds for no data: call protect() or protectSelection()');
    }
    if (!this.tested) {
      warnOfUntested(this, this._promised());
      warnOfUnringing(this, this.props);
    }
    return [];
  }

  private wishesFor(options: ProtectOptions): Wishes {
    return Object.keys(options).length === 0 ? this.wishes : this.settle(overridden(this.props, options));
  }

  private expectedFor({ expects }: ProtectOptions): ExpectedTimes {
    return expects ? refine(this.expected, expectedTimes(this, expects)) : this.expected;
  }

  private settle(props: ProtectionProps): Wishes {
    const region = known(Stack.of(this).region);
    return wishesOf(
      this,
      props,
      props.recoveryRegion !== undefined || this.destinations.some(({ place }) => differ(place.place.region, region)),
    );
  }

  private recoveryVaultOf({ recoveryRegion, recoveryAccount, recoveryVault }: ProtectionProps): IBackupVaultRef | undefined {
    if (recoveryRegion === undefined && recoveryAccount === undefined) {
      return recoveryVault;
    }
    if (recoveryVault) {
      throw new ConfigurationError(
        'RecoveryVaultTwice',
        "'recoveryVault' is given beside 'recoveryRegion' or 'recoveryAccount', which make one: leave either out",
        this,
      );
    }
    const region = recoveryRegion ?? Stack.of(this).region;
    requireElsewhere(this, this, { region, account: recoveryAccount, remedy: 'choose another Region or account' });
    const options = { account: recoveryAccount };
    return this.vault instanceof RecoveryVault ? this.vault.mirrorIn(region, options) : RecoveryVault._sharedMirror(this, region, options);
  }

  /** Rules are derived once for each type, unless a resource has wishes of its own. */
  private selectionFor(target: Target, wishes: Wishes, expected: ExpectedTimes): PlanSelection {
    if (wishes !== this.wishes || expected !== this.expected) {
      return this.groupFor(target, wishes, expected);
    }
    const selection = this.usual.get(target.type) ?? this.groupFor(target, wishes, expected);
    this.usual.set(target.type, selection);
    return selection;
  }

  /** The selection of the plan with the rules that such a resource needs; resources with equal rules share one. */
  private groupFor({ type, construct }: Target, wishes: Wishes, expected: ExpectedTimes): PlanSelection {
    const destinations = this.destinations.filter(({ place }) => !place.airGapped || abilitiesOf(type).airGapped);
    const request = planRequestOf(this.home, wishes, jobTimes(type, expected), destinations);
    const continuous = wishes.continuous && abilitiesOf(type).continuous?.by === 'AWS Backup';
    const rules = planRules(continuous ? { ...request, continuous, rpoMs: undefined, rungs: warm(request.rungs) } : request);
    const key = JSON.stringify(rules);
    const existing = this.groups.get(key);
    if (existing) {
      return existing;
    }
    const id = this.freeId(planIdOf(rules, wishes.rungs), construct.node.id);
    const selection = this.planWith(id, rules, wishes, destinations).select('Resources', Selection._growing());
    this.groups.set(key, selection);
    return selection;
  }

  /** The id for a plan: with the name of its first resource, and a number if need be, where other rules have taken it. */
  private freeId(planId: string, resource: string): string {
    const ids = [planId, ...Array.from({ length: this.groups.size + 1 }, (_, n) => `${planId}For${resource}${n === 0 ? '' : n + 1}`)];
    return ids.find((id) => !this.node.tryFindChild(id)) ?? planId;
  }

  private planWith(id: string, rules: readonly PlannedRule[], { timeZone }: Wishes, destinations: readonly Destination[]): ProtectionPlan {
    const copies = new Map(destinations.map((destination) => [destination.place.container, destination]));
    return new ProtectionPlan(this, id, {
      vault: this.vault,
      role: this.props.role,
      rules: rules.map((rule) => ruleFrom(rule, { timeZone, copies })),
    });
  }
}
