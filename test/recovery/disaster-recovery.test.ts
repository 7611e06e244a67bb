import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import { CfnHealthCheck, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { App, Duration, Stack, Stage } from 'aws-cdk-lib/core';
import { Approval, DisasterRecovery, DrillMode, RecoveryObjective, type RecoverySite, RecoveryStrategy, TrafficSwitch } from '../../lib';
import { ACCOUNT, configOf, Orders, OSAKA, recoveryIn, recoveryStackOf, statementsOf, TOKYO, type TwoSites, twoSites } from './sites';

describe('the recovery stack of a site that waits', () => {
  let sites: TwoSites;
  let template: Template;

  beforeAll(() => {
    sites = twoSites({ objective: RecoveryObjective.of({ rpo: Duration.minutes(15), rto: Duration.hours(4) }) });
    sites.tokyo.route();
    sites.osaka.route();
    sites.recovery.drill();
    template = Template.fromStack(recoveryStackOf(sites.recovery.recovery));
  });

  test('is in the Region of the site, under a name by which nobody confuses it', () => {
    const { region, account, stackName } = recoveryStackOf(sites.recovery.recovery);
    expect([region, account, stackName]).toEqual([OSAKA, ACCOUNT, 'Orders-recovery-ap-northeast-3']);
  });

  test('keeps the logical ids of what holds data: a change would forget who is active', () => {
    expect(Object.keys(template.findResources('AWS::DynamoDB::Table'))).toEqual(['Register34FE4340']);
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['EvidenceBucketC67FF768']);
    expect(Object.keys(template.findResources('AWS::KMS::Key'))).toEqual(['Key961B73FD']);
    expect(Object.keys(template.findResources('AWS::SNS::Topic'))).toEqual(['TopicBFC7AF6E']);
  });

  test('retains its register, with a key of its own, point-in-time recovery and protection against deletion', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        TableName: 'Orders-recovery-register',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } },
      },
    });
  });

  test('refers to stacks of its own Region only', () => {
    const imports = JSON.stringify(template.toJSON()).match(/"Fn::ImportValue":"[^":]+/g) ?? [];
    expect([...new Set(imports)]).toEqual(['"Fn::ImportValue":"Osaka']);
    expect(recoveryStackOf(sites.recovery.recovery).dependencies.map(({ stackName }) => stackName)).toEqual(['Osaka']);
  });

  test('names agent and machine by convention, so that the other site finds them while this one is all that is left', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'Orders-recovery-agent',
      Environment: {
        Variables: {
          RECOVERY_MACHINE: { 'Fn::Join': ['', Match.arrayWith([':states:ap-northeast-3:111122223333:stateMachine:Orders-recovery'])] },
        },
      },
    });
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: 'Orders-recovery' });
  });

  test('may call the agent of the other site and no other function', () => {
    const invoked = statementsOf(sites.recovery.recovery).filter(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(JSON.stringify(invoked.map(({ Resource }) => Resource))).toMatch(
      /lambda:ap-northeast-1:111122223333:function:Orders-recovery-agent"\]\]\}\]$/,
    );
    expect(invoked).toHaveLength(1);
  });

  test('may read and write its own evidence, and delete none of it', () => {
    const evidence = statementsOf(sites.recovery.recovery).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('s3:')),
    );
    const told = evidence.map(({ Action, Resource }) => [[Action].flat(), JSON.stringify(Resource)]);
    expect(told).toEqual([
      [['s3:GetObject', 's3:PutObject'], expect.stringMatching(/EvidenceBucket\w+","Arn"\]\},"\/recovery\/Orders\/\*"/)],
      [['s3:ListBucket'], expect.stringMatching(/EvidenceBucket\w+","Arn"\]\}$/)],
    ]);
  });

  test('allows no action by a wildcard, and any resource only where there is no other', () => {
    const statements = statementsOf(sites.recovery.recovery);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const anywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(anywhere.filter((action) => !/^cloudwatch:|:Describe|:List|:Get/.test(action))).toEqual([]);
  });

  test('has its guard look every minute', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [Match.objectLike({ Input: '{"op":"guard"}' })],
    });
  });

  test('rehearses quarterly by its own machine, each time as a run of its own', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 2 15 1,4,7,10 ? *)',
      Target: {
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('AgentDeadLetters'), 'Arn'] } },
        Input: '{"kind":"rehearsal","id":"drill-<aws.scheduler.execution-id>","by":"drill","drill":true}',
      },
    });
    Template.fromStack(recoveryStackOf(sites.recovery.primary)).resourceCountIs('AWS::Scheduler::Schedule', 0);
  });

  test('tells the topic of every alarm, each with a section of the runbook', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    expect(alarms.map(({ AlarmDescription }) => AlarmDescription.split('#')[1]).sort()).toEqual([
      'dead-letters',
      'failed-recovery-runs',
      'missing-drills',
      'recoveries-over-the-recovery-point',
      'recoveries-over-the-recovery-time',
      'registers-that-refuse',
      'silent-guards',
      'sites-in-conflict',
    ]);
    expect(alarms.filter(({ AlarmActions }) => JSON.stringify(AlarmActions) !== '[{"Ref":"TopicBFC7AF6E"}]')).toEqual([]);
  });

  test('rings when a run took longer or lost more than was promised', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'AchievedRecoveryTime', Threshold: 4 * 3600 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'AchievedRecoveryPoint', Threshold: 15 * 60 });
  });

  test('rings when the guard is silent, also where there is no data at all', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('guard of the site'),
      EvaluationPeriods: 5,
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
  });

  test('hands the machine all that the site consists of', () => {
    expect(configOf(sites.recovery.recovery)).toMatchObject({
      version: 1,
      recovery: 'Orders',
      site: OSAKA,
      home: TOKYO,
      peers: [{ site: TOKYO, agent: 'Orders-recovery-agent' }],
      strategy: { kind: 'warm-standby', standbyCapacity: 0.25 },
      objective: { rpoMs: 900_000, rtoMs: 14_400_000 },
      register: 'Orders-recovery-register',
      data: [{ kind: 'rds-replica', name: 'orders', order: 0 }],
      compute: [{ kind: 'ecs', name: 'api', cluster: 'orders', full: 8, standby: 2 }],
      traffic: { kind: 'latch', settleMs: 180_000 },
      probes: [{ kind: 'http', url: 'https://ap-northeast-3.example.com/health', status: 200 }],
      approval: { required: true, timeoutMs: 3_600_000 },
      drill: { holdMs: 1_800_000 },
    });
  });

  test('fences by a security group without a rule, in the stack and network of the database', () => {
    const groups = Template.fromStack(sites.osaka).findResources('AWS::EC2::SecurityGroup', {
      Properties: { GroupDescription: 'Nobody reaches orders while Orders is active elsewhere' },
    });
    const [group] = Object.values(groups);
    expect(group.Properties.SecurityGroupIngress).toBeUndefined();
    expect(group.Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
  });
});

