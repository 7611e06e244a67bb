import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { servesEverywhere, type WatchConfig } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { Probe } from '../probe';
import type { RecoverySite } from '../recovery-site';
import type { SiteWatchOptions } from '../site-watch-options';

/** A watch as it was asked for. */
export interface ArrangedWatch {
  readonly options: SiteWatchOptions;
  readonly failures: number;
  /** From the loss of the active site until the alarm rings: the first look may be a minute away. */
  readonly detectionMs: number;
}

const LOOKS = { min: 2, max: 60, usual: 3 } as const;

/** Reads the options of a watch, and refuses those that cannot be. */
export function arrangeWatch(scope: IConstruct, options: SiteWatchOptions, regions: readonly string[]): ArrangedWatch {
  const { failures = LOOKS.usual, addresses = {} } = options;
  if (Token.isUnresolved(failures) || !Number.isInteger(failures) || failures < LOOKS.min || failures > LOOKS.max) {
    throw new ConfigurationError(
      'InvalidWatch',
      `'failures' is ${Token.isUnresolved(failures) ? 'only known at deploy time' : failures}, but ${LOOKS.min} to ${LOOKS.max} looks have to fail in a row, one a minute: give such a whole number`,
      scope,
    );
  }
  const stranger = Object.keys(addresses).find((region) => !regions.includes(region));
  if (stranger !== undefined) {
    throw new ConfigurationError(
      'InvalidWatch',
      `'addresses' has '${stranger}', but the sites are ${regions.join(' and ')}: name one of these`,
      scope,
    );
  }
  return { options, failures, detectionMs: (failures + 1) * MINUTE };
}

/** Refuses what starts failovers by itself where no site waits for another. */
export function requireStandby(scope: IConstruct, { _plan: { strategy } }: RecoverySite): void {
  if (servesEverywhere(strategy)) {
    throw new ConfigurationError(
      'NoSiteWaits',
      'every site serves users, so that an alarm does not say which of them is to be left: give records a healthCheckPath, by which a sick site loses its users, and start the failover of its data by hand',
      scope,
    );
  }
}

/** How a site looks at the other one; nothing where that has no address. */
export function watchOf(site: RecoverySite, { options }: ArrangedWatch): WatchConfig | undefined {
  const [other] = site._others;
  const active = addressOf(other, options);
  if (active === undefined) {
    if (other.isHome) {
      throw new ConfigurationError(
        'InvalidWatch',
        `nothing of ${other.region} is asked: give its address in 'addresses', or a Probe.http() whose address is plain text`,
        site,
      );
    }
    return undefined;
  }
  return { active: named(active, `address of ${other.region}`), control: named(controlOf(site, options), 'control') };
}

function addressOf(site: RecoverySite, { addresses = {} }: SiteWatchOptions): WatchConfig['active'] | undefined {
  const given = addresses[site.region];
  if (given !== undefined) {
    return asked(site, given, 'addresses');
  }
  return site._probes.flatMap(({ _config }) => (_config.kind === 'http' && !Token.isUnresolved(_config.url) ? [_config] : []))[0];
}

function controlOf(site: RecoverySite, { control }: SiteWatchOptions): WatchConfig['control'] {
  if (control !== undefined) {
    return asked(site, control, 'control');
  }
  const own = site._probes.flatMap(({ _config }) => (_config.kind === 'http' ? [_config] : []))[0];
  if (own === undefined || site._plan.strategy.standbyCapacity === 0) {
    throw new ConfigurationError(
      'InvalidWatch',
      `nothing at ${site.region} answers while it waits, so that nobody could tell whether that site or the other one is cut off: give 'control', an address in a third place`,
      site,
    );
  }
  return own;
}

/** An address as a probe asks it, without what another Region would have to tell. */
function asked(site: RecoverySite, url: string, property: string): WatchConfig['active'] {
  if (Token.isUnresolved(url)) {
    throw new ConfigurationError(
      'InvalidWatch',
      `'${property}' has an address that is only known at deploy time, but ${site.region} may be gone by then: give plain text`,
      site,
    );
  }
  return Probe.http(url)._config as WatchConfig['active'];
}

function named(probe: WatchConfig['active'], name: string): WatchConfig['active'] {
  return { ...probe, name };
}
