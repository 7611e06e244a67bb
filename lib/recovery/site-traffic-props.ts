import type { IHostedZone, RecordTarget, RecordType } from 'aws-cdk-lib/aws-route53';
import type { Duration } from 'aws-cdk-lib/core';

/** The record that leads requests to a site. Every site makes its own, in its own stack, under one name. */
export interface SiteTrafficProps {
  /** The hosted zone, as the stack of this site knows it: import it there with `HostedZone.fromHostedZoneAttributes()`. */
  readonly zone: IHostedZone;
  /** Where requests of this site go, such as an alias of its load balancer. */
  readonly target: RecordTarget;
  /**
   * The name of the record, the same at all sites: relative to the zone, or the full name.
   * @default - the name of the zone
   */
  readonly recordName?: string;
  /**
   * The type of the record.
   * @default RecordType.A
   */
  readonly recordType?: RecordType;
  /**
   * How long clients keep the answer, in whole seconds; part of the recovery time. An alias has that of what it names.
   * @default Duration.seconds(60)
   */
  readonly ttl?: Duration;
  /**
   * Share of the requests of this site beside those of the others, 0 to 255; only where the strategy is RecoveryStrategy.multiSite().
   * @default - each client goes to the site that answers it soonest
   */
  readonly weight?: number;
  /**
   * A path of the site that has to answer over HTTPS; only where the strategy is RecoveryStrategy.multiSite(), for no other lets a sick site lose its
   * requests by itself. Needs `healthCheckDomain`.
   * @default - the health of the target, where it is an alias
   */
  readonly healthCheckPath?: string;
  /**
   * The host name of this site, such as that of its load balancer, which the health check of the path asks.
   * @default - none
   */
  readonly healthCheckDomain?: string;
}
