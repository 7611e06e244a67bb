import type { IAlarmRef } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { warn } from '../../core/private/problems';
import type { WatchConfig } from '../../model/recovery';
import type { RecoverySite } from '../recovery-site';
import type { SiteWatchOptions } from '../site-watch-options';
import { type ArrangedWatch, arrangeWatch, requireStandby, watchOf } from './arranged-watch';
import type { DetectionParts } from './site-detection';

/** What tells one site that the other one is lost. */
export type Detected = DetectionParts & {
  /** Names of the alarms. */
  readonly alarmNames: readonly string[];
  readonly watch?: WatchConfig;
};

/** What starts failovers of a recovery by itself. */
export class DetectedBy {
  private readonly alarms: { readonly alarm: IAlarmRef; readonly region: string }[] = [];
  private arranged?: ArrangedWatch;

  constructor(
    private readonly recovery: Construct,
    private readonly sites: readonly RecoverySite[],
  ) {}

  /** How long the loss of a site goes unnoticed; undefined where nothing watches it. */
  public get watchedMs(): number | undefined {
    return this.arranged?.detectionMs;
  }

  public add(alarm: IAlarmRef): void {
    requireStandby(this.recovery, this.sites[0]);
    const region = regionOf(alarm);
    if (!this.sites.some((site) => site.region === region)) {
      throw new ConfigurationError(
        'SiteElsewhere',
        `the alarm '${alarm.node.path}' is in ${Token.isUnresolved(region) ? 'a Region that is only known at deploy time' : region}, but it starts the machine of a site in ${this.sites.map((site) => site.region).join(' or ')}: take an alarm of the Region that takes over`,
        this.recovery,
      );
    }
    this.alarms.push({ alarm, region });
  }

  public watch(options: SiteWatchOptions): void {
    requireStandby(this.recovery, this.sites[0]);
    if (this.arranged) {
      throw new ConfigurationError('InvalidWatch', 'the sites are watched already, and would be twice: call watch() once', this.recovery);
    }
    this.arranged = arrangeWatch(
      this.recovery,
      options,
      this.sites.map(({ region }) => region),
    );
  }

  /** Warns where nothing could tell a site of a loss. */
  public judge(site: RecoverySite): void {
    const own = this.ownOf(site);
    if (own.length > 0 && site.isActive && this.alarms.length === own.length) {
      warn(
        site._stack,
        'AlarmsOfActiveSite',
        `every alarm of startOn() is in ${site.region}, which is active and would be lost together with them: add one of the Region that takes over`,
      );
    }
  }

  /** What a site is told by. Asked once everything that belongs to sites is known. */
  public at(site: RecoverySite): Detected {
    const watch = this.arranged && watchOf(site, this.arranged);
    const own = this.ownOf(site);
    return {
      alarmArns: own.map(({ alarm }) => alarm.alarmRef.alarmArn),
      alarmNames: own.map(({ alarm }) => alarm.alarmRef.alarmName),
      ...(watch && this.arranged && { watch, failures: this.arranged.failures }),
    };
  }

  private ownOf(site: RecoverySite) {
    return this.alarms.filter(({ region }) => region === site.region);
  }
}

function regionOf(alarm: IAlarmRef): string {
  const { alarmArn } = alarm.alarmRef;
  return Token.isUnresolved(alarmArn) ? Stack.of(alarm).region : (alarmArn.split(':')[3] ?? '');
}
