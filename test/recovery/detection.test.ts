import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, CfnAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Aws, Stack, Token } from 'aws-cdk-lib/core';
import { type DisasterRecoveryProps, Probe, type RecoverySite, RecoveryStrategy, type SiteWatchOptions } from '../../lib';
import { ACCOUNT, configOf, OSAKA, recoveryStackOf, TOKYO, type TwoSites, twoSites } from './sites';

const ELSEWHERE = 'https://elsewhere.example/';
const METRIC = new Metric({ namespace: 'Orders', metricName: 'Down' });

function alarmIn(stack: Stack, id = 'Down'): Alarm {
  return new Alarm(stack, id, { metric: METRIC, threshold: 1, evaluationPeriods: 1, alarmName: `orders-${id}` });
}

const rulesOf = (site: RecoverySite) =>
  Object.entries(Template.fromStack(recoveryStackOf(site)).findResources('AWS::Events::Rule')).filter(([id]) => id.includes('Rang'));

function watched(options: SiteWatchOptions = {}, props: Partial<DisasterRecoveryProps> = {}): TwoSites {
  const sites = twoSites(props);
  sites.recovery.watch(options);
  return sites;
}

describe('an alarm of the Region that takes over', () => {
  test('starts the failover there by way of the agent', () => {
    const { recovery, osaka } = twoSites();
    recovery.startOn(alarmIn(osaka));
    recovery.startOn(Alarm.fromAlarmArn(osaka, 'Imported', `arn:aws:cloudwatch:${OSAKA}:${ACCOUNT}:alarm:canary`));
    recovery.startOn(Alarm.fromAlarmName(osaka, 'Named', 'named'));
    const [[, rule], ...rest] = rulesOf(recovery.recovery);
    expect(rest).toEqual([]);
    expect(rulesOf(recovery.primary)).toEqual([]);
    expect(rule.Properties.EventPattern).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [expect.anything(), `arn:aws:cloudwatch:${OSAKA}:${ACCOUNT}:alarm:canary`, expect.anything()],
      detail: { state: { value: ['ALARM'] } },
    });
    expect(rule.Properties.Targets).toEqual([
      expect.objectContaining({
        Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AgentFunction/), 'Arn'] },
        DeadLetterConfig: expect.anything(),
        InputTransformer: {
          InputPathsMap: { 'detail-alarmName': '$.detail.alarmName', time: '$.time' },
          InputTemplate: '{"op":"alarm","alarm":<detail-alarmName>,"at":<time>,"leadMs":0}',
        },
        RetryPolicy: { MaximumEventAgeInSeconds: 900 },
      }),
    ]);
  });

  test('may be one of home, for the way back', () => {
    const { recovery, tokyo, osaka } = twoSites();
    recovery.startOn(alarmIn(tokyo));
    recovery.startOn(alarmIn(osaka));
    expect([rulesOf(recovery.primary).length, rulesOf(recovery.recovery).length]).toEqual([1, 1]);
  });

  test('may be an L1', () => {
    const { recovery, osaka } = twoSites();
    recovery.startOn(new CfnAlarm(osaka, 'L1', { comparisonOperator: 'GreaterThanThreshold', evaluationPeriods: 1 }));
    expect(rulesOf(recovery.recovery)).toHaveLength(1);
  });

  test('fails elsewhere', () => {
    const { recovery, app } = twoSites();
    const stack = new Stack(app, 'Virginia', { env: { region: 'us-east-1', account: ACCOUNT } });
    expect(() => recovery.startOn(alarmIn(stack))).toThrow(/is in us-east-1.*take an alarm of the Region that takes over.*\(SiteElsewhere/);
    const anywhere = new Stack(app, 'Anywhere');
    expect(() => recovery.startOn(alarmIn(anywhere))).toThrow(/only known at deploy time.*\(SiteElsewhere/);
  });

  test('warns where all are at the active site, which would be lost with them', () => {
    const { app, recovery, tokyo } = twoSites();
    recovery.startOn(alarmIn(tokyo));
    app.synth();
    expect(JSON.stringify(recoveryStackOf(recovery.primary).node.metadata)).toContain('alarmsOfActiveSite');
  });
});

