import { Match, Template } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib/core';
import { type DisasterRecoveryProps, RecoveryStrategy, type SiteTrafficProps, TrafficSwitch } from '../../lib';
import { configOf, OSAKA, TOKYO, twoSites } from './sites';

const RECORD = 'AWS::Route53::RecordSet';
const CHECK = 'AWS::Route53::HealthCheck';

function routed(props: Partial<DisasterRecoveryProps> = {}, route: Partial<SiteTrafficProps> = {}) {
  const sites = twoSites(props);
  sites.tokyo.route(route);
  sites.osaka.route(route);
  return { ...sites, home: Template.fromStack(sites.tokyo), other: Template.fromStack(sites.osaka) };
}

/** The configurations of health checks by the construct ids that end their logical ids. */
function checksOf(template: Template): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(template.findResources(CHECK)).map(([id, { Properties }]) => [
      id.replace(/[0-9A-F]{8}$/, '').replace(/^.*A(?=[A-Z])/, ''),
      Properties.HealthCheckConfig,
    ]),
  );
}

describe('sites of which one waits', () => {
  const { app, recovery, tokyo, osaka, home, other } = routed();

  test('have a primary record at home and a secondary at the other, each in its own stack, answered for a minute', () => {
    const common = { Name: 'api.example.com.', Type: 'A', TTL: '60', HostedZoneId: 'Z1' };
    home.hasResourceProperties(RECORD, { ...common, Failover: 'PRIMARY', SetIdentifier: TOKYO, HealthCheckId: Match.anyValue() });
    other.hasResourceProperties(RECORD, { ...common, Failover: 'SECONDARY', SetIdentifier: OSAKA, HealthCheckId: Match.absent() });
  });

  test('lead to home as long as the other has not diverted requests, or home has reclaimed them', () => {
    const checks = checksOf(home);
    expect(checks).toEqual({
      NotDiverted: {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: 'Orders-recovery-diverted', Region: OSAKA },
        InsufficientDataHealthStatus: 'LastKnownStatus',
        Inverted: false,
      },
      Reclaimed: {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: 'Orders-recovery-reclaimed', Region: TOKYO },
        InsufficientDataHealthStatus: 'Unhealthy',
        Inverted: false,
      },
      Latch: {
        Type: 'CALCULATED',
        Inverted: false,
        HealthThreshold: 1,
        ChildHealthChecks: [{ Ref: expect.stringContaining('NotDiverted') }, { Ref: expect.stringContaining('Reclaimed') }],
      },
    });
    other.resourceCountIs(CHECK, 0);
  });

  test('have an alarm for each latch that Route 53 can look at: one plain metric, in a stack that needs nothing', () => {
    const [diverted, reclaimed] = [OSAKA, TOKYO].map((region) => recovery.node.findChild(`latch-${region}`) as Stack);
    Template.fromStack(diverted).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Orders-recovery-diverted',
      MetricName: 'TrafficDiverted',
      Dimensions: [
        { Name: 'Recovery', Value: 'Orders' },
        { Name: 'Site', Value: OSAKA },
      ],
      Statistic: 'Maximum',
      Period: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
    });
    // healthy where the metric is 1: an alarm on less
    Template.fromStack(reclaimed).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Orders-recovery-reclaimed',
      MetricName: 'TrafficReclaimed',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
    });
    expect([diverted, reclaimed].flatMap(({ dependencies }) => dependencies)).toEqual([]);
    expect([diverted.region, reclaimed.region]).toEqual([OSAKA, TOKYO]);
  });

  test('are deployed after the alarms that their health checks name, and the other site waits for no record', () => {
    app.synth();
    expect(tokyo.dependencies.map(({ stackName }) => stackName).sort()).toEqual([
      'Orders-latch-ap-northeast-1',
      'Orders-latch-ap-northeast-3',
    ]);
    expect(osaka.dependencies.map(({ stackName }) => stackName)).toEqual(['Tokyo']);
  });

  test('do not change when the roles have changed', () => {
    const failedOver = routed({ activeRegion: OSAKA });
    for (const type of [RECORD, CHECK]) {
      expect(failedOver.home.findResources(type)).toEqual(home.findResources(type));
      expect(failedOver.other.findResources(type)).toEqual(other.findResources(type));
    }
  });
});

