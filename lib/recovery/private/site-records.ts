import { type CfnRecordSet, Failover, type IHealthCheck, RecordSet, RecordType } from 'aws-cdk-lib/aws-route53';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { servesEverywhere, type TrafficConfig } from '../../model/recovery';
import { MINUTE, SECOND } from '../../model/time';
import type { RecoverySite } from '../recovery-site';
import type { SiteTrafficProps } from '../site-traffic-props';
import { siteHealth } from './site-health';
import type { SitePlan } from './site-plan';

/** A record that leads requests to a site. */
export interface RoutedRecord {
  /** In full, without the dot at its end. */
  readonly name: string;
  readonly type: RecordType;
  readonly zoneId: string;
  readonly ttlMs: number;
}

/** The time to live of an alias is that of what it names: a load balancer has 60 s (Route 53 Developer Guide: values for alias records). */
const USUAL_TTL = Duration.seconds(60);
/** From publishing a metric until Route 53 has looked at it: a period of the alarm, and our assumption for the look. */
const LATCH_MS = 2 * MINUTE;
/** Route 53 looks at routing controls all the time; our assumption. */
const CONTROL_MS = 20 * SECOND;
const MOST_WEIGHT = 255;
/** Route 53 API Reference: ResourceRecordSet, read on 2026-11-24. */
const MOST_TTL_SECONDS = 2_147_483_647;

/** The records of one site. */
export class SiteRecords {
  public readonly routed: RoutedRecord[] = [];

  constructor(
    private readonly site: Construct,
    private readonly plan: SitePlan,
  ) {}

  /** Makes a record in the stack of its zone. */
  public route(props: SiteTrafficProps): void {
    const { zone, target, recordName, recordType = RecordType.A, weight } = props;
    const { region, home, strategy, recovery } = this.plan;
    const everywhere = servesEverywhere(strategy);
    this.requireNear(props);
    this.requireStrategy(props, everywhere);
    const ttl = target.aliasTarget ? undefined : this.ttlOf(props);
    const name = this.fullName(props);
    if (this.routed.some((one) => one.name === name && one.type === recordType)) {
      throw new ConfigurationError(
        'DuplicateRecord',
        `'${name}' leads to the site of ${region} already: give another 'recordName' or 'recordType'`,
        this.site,
      );
    }
    const scope = new Construct(Stack.of(zone), `${recovery}-${Token.isUnresolved(name) ? (recordName ?? 'zone') : name}-${recordType}`);
    const record = new RecordSet(scope, 'Record', {
      zone,
      recordType,
      recordName,
      target,
      ttl,
      comment: `${recovery}: requests to ${region}`,
      healthCheck: this.healthOf(scope, props, everywhere),
      ...(everywhere && (weight === undefined ? { region, setIdentifier: region } : { weight, setIdentifier: region })),
    });
    const cfn = record.node.defaultChild as CfnRecordSet;
    if (!everywhere) {
      // here, because the L2 would have an alias follow the health of its target: a sick target moves no requests to a site that nobody has verified
      cfn.failover = region === home ? Failover.PRIMARY : Failover.SECONDARY;
      cfn.setIdentifier = region;
    }
    if (target.aliasTarget) {
      cfn.addPropertyOverride('AliasTarget.EvaluateTargetHealth', everywhere);
    }
    this.routed.push({
      name,
      type: recordType,
      zoneId: zone.hostedZoneId,
      ttlMs: (ttl ?? USUAL_TTL).toMilliseconds(),
    });
  }

  /** How traffic is switched, as the agent has to know it. */
  public static configOf({ _routed, _others, _plan }: RecoverySite): TrafficConfig {
    if (_routed.length === 0) {
      return { kind: 'none' };
    }
    // clients keep the answer of the site that is left, for as long as that one has said
    const ttlMs = Math.max(...[..._routed, ..._others.flatMap((other) => other._routed)].map((record) => record.ttlMs));
    const controls = _plan.trafficSwitch._controls;
    return controls === undefined
      ? { kind: 'latch', settleMs: LATCH_MS + ttlMs }
      : {
          kind: 'routing-control',
          endpoints: Object.entries(controls.clusterEndpoints).map(([region, url]) => ({ url, region })),
          controls: controls.routingControls,
          settleMs: CONTROL_MS + ttlMs,
        };
  }

  private healthOf(scope: Construct, props: SiteTrafficProps, everywhere: boolean): IHealthCheck | undefined {
    return siteHealth(scope, this.site.node.scope as Construct, this.plan, {
      everywhere,
      path: props.healthCheckPath,
      domain: props.healthCheckDomain,
    });
  }

  private requireNear({ zone }: SiteTrafficProps): void {
    const there = Stack.of(zone).region;
    if (there !== this.plan.region) {
      throw new ConfigurationError(
        'SiteElsewhere',
        `'zone' is '${zone.node.path}' of a stack in ${Token.isUnresolved(there) ? 'a Region that is only known at deploy time' : there}, but each site makes its own record, so that it needs no other: import the zone in a stack of ${this.plan.region} with HostedZone.fromHostedZoneAttributes()`,
        this.site,
      );
    }
  }

  private requireStrategy({ weight, healthCheckPath, healthCheckDomain }: SiteTrafficProps, everywhere: boolean): void {
    const given = Object.entries({ weight, healthCheckPath }).filter(([, value]) => value !== undefined);
    if (!everywhere && given.length > 0) {
      throw new ConfigurationError(
        'TrafficNotShared',
        `'${given[0][0]}' is given, but users are served by one site at a time, and none gets them before it is verified: leave it out, or take RecoveryStrategy.multiSite()`,
        this.site,
      );
    }
    if (weight !== undefined && !Token.isUnresolved(weight) && (!Number.isInteger(weight) || weight < 0 || weight > MOST_WEIGHT)) {
      throw new ConfigurationError(
        'InvalidWeight',
        `'weight' is ${weight}, but Route 53 takes whole numbers from 0 to ${MOST_WEIGHT}: give one of these`,
        this.site,
      );
    }
    if (healthCheckPath !== undefined && (healthCheckDomain === undefined || !healthCheckPath.startsWith('/'))) {
      throw new ConfigurationError(
        'InvalidHealthCheck',
        `'healthCheckPath' is '${healthCheckPath}', but a health check asks a host for a path that begins with '/': give such a path, and the host name of the site as 'healthCheckDomain'`,
        this.site,
      );
    }
  }

  private ttlOf({ ttl = USUAL_TTL }: SiteTrafficProps): Duration {
    const seconds = ttl.isUnresolved() ? Number.NaN : ttl.toSeconds({ integral: false });
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > MOST_TTL_SECONDS) {
      throw new ConfigurationError(
        'InvalidTimeToLive',
        `'ttl' is ${ttl.isUnresolved() ? 'only known at deploy time' : ttl.toHumanString()}, but it is part of the recovery time and Route 53 takes whole seconds up to ${MOST_TTL_SECONDS}: give such a Duration, such as 60 seconds`,
        this.site,
      );
    }
    return ttl;
  }

  private fullName({ zone, recordName }: SiteTrafficProps): string {
    let zoneName: string;
    try {
      zoneName = zone.zoneName;
    } catch {
      throw new ConfigurationError(
        'ZoneNameUnknown',
        `'zone' is '${zone.node.path}', which does not say its name: import it with HostedZone.fromHostedZoneAttributes(), with 'zoneName'`,
        this.site,
      );
    }
    const name = recordName?.replace(/\.$/, '');
    return name === undefined || name === '' ? zoneName : name === zoneName || name.endsWith(`.${zoneName}`) ? name : `${name}.${zoneName}`;
  }
}
