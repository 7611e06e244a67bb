import { CfnResource } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../../core/private/errors';
import { warn } from '../../core/private/problems';
import { keepsDataLive, STRATEGY_WORDS } from '../../model/recovery';
import type { RecoverySite } from '../recovery-site';

/** Refuses sites that do not consist of the same items: what is at one of them only could not be recovered. */
export function requireAgreement(sites: readonly RecoverySite[]): void {
  const [home, ...others] = sites;
  for (const other of others) {
    requireSame(home, other, 'data', [...home._data.keys()], [...other._data.keys()]);
    requireSame(home, other, 'compute', [...home._compute.keys()], [...other._compute.keys()]);
    requireSame(home, other, 'record', recordsOf(home), recordsOf(other));
    requireKinds(home, other);
    warnOfChecks(home, other);
    warnOfChecks(other, home);
  }
  if (home._data.size === 0 && home._compute.size === 0) {
    throw new ConfigurationError(
      'NothingToRecover',
      'no site has data or compute, so that nothing would be recovered: tell each of its own by addData() and addCompute()',
      home,
    );
  }
  if (home._routed.length === 0) {
    warn(
      home._stack,
      'TrafficNotRouted',
      'no record leads requests to a site, so that somebody has to lead them elsewhere in a failover: add routeTraffic(), or acknowledge this',
    );
  }
  for (const site of sites.filter((one) => one._plan.asksPerson && !isHeard(one))) {
    warn(
      site._stack,
      'ApprovalUnheard',
      `a person has to approve a failover to ${site.region}, but nobody subscribes to the topic that asks: site.topic.addSubscription(), or take Approval.none()`,
    );
  }
  for (const site of sites.filter(({ _probes }) => _probes.length === 0)) {
    warn(site._stack, 'SiteNotProbed', `nothing looks at the application of ${site.region} before traffic comes to it: add addProbe()`);
  }
}

/** Subscriptions are where their subscribers are, anywhere in the app. */
function isHeard({ node, topic }: RecoverySite): boolean {
  return node.root.node
    .findAll()
    .some(
      (one) =>
        CfnResource.isCfnResource(one) &&
        one.cfnResourceType === 'AWS::SNS::Subscription' &&
        (one as unknown as { readonly topicArn?: string }).topicArn === topic.topicArn,
    );
}

function recordsOf({ _routed }: RecoverySite): readonly string[] {
  return _routed.map(({ name, type }) => `${type} ${name}`);
}

function requireSame(home: RecoverySite, other: RecoverySite, what: string, here: readonly string[], there: readonly string[]): void {
  const lacking = [
    ...here.filter((name) => !there.includes(name)).map((name) => [name, home, other] as const),
    ...there.filter((name) => !here.includes(name)).map((name) => [name, other, home] as const),
  ];
  if (lacking.length > 0) {
    const [name, one, none] = lacking[0];
    const adder = { data: 'addData()', compute: 'addCompute()', record: 'routeTraffic()' }[what];
    throw new ConfigurationError(
      'SitesDiffer',
      `${what} '${name}' is at the site of ${one.region}, but not at that of ${none.region}, which could not take over: tell that site too, by ${adder} with the same name`,
      none,
    );
  }
}

/** Both have the same thing, unless one of them has no more than its recovery points. */
function requireKinds(home: RecoverySite, other: RecoverySite): void {
  const { strategy } = home._plan;
  for (const [name, here] of home._data) {
    const there = other._data.get(name)!;
    if (here.type !== there.type || (here.kind !== there.kind && there.kind !== 'recovery-points')) {
      throw new ConfigurationError(
        'SitesDiffer',
        `data '${name}' is ${here.kind} of ${here.type} at the site of ${home.region}, but ${there.kind} of ${there.type} at that of ${other.region}: tell both of the same, or the recovery site of recovery points`,
        other,
      );
    }
    if (there.learnsSource && here.kind === 'recovery-points') {
      throw new ConfigurationError(
        'SourceNameUnknown',
        `'sourceArn' of '${name}' is not given, and the site of ${home.region} could not tell it, which has recovery points too: give it as plain text, or tell that site of what was backed up`,
        other,
      );
    }
    if (there.kind === 'recovery-points' && keepsDataLive(strategy)) {
      warn(
        other._stack,
        'DataNotLive',
        `data '${name}' is only restored from recovery points at ${other.region}, but ${STRATEGY_WORDS[strategy.kind]} keeps data live there: replicate it, take RecoveryStrategy.backupAndRestore(), or acknowledge this`,
      );
    }
  }
}

/** Either site may take over, and what is looked at nowhere else is not looked at there. */
function warnOfChecks(here: RecoverySite, there: RecoverySite): void {
  const checked = new Set(there._checks.map((probe) => probe.kind === 'checks' && probe.data));
  for (const name of here._data.keys()) {
    if (!checked.has(name) && here._checks.some((probe) => probe.kind === 'checks' && probe.data === name)) {
      warn(
        there,
        'DataCheckedAtOneSite',
        `data '${name}' have checks at the site of ${here.region}, but none at that of ${there.region}, where nobody would look at them before traffic comes: give 'checks' there too`,
      );
    }
  }
}