test('tells whom the user names besides, in the Region of each site', () => {
  const { recovery } = twoSites({
    alarmActionsIn: { [OSAKA]: { critical: [{ bind: () => ({ alarmActionArn: `arn:aws:sns:${OSAKA}:${ACCOUNT}:pager` }) }] } },
  });
  const pages = (site: RecoverySite) =>
    Object.values(Template.fromStack(recoveryStackOf(site)).findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) =>
      JSON.stringify(Properties.AlarmActions).includes(':pager'),
    ).length;
  expect(pages(recovery.primary)).toBe(0);
  expect(pages(recovery.recovery)).toBe(3);
});

test('asks a person for a quarter of the recovery time at most, unless it is said how long', () => {
  const timeoutOf = (approval?: Approval) => {
    const { recovery } = twoSites({ objective: RecoveryObjective.of({ rpo: Duration.hours(1), rto: Duration.hours(2) }), approval });
    return configOf(recovery.recovery).approval;
  };
  expect(timeoutOf()).toEqual({ required: true, timeoutMs: 1_800_000 });
  expect(timeoutOf(Approval.byPerson({ timeout: Duration.minutes(10) }))).toEqual({ required: true, timeoutMs: 600_000 });
  expect(timeoutOf(Approval.none())).toEqual({ required: false, timeoutMs: 0 });
});

test('drills at the site that waits, whichever that is', () => {
  const { recovery } = twoSites({ activeRegion: OSAKA });
  recovery.drill({ mode: DrillMode.SWITCHOVER, schedule: ScheduleExpression.rate(Duration.days(30)), hold: Duration.hours(1) });
  Template.fromStack(recoveryStackOf(recovery.primary)).hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(30 days)',
    Target: { Input: Match.stringLikeRegexp('"kind":"switchover","approved":true,"thenBack":true') },
  });
  Template.fromStack(recoveryStackOf(recovery.recovery)).resourceCountIs('AWS::Scheduler::Schedule', 0);
  expect(configOf(recovery.recovery).drill).toEqual({ holdMs: 3_600_000 });
});

describe('a drill that injects a fault', () => {
  function injected(activeRegion = TOKYO) {
    const sites = twoSites({ activeRegion });
    const experiment = new CfnExperimentTemplate(sites.tokyo, 'Fault', {
      description: 'x',
      roleArn: 'arn:aws:iam::111122223333:role/fis',
      stopConditions: [{ source: 'none' }],
      targets: {},
      tags: {},
    });
    sites.recovery.drill({ mode: DrillMode.FAULT_INJECTION, experiment });
    return sites;
  }

  test('is begun by the site that waits, and broken by the agent at home, who alone may start and stop experiments', () => {
    const { recovery } = injected();
    Template.fromStack(recoveryStackOf(recovery.recovery)).hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: { Input: Match.stringLikeRegexp('"kind":"failover","approved":true,"injectFault":true,"thenBack":true') },
    });
    expect(configOf(recovery.primary).drill).toEqual({ holdMs: 1_800_000, experimentTemplate: expect.stringContaining('ImportValue') });
    expect(configOf(recovery.recovery).drill).toEqual({ holdMs: 1_800_000 });
    const faults = (site: RecoverySite) =>
      statementsOf(site)
        .flatMap(({ Action }) => Action)
        .filter((action) => action.startsWith('fis:'));
    expect(faults(recovery.primary)).toEqual(['fis:StartExperiment', 'fis:StopExperiment']);
    expect(faults(recovery.recovery)).toEqual([]);
  });

  test('is left out while home is not active, with a warning', () => {
    const { recovery } = injected(OSAKA);
    for (const site of recovery.sites) {
      Template.fromStack(recoveryStackOf(site)).resourceCountIs('AWS::Scheduler::Schedule', 0);
    }
    expect(
      recoveryStackOf(recovery.primary)
        .node.metadata.map(({ data }) => String(data))
        .join(),
    ).toContain('cdk-recovery:faultNotInjected');
  });
});