describe('a watch', () => {
  test('has each site ask the address of the other, and its own besides', () => {
    const { recovery } = watched();
    expect(configOf(recovery.recovery).watch).toEqual({
      active: { kind: 'http', name: `address of ${TOKYO}`, url: `https://${TOKYO}.example.com/health`, status: 200 },
      control: { kind: 'http', name: 'control', url: `https://${OSAKA}.example.com/health`, status: 200 },
    });
    expect(configOf(recovery.primary).watch?.active.url).toBe(`https://${OSAKA}.example.com/health`);
  });

  test('asks what it is told to ask', () => {
    const { recovery } = watched({ addresses: { [TOKYO]: 'https://a.example' }, control: ELSEWHERE });
    expect(configOf(recovery.recovery).watch).toMatchObject({ active: { url: 'https://a.example' }, control: { url: ELSEWHERE } });
  });

  test.each([2, 3, 60])('rings after %d looks in a row, and says how long that was', (failures) => {
    const { recovery } = watched({ failures });
    Template.fromStack(recoveryStackOf(recovery.recovery)).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ActiveSiteUnhealthy',
      Namespace: 'CdkRecovery',
      Dimensions: [
        { Name: 'Recovery', Value: 'Orders' },
        { Name: 'Site', Value: OSAKA },
      ],
      Period: 60,
      EvaluationPeriods: failures,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    const [[, { Properties }]] = rulesOf(recovery.recovery);
    expect(Properties.EventPattern.resources).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^UnhealthyAlarm/), 'Arn'] }]);
    expect(Properties.Targets[0].InputTransformer.InputTemplate).toContain(`"leadMs":${failures * 60_000}`);
  });

  test('tells somebody where it sees nothing at all', () => {
    const { recovery } = watched();
    Template.fromStack(recoveryStackOf(recovery.recovery)).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ActiveSiteUnseen',
      EvaluationPeriods: 15,
      AlarmActions: Match.anyValue(),
    });
  });

  test('takes an address that only deployment knows for none: the other Region may be gone by then', () => {
    const { recovery, tokyo } = twoSites();
    recovery.primary._probes.splice(0);
    recovery.primary.addProbe(Probe.http(`https://${Token.asString({ Ref: 'Balancer' })}/`));
    recovery.watch({ control: ELSEWHERE });
    expect(() => Template.fromStack(tokyo)).toThrow(/nothing of ap-northeast-1 is asked.*\(InvalidWatch/);
  });

  test('leaves a recovery site alone that has no address', () => {
    const { recovery } = twoSites();
    recovery.recovery._probes.splice(0);
    recovery.watch({ control: ELSEWHERE });
    expect(configOf(recovery.primary).watch).toBeUndefined();
    expect(configOf(recovery.recovery).watch).toBeDefined();
    expect(rulesOf(recovery.primary)).toEqual([]);
  });

  test.each<[string, SiteWatchOptions, RegExp]>([
    ['one look', { failures: 1 }, /'failures' is 1.*2 to 60/],
    ['61 looks', { failures: 61 }, /'failures' is 61/],
    ['half a look', { failures: 2.5 }, /'failures' is 2.5/],
    ['a number that only deployment knows', { failures: Token.asNumber({ Ref: 'X' }) }, /only known at deploy time/],
    ['an address of another Region', { addresses: { 'us-east-1': ELSEWHERE } }, /the sites are ap-northeast-1 and ap-northeast-3/],
  ])('fails with %s', (_case, options, message) => {
    expect(() => watched(options)).toThrow(message);
    expect(() => watched(options)).toThrow(/InvalidWatch/);
  });

  test('fails with an address that only deployment knows', () => {
    const { app } = watched({ addresses: { [TOKYO]: `https://${Aws.STACK_NAME}.example` } });
    expect(() => app.synth()).toThrow(/'addresses' has an address that is only known at deploy time.*\(InvalidWatch/);
  });

  test('fails without a control where nothing runs at the site that waits', () => {
    const { app } = watched({}, { strategy: RecoveryStrategy.pilotLight() });
    expect(() => app.synth()).toThrow(/nothing at ap-northeast-\d answers while it waits.*give 'control'.*\(InvalidWatch/);
  });

  test('fails twice', () => {
    const { recovery } = watched();
    expect(() => recovery.watch()).toThrow(/call watch\(\) once.*\(InvalidWatch/);
  });
});

describe('where every site serves users', () => {
  const { recovery, osaka } = twoSites({ strategy: RecoveryStrategy.multiSite() });
  test.each<[string, () => void]>([
    ['an alarm', () => recovery.startOn(alarmIn(osaka))],
    ['a watch', () => recovery.watch()],
  ])('fails with %s that starts a failover', (_case, begin) => {
    expect(begin).toThrow(/by hand \(NoSiteWaits/);
  });
});
