import type { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch';
import type { IAlarmRef } from 'aws-cdk-lib/aws-cloudwatch';
import { AspectPriority, Aspects, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { requireMs } from '../core/private/known';
import { warn } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import type { DisasterRecoveryProps } from './disaster-recovery-props';
import { DrillMode } from './drill-mode';
import type { DrillOptions } from './drill-options';
import { type ArrangedDrill, type Arrangement, arrangeDrill } from './private/arranged-drill';
import { DetectedBy } from './private/detected-by';
import { warnOfEmptyRehearsals } from './private/drill-restores';
import { failoverConcerns, failoverFacts, type JudgedRecovery } from './private/failover-facts';
import { recoveryPlanOf } from './private/recovery-plan';
import { RegionSwitch } from './private/region-switch';
import { type RunbookSubject, writeRunbook } from './private/runbook';
import { agentPartsOf } from './private/site-config';
import { requireAgreement } from './private/sites-agree';
import { requireWaysBack } from './private/ways-back';
import { RecoverySite } from './recovery-site';
import type { RegionSwitchOptions } from './region-switch-options';
import type { SiteWatchOptions } from './site-watch-options';

/**
 * One application at two sites, and what makes the other one take over: at each site an agent, a state machine that has been run before, a memory of
 * who is active, alarms and evidence, in a stack that needs nothing of any other Region.
 *
 * Make it in the app or a stage, and one stack of your application for each site.
 * @example
 * const recovery = new DisasterRecovery(app, 'Orders', {
 *   strategy: RecoveryStrategy.warmStandby({ capacity: 0.25 }),
 *   primaryRegion: 'ap-northeast-1',
 *   recoveryRegion: 'ap-northeast-3',
 * });
 * new OrdersStack(app, 'Tokyo', recovery.primary);
 * new OrdersStack(app, 'Osaka', recovery.recovery);
 * recovery.drill();
 */
export class DisasterRecovery extends Construct {
  /** The site of the primary Region. */
  public readonly primary: RecoverySite;
  /** The site of the recovery Region. */
  public readonly recovery: RecoverySite;
  /** All sites, that of the primary Region first. */
  public readonly sites: RecoverySite[];
  /** The name by which sites know each other. */
  public readonly recoveryName: string;

  private readonly arrangements: Arrangement[] = [];
  private readonly detectedBy: DetectedBy;
  private readonly detectionMs?: number;
  private isMade = false;
  private switch?: RegionSwitch;

  /**
   * Throws `RecoveryInStack` in a stack, `StrategyTooSlow` for an objective that the strategy cannot keep, and the codes of docs/errors.md for Regions and
   * names that cannot be.
   */
  constructor(scope: Construct, id: string, props: DisasterRecoveryProps) {
    super(scope, id);
    const around = this.node.scopes.find((one) => Stack.isStack(one));
    if (around) {
      throw new ConfigurationError(
        'RecoveryInStack',
        `a recovery has stacks of several Regions, but '${around.node.path}' is a stack of one: make it in the app or in a stage`,
        this,
      );
    }
    const plan = recoveryPlanOf(this, props);
    this.detectionMs = props.detection && requireMs(this, 'detection', props.detection);
    this.recoveryName = plan.recovery;
    this.sites = plan.regions.map((region) =>
      RecoverySite._make(this, { ...plan, region, alarmActions: props.alarmActionsIn?.[region] ?? {} }),
    );
    [this.primary, this.recovery] = this.sites as [RecoverySite, RecoverySite];
    this.detectedBy = new DetectedBy(this, this.sites);
    RecoveryRecord.of(this).add({
      owner: this,
      facts: () => failoverFacts(this.judged()),
      conclude: (facts) => failoverConcerns(this.judged(), facts),
    });
    Aspects.of(this).add({ visit: (node) => node === this && this.make() }, { priority: AspectPriority.MUTATING });
    writeRunbook(this, () => this._subject());
  }

  /**
   * Rehearses the recovery on a schedule, by the state machine that a real failover runs, and measures it against the objective. It begins at the site
   * that waits.
   */
  public drill(options: DrillOptions = {}): void {
    this.arrangements.push(arrangeDrill(this, options));
  }

  /**
   * Has an alarm start the failover to the site of its Region, while that site waits: somebody is asked for approval, unless nobody is to be. Alarms that ring
   * again, late, while a run is under way or at the site that is active start nothing. Throws `SiteElsewhere` for an alarm of another Region, and
   * `NoSiteWaits` where every site serves users.
   * @param alarm of the Region that takes over, such as a canary there that looks at the active site: an L2, an L1 or an import
   */
  public startOn(alarm: IAlarmRef): void {
    this.detectedBy.add(alarm);
  }

  /**
   * Has the site that waits look at the active one every minute, and start the failover once it does not answer any more: somebody is asked for approval, unless
   * nobody is to be. Throws `InvalidWatch` for what cannot be asked, and `NoSiteWaits` where every site serves users.
   */
  public watch(options: SiteWatchOptions = {}): void {
    this.detectedBy.watch(options);
  }

  /**
   * Defines a plan of ARC Region switch whose steps are taken by the machines of the sites: another place to start a failover or switchover from, to
   * approve it and to see how far it is. It is executed *gracefully* whatever has happened, for ARC skips steps like these otherwise. A plan is billed by
   * the month. Throws `RegionSwitchNeedsStandby` for RecoveryStrategy.multiSite(), `InvalidStepTimeout`, `InvalidName` and `NameTaken`.
   */
  public regionSwitch(options: RegionSwitchOptions = {}): CfnPlan {
    this.switch ??= new RegionSwitch(this);
    return this.switch.add(options);
  }

  /** @internal What the runbook is about. */
  public _subject(): RunbookSubject {
    return {
      sites: this.sites,
      drills: this.drills(),
      plans: this.switch?.plans ?? [],
      detected: (site) => this.detectedBy.at(site),
    };
  }

  private drills(): readonly ArrangedDrill[] {
    return this.arrangements.map(({ drill }) => drill);
  }

  private judged(): JudgedRecovery {
    return {
      by: this.node.path,
      sites: this.sites,
      detectionMs: this.detectionMs,
      watchedMs: this.detectedBy.watchedMs,
      drills: this.drills(),
    };
  }

  private make(): void {
    if (this.isMade) {
      return;
    }
    this.isMade = true;
    requireAgreement(this.sites);
    warnOfEmptyRehearsals(this.sites, this.drills());
    requireWaysBack(this.sites, this.drills());
    if (this.arrangements.length === 0) {
      warn(
        this.primary._stack,
        'NotDrilled',
        'nobody rehearses this recovery, and what was never rehearsed fails when it is needed: add drill(), or acknowledge this',
      );
    }
    const waiting = this.sites.find(({ isActive }) => !isActive) as RecoverySite;
    const holdMs = Math.max(0, ...this.arrangements.map((one) => one.holdMs));
    const experimentTemplate = this.arrangements.find(({ experiment }) => experiment !== undefined)?.experiment;
    const drills = this.drills().filter(({ mode }) => mode !== DrillMode.FAULT_INJECTION || this.primary.isActive);
    if (drills.length < this.arrangements.length) {
      warn(
        this.primary._stack,
        'FaultNotInjected',
        `the fault of a drill strikes ${this.primary.region}, which is not active, so that drill is not scheduled until 'activeRegion' is ${this.primary.region} again: acknowledge this, or drill by DrillMode.SWITCHOVER`,
      );
    }
    for (const site of this.sites) {
      const fault = site.isHome && experimentTemplate !== undefined ? { experimentTemplate } : {};
      const drill = this.arrangements.length === 0 ? undefined : { holdMs, ...fault };
      this.detectedBy.judge(site);
      const { watch, alarmNames: _, ...detection } = this.detectedBy.at(site);
      site._orchestration.complete({ ...agentPartsOf(site, drill, watch), drills: site === waiting ? drills : [], detection });
    }
  }
}