describe('three sites that all serve users', () => {
  const controls = TrafficSwitch.routingControls({
    clusterEndpoints: { 'us-east-1': 'https://one.example' },
    routingControls: Object.fromEntries(
      [TOKYO, OSAKA, 'us-west-2'].map((region) => [
        region,
        `arn:aws:route53-recovery-control::${ACCOUNT}:controlpanel/a/routingcontrol/${region}`,
      ]),
    ),
  });
  const three = (trafficSwitch?: TrafficSwitch) =>
    recoveryIn(new App(), { strategy: RecoveryStrategy.multiSite(), furtherRegions: ['us-west-2'], trafficSwitch }).sites;
  const routed = (site: RecoverySite) => {
    const stack = new Stack(site.node.root, `Site-${site.region}`, { env: site.env });
    const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    site.routeTraffic({ zone, target: RecordTarget.fromIpAddresses('192.0.2.1') });
    return stack.node.findAll().filter((node) => node instanceof CfnHealthCheck);
  };

  test('are turned on and off by a routing control each', () => {
    const checks = three(controls).map(routed);
    expect(checks.map((all) => all.map(({ node }) => node.scope?.node.id))).toEqual([['Control'], ['Control'], ['Control']]);
  });

  test.each([0, 1, 2])('fail with latches, which tell two sites apart (site %i)', (at) => {
    expect(() => routed(three()[at])).toThrow(/but there are 3: take TrafficSwitch.routingControls.*LatchesOfTwoSites/);
  });

  test('fail with data of which two sites have one source and one copy', () => {
    const [site] = three(controls);
    expect(() => new Orders(site.node.root, 'Application', site)).toThrow(/'orders' is .*of two sites.*DataOfTwoSites/);
  });
});

test('gives a site what runs there: all where it is active, otherwise what the strategy keeps, rounded up', () => {
  const counts = (strategy: RecoveryStrategy, activeRegion = TOKYO) => {
    const { primary, recovery } = recoveryIn(new App(), { strategy, activeRegion });
    return [primary.capacityOf(10), recovery.capacityOf(10), recovery.capacityOf(0)];
  };
  expect(counts(RecoveryStrategy.backupAndRestore())).toEqual([10, 0, 0]);
  expect(counts(RecoveryStrategy.pilotLight())).toEqual([10, 0, 0]);
  expect(counts(RecoveryStrategy.warmStandby())).toEqual([10, 3, 0]);
  expect(counts(RecoveryStrategy.hotStandby())).toEqual([10, 10, 0]);
  expect(counts(RecoveryStrategy.multiSite())).toEqual([10, 10, 0]);
  expect(counts(RecoveryStrategy.pilotLight(), OSAKA)).toEqual([0, 10, 0]);
});

test('says what a site is, and where', () => {
  const { primary, recovery } = recoveryIn(new App(), { strategy: RecoveryStrategy.backupAndRestore(), activeRegion: OSAKA });
  const traits = ({ isHome, isActive, keepsData, servesTraffic, env }: typeof primary) => ({
    isHome,
    isActive,
    keepsData,
    servesTraffic,
    env,
  });
  expect(traits(primary)).toEqual({
    isHome: true,
    isActive: false,
    keepsData: true,
    servesTraffic: false,
    env: { account: ACCOUNT, region: TOKYO },
  });
  expect(traits(recovery)).toEqual({
    isHome: false,
    isActive: true,
    keepsData: false,
    servesTraffic: true,
    env: { account: ACCOUNT, region: OSAKA },
  });
});

test('takes its sites along into a stage, and tells two recoveries of one name apart', () => {
  const app = new App();
  const stage = new Stage(app, 'Prod');
  const recovery = recoveryIn(stage);
  expect(recoveryStackOf(recovery.primary).stackName).toBe('Orders-recovery-ap-northeast-1');
  expect(() => recoveryIn(new Stage(app, 'Test'))).toThrow(/\(NameTaken at/);
  expect(() => recoveryIn(new Stage(app, 'Test2'), { recoveryName: 'orders-test' })).not.toThrow();
});

test('fails in a stack', () => {
  const stack = new Stack(new App(), 'Stack');
  expect(
    () => new DisasterRecovery(stack, 'Orders', { strategy: RecoveryStrategy.pilotLight(), primaryRegion: TOKYO, recoveryRegion: OSAKA }),
  ).toThrow(/make it in the app or in a stage \(RecoveryInStack at 'Stack\/Orders'\)/);
});