test('an alias follows the latch and not the health of its target, which nobody has verified elsewhere', () => {
  const sites = twoSites();
  for (const stack of [sites.tokyo, sites.osaka]) {
    const balancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
      loadBalancerArn: `arn:aws:elasticloadbalancing:${stack.region}:111122223333:loadbalancer/app/api/1`,
      loadBalancerDnsName: 'api.elb.amazonaws.com',
      loadBalancerCanonicalHostedZoneId: 'Z2',
      securityGroupId: 'sg-1',
    });
    stack.route({ target: route53.RecordTarget.fromAlias(new LoadBalancerTarget(balancer, { evaluateTargetHealth: true })) });
  }
  Template.fromStack(sites.tokyo).hasResourceProperties(RECORD, { AliasTarget: { EvaluateTargetHealth: false }, TTL: Match.absent() });
  expect(configOf(sites.recovery.primary).traffic).toEqual({ kind: 'latch', settleMs: 180_000 });
});

describe('sites that serve users all the time', () => {
  const strategy = RecoveryStrategy.multiSite();

  test('share requests by latency, and home takes those of the other back by its own latch', () => {
    const { home, other } = routed({ strategy });
    home.hasResourceProperties(RECORD, { Region: TOKYO, Failover: Match.absent(), HealthCheckId: Match.anyValue() });
    other.hasResourceProperties(RECORD, { Region: OSAKA, Failover: Match.absent(), HealthCheckId: Match.anyValue() });
    other.hasResourceProperties(CHECK, {
      HealthCheckConfig: {
        AlarmIdentifier: { Name: 'Orders-recovery-reclaimed', Region: TOKYO },
        Inverted: true,
        InsufficientDataHealthStatus: 'LastKnownStatus',
      },
    });
  });

  test('share them by weight where one is given, and a site that does not answer has none', () => {
    const { home } = routed({ strategy }, { weight: 128, healthCheckPath: '/health', healthCheckDomain: 'tokyo.example.com' });
    home.hasResourceProperties(RECORD, { Weight: 128, Region: Match.absent() });
    home.hasResourceProperties(CHECK, {
      HealthCheckConfig: { Type: 'HTTPS', FullyQualifiedDomainName: 'tokyo.example.com', ResourcePath: '/health' },
    });
    home.hasResourceProperties(CHECK, { HealthCheckConfig: { Type: 'CALCULATED', HealthThreshold: 2 } });
  });
});

