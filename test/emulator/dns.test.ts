import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FailoverControl } from './failover-control';
import { describeWithEmulator } from './harness';
import { callService } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const VIRGINIA = 'us-east-1';
const MINUTE = 60_000;

const zone: Template = { Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'shop.example.' } } };
const record = (id: string, value: string, properties: Template): Template => ({
  [`Record${id}`]: {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId: { Ref: 'Zone' },
      Name: 'www.shop.example',
      Type: 'A',
      SetIdentifier: id,
      TTL: '60',
      ResourceRecords: [value],
      ...properties,
    },
  },
});
const check = (id: string, config: Template): Template => ({
  [id]: { Type: 'AWS::Route53::HealthCheck', Properties: { HealthCheckConfig: config } },
});
const endpoint = { Type: 'HTTPS', FullyQualifiedDomainName: 'origin.example', ResourcePath: '/health' };

describeWithEmulator('Route 53', (emulator) => {
  const control = () => emulator().control;
  const failover = () => new FailoverControl(emulator().url);
  const stacks = (region = TOKYO) => new StackClient(emulator(), region);
  const ids = async () =>
    Object.fromEntries(
      (await control().deployed({ type: 'AWS::Route53::HealthCheck' })).map(({ logicalId, physicalId }) => [logicalId, physicalId]),
    );
  const passing = async () => {
    const healthy = await failover().healthChecks();
    return Object.fromEntries(Object.entries(await ids()).map(([name, id]) => [name, healthy[id]]));
  };
  const tell = async (name: string, healthy: boolean) => failover().tellHealthCheck((await ids())[name], healthy);
  const ask = async (near = TOKYO) => (await failover().dns('www.shop.example', { near })).records.join();
  const make = async (template: Template, region = TOKYO, name = 'Dns') =>
    expect(await stacks(region).create(name, template)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
  const refusal = async (template: Template) => (await stacks().create('Dns', { ...zone, ...template })).failures.join();
  beforeEach(() => control().reset());

  test('fails over to the secondary, and only while that is healthy', async () => {
    await make({
      ...zone,
      ...check('First', endpoint),
      ...check('Second', { ...endpoint, FullyQualifiedDomainName: 'other.example' }),
      ...record('tokyo', '192.0.2.1', { Failover: 'PRIMARY', HealthCheckId: { Ref: 'First' } }),
      ...record('osaka', '192.0.2.2', { Failover: 'SECONDARY', HealthCheckId: { Ref: 'Second' } }),
    });
    expect(await failover().dns('www.shop.example')).toEqual({ code: 'NOERROR', records: ['192.0.2.1'], sets: ['tokyo'], ttl: 60 });
    await tell('First', false);
    expect(await ask()).toBe('192.0.2.2');
    await tell('Second', false);
    expect(await ask()).toBe('192.0.2.1');
    expect(await failover().dns('nobody.shop.example')).toMatchObject({ code: 'NXDOMAIN', records: [] });
  });

  test('answers the API as it answers a resolver, and shows what checks see', async () => {
    await make({
      ...zone,
      ...check('First', endpoint),
      ...record('tokyo', '192.0.2.1', { Failover: 'PRIMARY', HealthCheckId: { Ref: 'First' } }),
      ...record('osaka', '192.0.2.2', { Failover: 'SECONDARY' }),
    });
    const get = (path: string) =>
      callService(emulator(), { service: 'route53', region: VIRGINIA, method: 'GET', path: `/2013-04-01/${path}` });
    await tell('First', false);
    const [{ physicalId }] = await control().deployed({ type: 'AWS::Route53::HostedZone' });
    const answer = await get(`testdnsanswer?hostedzoneid=${physicalId}&recordname=www.shop.example&recordtype=A`);
    expect(answer.body).toMatch(/<RecordDataEntry>192.0.2.2<\/RecordDataEntry>/);
    expect((await get(`healthcheck/${(await ids()).First}/status`)).body).toMatch(/<Status>Failure/);
    expect((await get(`hostedzone/${physicalId}/rrset`)).body).toMatch(/<Failover>SECONDARY<\/Failover>.*<Failover>PRIMARY<\/Failover>/s);
  });

  test('shares by weight among the healthy, and comes to those without weight at last', async () => {
    await make({
      ...zone,
      ...check('First', endpoint),
      ...record('tokyo', '192.0.2.1', { Weight: 75, HealthCheckId: { Ref: 'First' } }),
      ...record('osaka', '192.0.2.2', { Weight: 25 }),
    });
    const answers = [];
    for (let asked = 0; asked < 8; asked += 1) {
      answers.push(await ask());
    }
    expect(answers.filter((one) => one === '192.0.2.1')).toHaveLength(6);
    await tell('First', false);
    expect([await ask(), await ask()]).toEqual(['192.0.2.2', '192.0.2.2']);
  });

  test('answers with the nearest healthy Region', async () => {
    await make({
      ...zone,
      ...check('First', endpoint),
      ...record('tokyo', '192.0.2.1', { Region: TOKYO, HealthCheckId: { Ref: 'First' } }),
      ...record('virginia', '192.0.2.2', { Region: VIRGINIA }),
    });
    expect([await ask(), await ask(VIRGINIA)]).toEqual(['192.0.2.1', '192.0.2.2']);
    await tell('First', false);
    expect(await ask()).toBe('192.0.2.2');
  });

  test('looks through an alias, and sees that its Region is lost', async () => {
    const alias = (region: string) => ({
      TTL: { Ref: 'AWS::NoValue' },
      ResourceRecords: { Ref: 'AWS::NoValue' },
      AliasTarget: { HostedZoneId: 'Z14GRHDCWA56QT', DNSName: `shop-1.${region}.elb.amazonaws.com`, EvaluateTargetHealth: true },
    });
    await make(
      {
        ...zone,
        ...record('tokyo', '', { Failover: 'PRIMARY', ...alias(TOKYO) }),
        ...record('osaka', '', { Failover: 'SECONDARY', ...alias(OSAKA) }),
      },
      OSAKA,
    );
    expect(await ask()).toBe(`shop-1.${TOKYO}.elb.amazonaws.com`);
    await control().loseRegion(TOKYO);
    expect(await ask()).toBe(`shop-1.${OSAKA}.elb.amazonaws.com`);
  });

  describe('a health check', () => {
    const alarm: Template = {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'orders',
          Namespace: 'Shop',
          MetricName: 'Orders',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 2,
          Threshold: 1,
          ComparisonOperator: 'LessThanThreshold',
        },
      },
    };
    const metric = (name: string, missing: string) =>
      check(name, {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: 'orders', Region: TOKYO },
        InsufficientDataHealthStatus: missing,
      });
    const put = (Value: number) =>
      new CloudWatchClient(emulator().client(TOKYO)).send(
        new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Orders', Value }] }),
      );

    test('looks at the data of the metric in the Region of the alarm', async () => {
      await make(alarm, TOKYO, 'Alarm');
      await make({ ...metric('Bad', 'Unhealthy'), ...metric('Good', 'Healthy'), ...metric('Last', 'LastKnownStatus') }, OSAKA);
      await control().freezeClock();
      expect(await passing()).toEqual({ Bad: false, Good: true, Last: true });
      await put(0);
      await control().advanceClock(MINUTE);
      await put(0);
      expect(await passing()).toEqual({ Bad: false, Good: false, Last: false });
      await put(5);
      expect(await passing()).toEqual({ Bad: true, Good: true, Last: true });
      await control().loseRegion(TOKYO);
      expect(await passing()).toEqual({ Bad: false, Good: true, Last: true });
    });

    test('adds up others, and can say the opposite', async () => {
      const calculated = (HealthThreshold: number, more: Template = {}) => ({
        Type: 'CALCULATED',
        HealthThreshold,
        ChildHealthChecks: ['One', 'Two', 'Three'].map((Ref) => ({ Ref })),
        ...more,
      });
      await make({
        ...check('One', endpoint),
        ...check('Two', endpoint),
        ...check('Three', endpoint),
        ...check('Most', calculated(2)),
        ...check('Few', calculated(2, { Inverted: true })),
        ...check('All', calculated(3)),
      });
      await tell('One', false);
      expect(await passing()).toMatchObject({ Most: true, Few: false, All: false });
      await tell('Two', false);
      expect(await passing()).toMatchObject({ Most: false, Few: true });
    });

    test('asks what is on this machine', async () => {
      let status = 200;
      const server = createServer((_, response) => response.writeHead(status).end('all is well'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const here = { IPAddress: '127.0.0.1', Port: port };
      await make({
        ...check('Http', { ...here, Type: 'HTTP' }),
        ...check('Match', { ...here, Type: 'HTTP_STR_MATCH', SearchString: 'well' }),
        ...check('NoMatch', { ...here, Type: 'HTTP_STR_MATCH', SearchString: 'ill' }),
        ...check('Tcp', { ...here, Type: 'TCP' }),
      });
      expect(await passing()).toEqual({ Http: true, Match: true, NoMatch: false, Tcp: true });
      status = 500;
      expect(await passing()).toEqual({ Http: false, Match: false, NoMatch: false, Tcp: true });
      await new Promise((resolve) => server.close(resolve));
      expect(await passing()).toEqual({ Http: false, Match: false, NoMatch: false, Tcp: false });
    });

    test.each<[string, Template, RegExp]>([
      ['an alarm that is not there', metric('Check', 'Healthy'), /no alarm orders in ap-northeast-1/],
      [
        'a child that is not there',
        check('Check', { Type: 'CALCULATED', HealthThreshold: 1, ChildHealthChecks: ['x'] }),
        /x does not exist/,
      ],
      ['no endpoint', check('Check', { Type: 'HTTP' }), /must be specified/],
      ['TCP without a port', check('Check', { Type: 'TCP', IPAddress: '192.0.2.1' }), /Port must be specified/],
      ['an interval of 20 seconds', check('Check', { ...endpoint, RequestInterval: 20 }), /must be 10 or 30|20 is/],
    ])('fails with %s', async (_, template, message) => {
      expect(await refusal(template)).toMatch(message);
    });

    test('fails with an alarm that asks for M out of N', async () => {
      const some = {
        Alarm: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: { ...(alarm.Alarm as { Properties: Template }).Properties, DatapointsToAlarm: 1 },
        },
      };
      await make(some, TOKYO, 'Alarm');
      expect(await refusal(metric('Check', 'Healthy'))).toMatch(/M out of N/);
    });
  });

  test.each<[string, Template, RegExp]>([
    ['a primary without health', record('a', '192.0.2.1', { Failover: 'PRIMARY' }), /must have a HealthCheckId/],
    ['a policy without a name', record('a', '192.0.2.1', { Weight: 1, SetIdentifier: { Ref: 'AWS::NoValue' } }), /SetIdentifier goes with/],
    ['a health check that is not there', record('a', '192.0.2.1', { Weight: 1, HealthCheckId: 'x' }), /no health check exists/],
    ['a name of another zone', record('a', '192.0.2.1', { Weight: 1, Name: 'www.other.example' }), /not permitted in zone/],
    [
      'two secondaries',
      { ...record('a', '192.0.2.1', { Failover: 'SECONDARY' }), ...record('b', '192.0.2.2', { Failover: 'SECONDARY' }) },
      /already a SECONDARY/,
    ],
    [
      'two policies',
      { ...record('a', '192.0.2.1', { Weight: 1 }), ...record('b', '192.0.2.2', { Region: TOKYO }) },
      /different routing policies/,
    ],
  ])('fails on %s', async (_, template, message) => {
    expect(await refusal(template)).toMatch(message);
  });

  test('changes records only while the Region of its control plane is there; it answers all the time', async () => {
    const two = (weight: number) => ({
      ...zone,
      ...record('tokyo', '192.0.2.1', { Weight: 100 - weight }),
      ...record('osaka', '192.0.2.2', { Weight: weight }),
    });
    await make(two(0), OSAKA);
    expect(await stacks(OSAKA).update('Dns', two(100))).toMatchObject({ failures: [], status: 'UPDATE_COMPLETE' });
    expect(await ask()).toBe('192.0.2.2');
    await control().loseRegion(VIRGINIA);
    expect((await stacks(OSAKA).update('Dns', two(0))).failures.join()).toMatch(/us-east-1 is lost/);
    expect(await ask()).toBe('192.0.2.2');
    await control().loseRegion(VIRGINIA, false);
    await stacks(OSAKA).delete('Dns');
    expect(await failover().dns('www.shop.example')).toMatchObject({ code: 'REFUSED' });
  });

  describe('alarms that follow their metrics', () => {
    const lag = (value: number, ageMs = 0) =>
      failover().putMetric({
        region: OSAKA,
        namespace: 'AWS/RDS',
        name: 'ReplicaLag',
        dimensions: { DBInstanceIdentifier: 'replica' },
        value,
        ageMs,
      });
    const state = async () =>
      (await new CloudWatchClient(emulator().client(OSAKA)).send(new DescribeAlarmsCommand({}))).MetricAlarms![0].StateValue;
    const alarm = (properties: Template): Template => ({
      Lag: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/RDS',
          MetricName: 'ReplicaLag',
          Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'replica' }],
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 3,
          DatapointsToAlarm: 2,
          Threshold: 300,
          ComparisonOperator: 'GreaterThanThreshold',
          ...properties,
        },
      },
    });

    test.each([
      ['missing', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'],
      ['breaching', 'ALARM', 'ALARM'],
      ['notBreaching', 'OK', 'OK'],
      ['ignore', 'INSUFFICIENT_DATA', 'ALARM'],
    ])('where data that is missing is %s', async (TreatMissingData, first, last) => {
      await control().settings({ alarmsFollowMetrics: true });
      await control().freezeClock();
      await make(alarm({ TreatMissingData }), OSAKA);
      expect(await state()).toBe(first);
      await lag(10, 2.5 * MINUTE);
      await lag(400, 1.5 * MINUTE);
      await lag(500);
      expect(await state()).toBe('ALARM');
      await control().advanceClock(10 * MINUTE);
      expect(await state()).toBe(last);
    });

    test('fail to be told by data in a namespace of AWS', async () => {
      const cloudwatch = new CloudWatchClient({ ...emulator().client(OSAKA), maxAttempts: 1 });
      const MetricData = [{ MetricName: 'ReplicaLag', Value: 1 }];
      await expect(cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData }))).rejects.toThrow(/namespaces of AWS/);
    });
  });
});
