import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { known } from '../core/private/known';
import { RecoveryRecord } from '../core/private/record';
import { Disruption } from '../model/disruption';
import type { ObjectiveFact } from '../model/facts';
import { type PlannedRule, planRules } from '../model/planner';
import { abilitiesOf, labelOf, type ResourceType } from '../model/services';
import { RecoveryVault } from '../vault/recovery-vault';
import type { PlanSelection } from './plan-selection';
import { type ExpectedTimes, expectedTimes, jobTimes, refine } from './private/job-times';
import { differ, placeOfVault, type VaultPlace } from './private/places';
import { type Destination, planIdOf, ruleFrom } from './private/plan-group';
import { targetOf } from './private/services';
import { type Wishes, wishesOf } from './private/wishes';
import type { ProtectionProps, ProtectOptions } from './protection-options';
import { ProtectionPlan } from './protection-plan';
import { Selection } from './selection';

interface Group {
  readonly key: string;
  readonly plan: ProtectionPlan;
  readonly selection: PlanSelection;
}

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
  private readonly groups = new Map<string, Group>();
  private readonly objectives = new Map<string, ObjectiveFact>();
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
    this.wishes = this.settle(props);
    this.expected = expectedTimes(this, props.expects);
    RecoveryRecord.of(this).add({ facts: () => [...this.objectives.values()] });
  }

  /**
   * Protects a resource: a construct of this app, a reference or an imported resource.
   *
   * Throws `NotProtectable` for what AWS Backup cannot protect, and `ProtectedTwice` for a resource that this Protection
   * protects already.
   * @param resource what holds the data
   * @param options what is different for this resource
   */
  public protect(resource: IConstruct, options: ProtectOptions = {}): void {
    const target = targetOf(this, resource);
    if (!abilitiesOf(target.type).awsBackup) {
      const message = `'${target.id}' is ${labelOf(target.type)}, which AWS Backup does not protect: exclude it with RecoveryCoverage and a reason, or protect it by other means`;
      throw new ConfigurationError('TypeNotProtectable', message, this);
    }
    if (this.objectives.has(target.id)) {
      throw new ConfigurationError('ProtectedTwice', `'${target.id}' is protected here already: leave one call out`, this);
    }
    const wishes = Object.keys(options).length === 0 ? this.wishes : this.settle(overridden(this.props, options));
    const expected = options.expects ? refine(this.expected, expectedTimes(this, options.expects)) : this.expected;
    this.groupFor(target.type, target.construct, wishes, expected).addResource(resource, options.expects);
    this.objectives.set(target.id, this.objectiveFor(target.id, wishes));
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
    const original = this.vault instanceof RecoveryVault ? this.vault : RecoveryVault.shared(this);
    return original.mirrorIn(recoveryRegion ?? Stack.of(this).region, { account: recoveryAccount });
  }

  private objectiveFor(resource: string, { tier, rpoMs, rtoMs, survives, copyRule }: Wishes): ObjectiveFact {
    return { kind: 'objective', resource, by: this.node.path, tier, rpoMs, rtoMs, survives, copyRule };
  }

  /** The selection of the plan with the rules that such a resource needs; resources with equal rules share one. */
  private groupFor(type: ResourceType, construct: IConstruct, wishes: Wishes, expected: ExpectedTimes): PlanSelection {
    const destinations = this.destinations.filter(({ place }) => !place.airGapped || abilitiesOf(type).airGapped);
    const rules = this.rulesFor(type, wishes, expected, destinations);
    const key = JSON.stringify([rules, wishes.timeZone.timezoneName]);
    const planId = planIdOf(rules, wishes.rungs);
    const existing = this.groups.get(planId);
    if (existing?.key === key) {
      return existing.selection;
    }
    const id = existing ? `${planId}For${construct.node.id}` : planId;
    const copies = new Map(destinations.map((destination) => [destination.place.container, destination]));
    const plan = new ProtectionPlan(this, id, {
      vault: this.vault,
      role: this.props.role,
      rules: rules.map((rule) => ruleFrom(rule, { timeZone: wishes.timeZone, copies })),
    });
    const group = { key, plan, selection: plan.select('Resources', Selection._growing()) };
    this.groups.set(id, group);
    return group.selection;
  }

  private rulesFor(
    type: ResourceType,
    wishes: Wishes,
    expected: ExpectedTimes,
    destinations: readonly Destination[],
  ): readonly PlannedRule[] {
    const continuous = wishes.continuous && abilitiesOf(type).continuous?.by === 'AWS Backup';
    const near = wishes.survives.filter(
      ({ disruption }) => disruption === Disruption.OPERATOR_ERROR || disruption === Disruption.ZONE_LOSS,
    );
    const far = wishes.survives.filter((survival) => !near.includes(survival));
    return planRules({
      rpoMs: continuous || near.length === 0 ? undefined : Math.min(...near.map(({ rpoMs }) => rpoMs)),
      copyRpoMs: destinations.length === 0 || far.length === 0 ? undefined : Math.min(...far.map(({ rpoMs }) => rpoMs)),
      everyMs: wishes.everyMs,
      rungs: wishes.rungs,
      recentMs: wishes.recentMs,
      continuous,
      times: jobTimes(type, expected),
      hour: wishes.hour,
      minute: 0,
      timeZone: wishes.timeZone.timezoneName,
      startWindowMs: wishes.startWindowMs,
      completionWindowMs: wishes.completionWindowMs,
      container: this.home.container,
      copies: destinations.map(({ place }) => place.container),
    });
  }
}

/** Options of one resource over those of all; a tier or an objective brings its own retention and rhythm. */
function overridden(props: ProtectionProps, options: ProtectOptions): ProtectionProps {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  if (options.tier) {
    const { objective, retention, dataClass, continuous, recoveryPointsEvery, survives, ...rest } = props;
    return { ...rest, ...given };
  }
  return { ...props, ...given };
}