describe('routing controls', () => {
  const arn = (name: string) => `arn:aws:route53-recovery-control::111122223333:controlpanel/p/routingcontrol/${name}`;
  const options = {
    clusterEndpoints: { 'us-east-1': 'https://1.route53-recovery-cluster.us-east-1.amazonaws.com/v1' },
    routingControls: { [TOKYO]: arn('a'), [OSAKA]: arn('b') },
  };

  test('turn the record of each site by its own control, and may be set by each agent', () => {
    const { recovery, home, other } = routed({ trafficSwitch: TrafficSwitch.routingControls(options) });
    home.hasResourceProperties(CHECK, { HealthCheckConfig: { Type: 'RECOVERY_CONTROL', RoutingControlArn: arn('a') } });
    other.hasResourceProperties(CHECK, { HealthCheckConfig: { Type: 'RECOVERY_CONTROL', RoutingControlArn: arn('b') } });
    expect(configOf(recovery.recovery).traffic).toEqual({
      kind: 'routing-control',
      endpoints: [{ url: options.clusterEndpoints['us-east-1'], region: 'us-east-1' }],
      controls: options.routingControls,
      settleMs: 80_000,
    });
  });

  test.each([
    ['no endpoint', { ...options, clusterEndpoints: {} }, /'clusterEndpoints' is empty/],
    ['an endpoint without TLS', { ...options, clusterEndpoints: { 'us-east-1': 'http://x' } }, /has 'http:\/\/x'/],
    ['what is no control', { ...options, routingControls: { [TOKYO]: 'a' } }, /has 'a', which is no ARN/],
  ])('fail with %s', (_case, bad, message) => {
    expect(() => TrafficSwitch.routingControls(bad as never)).toThrow(message);
  });

  test('fail where a site has none', () => {
    const trafficSwitch = TrafficSwitch.routingControls({ ...options, routingControls: { [TOKYO]: arn('a') } });
    expect(() => routed({ trafficSwitch })).toThrow(/has none for ap-northeast-3.*\(InvalidRoutingControls/);
  });
});

describe('a record', () => {
  test('waits as long as its time to live before the failover is over', () => {
    const { recovery } = routed({}, { ttl: Duration.seconds(20) });
    expect(configOf(recovery.recovery).traffic).toEqual({ kind: 'latch', settleMs: 140_000 });
  });

  test.each<[string, Partial<SiteTrafficProps>, RegExp]>([
    ['a weight where one site waits', { weight: 1 }, /'weight' is given.*\(TrafficNotShared/],
    [
      'a health check where one site waits',
      { healthCheckPath: '/', healthCheckDomain: 'x' },
      /'healthCheckPath' is given.*\(TrafficNotShared/,
    ],
    ['half a second to live', { ttl: Duration.millis(500) }, /'ttl' is 500 millis.*\(InvalidTimeToLive/],
  ])('fails with %s', (_case, props, message) => {
    expect(() => twoSites().tokyo.route(props)).toThrow(message);
  });

  test.each([
    [256, /'weight' is 256/],
    [-1, /'weight' is -1/],
    [0.5, /'weight' is 0.5/],
  ])('fails with a weight of %d, and takes 0 and 255', (weight, message) => {
    const site = () => twoSites({ strategy: RecoveryStrategy.multiSite() }).tokyo;
    expect(() => site().route({ weight })).toThrow(message);
    expect(() => site().route({ weight: 0 })).not.toThrow();
    expect(() => site().route({ weight: 255 })).not.toThrow();
  });

  test('fails with a time to live that only deployment knows', () => {
    const { tokyo } = twoSites();
    const seconds = new CfnParameter(tokyo, 'Seconds', { type: 'Number' }).valueAsNumber;
    expect(() => tokyo.route({ ttl: Duration.seconds(seconds) })).toThrow(/only known at deploy time.*\(InvalidTimeToLive/);
  });

  test('fails in the zone of a stack of another Region, and in one without a name', () => {
    const { tokyo, osaka } = twoSites();
    const zone = route53.HostedZone.fromHostedZoneAttributes(tokyo, 'Elsewhere', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    expect(() => osaka.route({ zone })).toThrow(/in ap-northeast-1, but each site makes its own record.*\(SiteElsewhere/);
    const nameless = route53.HostedZone.fromHostedZoneId(tokyo, 'Nameless', 'Z1');
    expect(() => tokyo.route({ zone: nameless })).toThrow(/\(ZoneNameUnknown/);
  });

  test('fails a second time', () => {
    const { tokyo } = twoSites();
    tokyo.route();
    const zone = route53.HostedZone.fromHostedZoneAttributes(tokyo, 'Again', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    expect(() =>
      tokyo.site.routeTraffic({ zone, recordName: 'api.example.com.', target: route53.RecordTarget.fromIpAddresses('192.0.2.2') }),
    ).toThrow(/'api.example.com' leads to the site of ap-northeast-1 already.*\(DuplicateRecord/);
  });
});
