import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type Environment, type Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { keepsDataLive, type ProbeConfig, servesEverywhere, standbyCountOf } from '../model/recovery';
import { checkedOf } from '../verification/check-fit';
import type { BoundCompute } from './private/bound-compute';
import { type BoundData, requireTwoSites } from './private/bound-data';
import { dataChecks } from './private/data-checks';
import { requireItem } from './private/item-names';
import { SiteOrchestration } from './private/site-orchestration';
import type { SitePlan } from './private/site-plan';
import { type RoutedRecord, SiteRecords } from './private/site-records';
import type { Probe } from './probe';
import type { RecoverableCompute } from './recoverable-compute';
import type { SiteComputeOptions } from './recoverable-compute-options';
import type { RecoverableData } from './recoverable-data';
import type { SiteDataOptions } from './recoverable-data-options';
import type { SiteTrafficProps } from './site-traffic-props';

/**
 * One of the Regions that an application runs in, or can run in. Make one class of stacks and instantiate it for each site: what differs is asked of
 * the site. What is at the site is told to it.
 * @example
 * class OrdersStack extends Stack {
 *   constructor(scope: Construct, id: string, site: RecoverySite) {
 *     super(scope, id, { env: site.env });
 *     // ...
 *     site.addCompute('api', RecoverableCompute.ecsService(service, { count: 8 }));
 *   }
 * }
 */
export class RecoverySite extends Construct {
  /** @internal */
  public static _make(recovery: Construct, plan: SitePlan): RecoverySite {
    return new RecoverySite(recovery, plan);
  }

  /** The Region of the site. */
  public readonly region: string;
  /** Where stacks of the site are: give it to them as `env`. */
  public readonly env: Environment;
  /** Whether this is the first site, which has the traffic as long as nothing is diverted. It stays so after a failover. */
  public readonly isHome: boolean;
  /** Whether the site has the traffic at present, as far as the code says. */
  public readonly isActive: boolean;
  /** Whether the site has live data: everywhere, but not at the recovery site of RecoveryStrategy.backupAndRestore(). It does not depend on who is active. */
  public readonly keepsData: boolean;
  /** Whether users are served here at present, as far as the code says. */
  public readonly servesTraffic: boolean;
  /** The topic that tells of runs and asks for approval: subscribe people to it. */
  public readonly topic: ITopic;

  /** @internal */
  public readonly _plan: SitePlan;
  /** @internal */
  public readonly _orchestration: SiteOrchestration;
  /** @internal */
  public readonly _data = new Map<string, BoundData>();
  /** @internal */
  public readonly _compute = new Map<string, BoundCompute>();
  /** @internal */
  public readonly _probes: Probe[] = [];
  /** @internal */
  public readonly _checks: ProbeConfig[] = [];
  private readonly records: SiteRecords;

  private constructor(scope: Construct, plan: SitePlan) {
    super(scope, plan.region);
    const { region, account, home, active, strategy } = plan;
    this._plan = plan;
    this.region = region;
    this.env = { region, account };
    this.isHome = region === home;
    this.isActive = region === active;
    this.keepsData = this.isHome || keepsDataLive(strategy);
    this.servesTraffic = this.isActive || servesEverywhere(strategy);
    this._orchestration = new SiteOrchestration(this, plan);
    this.topic = this._orchestration.topic;
    this.records = new SiteRecords(this, plan);
  }

  /**
   * How many of something run here at present: all where the site is active, otherwise as many as the strategy keeps running, rounded up.
   * Throws `InvalidCount` for what is no whole number from 0 on.
   */
  public capacityOf(full: number): number {
    if (Token.isUnresolved(full) || !Number.isInteger(full) || full < 0) {
      throw new ConfigurationError(
        'InvalidCount',
        `'full' is ${Token.isUnresolved(full) ? 'only known at deploy time' : full}, but capacity is a whole number from 0 on: give such a number`,
        this,
      );
    }
    return this.isActive ? full : standbyCountOf(this._plan.strategy, full);
  }

  /**
   * Tells the site of data that it recovers.
   * @param id the same at all sites: 1 to 30 letters, digits or hyphens, the first a letter
   * @param data what it is here
   * @param options when it is recovered, and what it is held to. Throws `CheckDoesNotFit`, `CheckNotInRecovery` and `CheckNeedsBaseline` for checks that
   * cannot look at it, and the codes of docs/errors.md for a network, a secret or an engine that nobody has said
   */
  public addData(id: string, data: RecoverableData, options: SiteDataOptions = {}): void {
    const place = this.placeOf(id, options.order);
    const item = data._bind(place);
    requireTwoSites(place, item, this._plan.regions.length);
    this._data.set(id, item);
    const { stack, route } = this._orchestration;
    const engineElsewhere = this._others
      .map((other) => other._data.get(id)?.target)
      .flatMap((target) => (target ? [checkedOf(target).engine] : []))[0];
    this._checks.push(...dataChecks({ place, item, options, stack, route, engineElsewhere }));
  }

  /**
   * Tells the site of compute that it scales.
   * @param id the same at all sites: 1 to 30 letters, digits or hyphens, the first a letter
   * @param compute what it is here
   * @param options when it is scaled
   */
  public addCompute(id: string, compute: RecoverableCompute, options: SiteComputeOptions = {}): void {
    this._compute.set(id, compute._bind({ ...this.placeOf(id, options.order), strategy: this._plan.strategy }));
  }

  /** Has something be well before traffic comes to the site. */
  public addProbe(probe: Probe): void {
    probe._requireIn(this.region, this);
    const { name } = probe._config;
    if (this._probes.some(({ _config }) => _config.name === name)) {
      throw new ConfigurationError(
        'DuplicateProbe',
        `two probes of ${this.region} are called '${name}': give one of them another 'name'`,
        this,
      );
    }
    this._probes.push(probe);
  }

  /**
   * Makes the record that leads requests to this site, in the stack of the zone. Which record is the primary never changes: a failover needs no
   * deployment and no control plane. Throws `SiteElsewhere` for a zone of another Region, and the codes of docs/errors.md for what Route 53 refuses.
   */
  public routeTraffic(props: SiteTrafficProps): void {
    this.records.route(props);
  }

  /**
   * What routes traffic here.
   * @internal
   */
  public get _routed(): readonly RoutedRecord[] {
    return this.records.routed;
  }

  private placeOf(name: string, order = 0) {
    requireItem(this, name, order, [...this._data.keys(), ...this._compute.keys()]);
    return { name, order, region: this.region, recovery: this._plan.recovery, by: this };
  }

  /**
   * The other sites of the recovery.
   * @internal
   */
  public get _others(): readonly RecoverySite[] {
    const siblings = this.node.scope?.node.children ?? [];
    return siblings.filter((one): one is RecoverySite => one instanceof RecoverySite && one !== this);
  }

  /**
   * The stack in which the recovery of this site is.
   * @internal
   */
  public get _stack(): Stack {
    return this._orchestration.stack;
  }
}
