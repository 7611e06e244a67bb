import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetFunctionConcurrencyCommand, InvokeCommand, LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { FailoverControl } from './failover-control';
import { describeWithEmulator, eventually, synthesise } from './harness';
import { callService, type RawAnswer } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const OSAKA = 'ap-northeast-3';
const SCALING_MS = 60_000;
const TARGETS = { ecs: 'AmazonEC2ContainerServiceV20141113', 'application-autoscaling': 'AnyScaleFrontendService' };

describeWithEmulator('compute that a failover scales', (emulator) => {
  const control = () => emulator().control;
  const stacks = () => new StackClient(emulator(), OSAKA);
  let template: { Resources: Template; [section: string]: unknown };

  const json = (service: keyof typeof TARGETS, operation: string, body: object): Promise<RawAnswer> =>
    callService(emulator(), {
      service,
      region: OSAKA,
      method: 'POST',
      path: '/',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${TARGETS[service]}.${operation}` },
    });
  const query = (service: string, Version: string, Action: string, parameters: Record<string, string>): Promise<RawAnswer> =>
    callService(emulator(), {
      service,
      region: OSAKA,
      method: 'POST',
      path: '/',
      body: new URLSearchParams({ Action, Version, ...parameters }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const lambda = (method: string, path: string, body?: object) =>
    callService(emulator(), { service: 'lambda', region: OSAKA, method, path, body });
  const groups = (Action: string, parameters: Record<string, string> = {}) =>
    query('autoscaling', '2011-01-01', Action, { AutoScalingGroupName: 'workers', ...parameters });

  const service = async () => (await json('ecs', 'DescribeServices', { cluster: 'shop', services: ['web'] })).body.services[0];
  const counts = async () => {
    const { desiredCount, runningCount, pendingCount } = await service();
    return [desiredCount, runningCount, pendingCount];
  };
  const states = async () => {
    const { body } = await groups('DescribeAutoScalingGroups', { 'AutoScalingGroupNames.member.1': 'workers' });
    return [...body.matchAll(/<LifecycleState>(\w+)</g)].map(([, state]) => state);
  };
  const scale = (desiredCount: number) => json('ecs', 'UpdateService', { cluster: 'shop', service: 'web', desiredCount });

  beforeAll(async () => {
    const assembly = await synthesise('test/emulator/fixtures/compute-side.ts');
    template = JSON.parse(readFileSync(join(assembly, 'ComputeSide.template.json'), 'utf8'));
  });
  beforeEach(async () => {
    await control().reset();
    const { Resources, Parameters: _, Rules: __, ...more } = template;
    expect(await stacks().create('Compute', Resources, more)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
    await control().freezeClock();
    await control().settings({ jobDurationsMs: { scale: SCALING_MS } });
  });

  test('deploys as the CDK writes it, and goes again', async () => {
    const { Resources, ...more } = template;
    const { Service } = Object.entries(Resources).reduce<{ Service?: string }>(
      (found, [name, resource]) => ((resource as { Type: string }).Type === 'AWS::ECS::Service' ? { Service: name } : found),
      {},
    );
    const changed = structuredClone(Resources) as Record<string, { Properties: Template }>;
    changed[Service!].Properties = { ...changed[Service!].Properties, DesiredCount: 2 };
    const { Parameters: _, Rules: __, ...sections } = more;
    expect(await stacks().update('Compute', changed, sections)).toMatchObject({ failures: [], status: 'UPDATE_COMPLETE' });
    expect(await counts()).toEqual([2, 2, 0]);
    expect(await stacks().delete('Compute')).toMatchObject({ failures: [], status: 'DELETE_COMPLETE' });
  });

  test('tasks of a service start one after the other', async () => {
    expect(await counts()).toEqual([0, 0, 0]);
    expect(
      await json('application-autoscaling', 'RegisterScalableTarget', {
        ServiceNamespace: 'ecs',
        ResourceId: 'service/shop/web',
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity: 2,
        MaxCapacity: 8,
      }),
    ).toMatchObject({ status: 200 });
    await scale(4);
    expect(await counts()).toEqual([4, 0, 4]);
    await control().advanceClock(SCALING_MS / 2);
    expect(await counts()).toEqual([4, 2, 2]);
    await control().advanceClock(SCALING_MS / 2);
    expect(await counts()).toEqual([4, 4, 0]);
    expect((await service()).deployments[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 4 });
    await scale(0);
    await control().advanceClock(SCALING_MS);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  test('stop where the Region has no more room', async () => {
    await control().settings({ capacityLimits: { [OSAKA]: 3 } });
    await scale(4);
    await groups('SetDesiredCapacity', { DesiredCapacity: '4' });
    await control().advanceClock(SCALING_MS);
    expect(await counts()).toEqual([4, 3, 1]);
    expect((await states()).sort()).toEqual(['InService', 'InService', 'InService', 'Pending']);
  });

  test('running tasks make their load balancer healthy', async () => {
    const failover = new FailoverControl(emulator().url);
    const elb = (Action: string, parameters = {}) => query('elasticloadbalancing', '2015-12-01', Action, parameters);
    const arn = (await elb('DescribeTargetGroups', { 'Names.member.1': 'web' })).body.match(/<TargetGroupArn>([^<]+)</)![1];
    const health = async () => [...(await elb('DescribeTargetHealth', { TargetGroupArn: arn })).body.matchAll(/<State>(\w+)</g)].length;
    expect(await health()).toBe(0);
    await scale(2);
    await control().advanceClock(SCALING_MS);
    expect(await health()).toBe(2);
    expect((await failover.dns('www.shop.example')).records.join()).toMatch(/front-.*ap-northeast-3\.elb\.amazonaws\.com/);
  });

  test('instances of a group are pending before they are in service', async () => {
    expect(await states()).toEqual([]);
    await groups('UpdateAutoScalingGroup', { MinSize: '2', DesiredCapacity: '3' });
    expect(await states()).toEqual(['Pending', 'Pending', 'Pending']);
    await groups('SetDesiredCapacity', { DesiredCapacity: '4' });
    expect(await states()).toHaveLength(4);
    await control().advanceClock(SCALING_MS);
    expect(await states()).toEqual(['InService', 'InService', 'InService', 'InService']);
    await groups('UpdateAutoScalingGroup', { MinSize: '0', MaxSize: '1' });
    expect(await states()).toEqual(['InService']);
  });

  test.each([
    ['UpdateAutoScalingGroup', { DesiredCapacity: '5' }, /must be below maximum 4/],
    ['UpdateAutoScalingGroup', { MinSize: '5' }, /Max bound, 4/],
    ['SetDesiredCapacity', { AutoScalingGroupName: 'nobody', DesiredCapacity: '1' }, /name not found/],
  ])('fails to %s %j', async (operation, parameters, message) => {
    expect((await groups(operation, parameters as Record<string, string>)).body).toMatch(message);
  });

  test('provisioned concurrency of an alias is in progress, then ready', async () => {
    const path = '/2019-09-30/functions/handler/provisioned-concurrency?Qualifier=live';
    expect(await lambda('GET', path)).toMatchObject({ status: 404 });
    expect(await lambda('PUT', path, { ProvisionedConcurrentExecutions: 5 })).toMatchObject({
      status: 202,
      body: { Status: 'IN_PROGRESS' },
    });
    await control().advanceClock(SCALING_MS);
    expect((await lambda('GET', path)).body).toMatchObject({ Status: 'READY', AvailableProvisionedConcurrentExecutions: 5 });
    expect(await lambda('DELETE', path)).toMatchObject({ status: 204 });
    expect(await lambda('GET', path)).toMatchObject({ status: 404 });
    expect((await lambda('PUT', path.replace('live', '$LATEST'), { ProvisionedConcurrentExecutions: 5 })).status).toBe(400);
    expect((await lambda('PUT', path.replace('live', 'nobody'), { ProvisionedConcurrentExecutions: 5 })).status).toBe(404);
  });

  test('a function whose concurrency is nothing does not run, and keeps its events', async () => {
    await control().resumeClock();
    const client = new LambdaClient({ ...emulator().client(OSAKA), maxAttempts: 1 });
    const reserve = (ReservedConcurrentExecutions: number) =>
      client.send(new PutFunctionConcurrencyCommand({ FunctionName: 'handler', ReservedConcurrentExecutions }));
    const invoke = (InvocationType: 'Event' | 'RequestResponse') =>
      client.send(new InvokeCommand({ FunctionName: 'handler', InvocationType }));
    await reserve(0);
    await expect(invoke('RequestResponse')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    expect(await invoke('Event')).toMatchObject({ StatusCode: 202 });
    expect(await client.send(new GetFunctionConcurrencyCommand({ FunctionName: 'handler' }))).toMatchObject({
      ReservedConcurrentExecutions: 0,
    });
    await reserve(10);
    const answer = await eventually('the function', async () => (await invoke('RequestResponse')).Payload);
    expect(Buffer.from(answer).toString()).toBe('1');
  });
});
