import { HealthCheck, HealthCheckType, type IHealthCheck, InsufficientDataHealthStatusEnum } from 'aws-cdk-lib/aws-route53';
import type { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { namesOf } from '../../model/recovery';
import { latchStackOf } from './latch-stack';
import { othersOf, type SitePlan } from './site-plan';

/** What the health of a site is made of. */
export interface HealthParts {
  /** Whether every site serves users all the time. */
  readonly everywhere: boolean;
  readonly path?: string;
  readonly domain?: string;
}

/**
 * The health check of the record of a site; none for a site that answers whenever home does not. See docs/adr/0021: what is looked at are metrics of
 * both Regions, never the application of a site that waits.
 */
export function siteHealth(scope: Construct, recovery: Construct, plan: SitePlan, parts: HealthParts): IHealthCheck | undefined {
  const { everywhere, path, domain } = parts;
  const turned = plan.trafficSwitch._controls ? controlOf(scope, plan) : latchesOf(scope, recovery, plan, everywhere);
  if (path === undefined || domain === undefined) {
    return turned;
  }
  const endpoint = new HealthCheck(scope, 'Endpoint', { type: HealthCheckType.HTTPS, fqdn: domain, resourcePath: path, port: 443 });
  return turned === undefined ? endpoint : allOf(scope, 'Health', [turned, endpoint]);
}

function controlOf(scope: Construct, { trafficSwitch, region }: SitePlan): IHealthCheck {
  const routingControl = trafficSwitch._controls?.routingControls[region];
  if (routingControl === undefined) {
    throw new ConfigurationError(
      'InvalidRoutingControls',
      `'routingControls' has none for ${region}, but each site is turned on and off by its own: add it`,
      scope,
    );
  }
  return new HealthCheck(scope, 'Control', { type: HealthCheckType.RECOVERY_CONTROL, routingControl });
}

function latchesOf(scope: Construct, recovery: Construct, plan: SitePlan, everywhere: boolean): IHealthCheck | undefined {
  const { region, home } = plan;
  const [other, ...more] = othersOf(plan);
  if (more.length > 0) {
    throw new ConfigurationError(
      'LatchesOfTwoSites',
      `'trafficSwitch' is TrafficSwitch.latches(), which tells two sites apart, but there are ${plan.regions.length}: take TrafficSwitch.routingControls(), with a control for each`,
      scope,
    );
  }
  const { divertedAlarm, reclaimedAlarm } = namesOf(plan.recovery);
  const look = (id: string, name: string, place: string, insufficient: InsufficientDataHealthStatusEnum, inverted = false) => {
    deployAfter(scope, latchStackOf(recovery, plan, place));
    return new HealthCheck(scope, id, {
      type: HealthCheckType.CLOUDWATCH_METRIC,
      alarmIdentifier: { name, region: place },
      insufficientDataHealthStatus: insufficient,
      ...(inverted ? { inverted } : {}),
    });
  };
  if (region !== home) {
    // where users are at every site, this one lets go of them when home has taken them back
    return everywhere ? look('NotReclaimed', reclaimedAlarm, home, InsufficientDataHealthStatusEnum.LAST_KNOWN_STATUS, true) : undefined;
  }
  // the loss of the other Region changes nothing at home
  const kept = look('NotDiverted', divertedAlarm, other, InsufficientDataHealthStatusEnum.LAST_KNOWN_STATUS);
  // a lost home never holds traffic
  const reclaimed = look('Reclaimed', reclaimedAlarm, home, InsufficientDataHealthStatusEnum.UNHEALTHY);
  return new HealthCheck(scope, 'Latch', { type: HealthCheckType.CALCULATED, childHealthChecks: [kept, reclaimed], healthThreshold: 1 });
}

function allOf(scope: Construct, id: string, children: IHealthCheck[]): IHealthCheck {
  return new HealthCheck(scope, id, { type: HealthCheckType.CALCULATED, childHealthChecks: children, healthThreshold: children.length });
}

/** A health check of an alarm is refused before the alarm is there. */
function deployAfter(scope: Construct, latches: Stack): void {
  const stack = outermostStackOf(scope);
  if (!stack.dependencies.includes(latches)) {
    stack.addStackDependency(latches);
  }
}
