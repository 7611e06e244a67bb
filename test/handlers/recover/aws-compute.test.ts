import { DeleteFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { AwsFunctions } from '../../../lib/handlers/recover/aws-functions';
import { siteConfigOf, startRun } from '../../../lib/handlers/recover/aws-machine';
import { setControls } from '../../../lib/handlers/recover/aws-routing';
import { AwsGroups, AwsServices } from '../../../lib/handlers/recover/aws-services';
import { signedCall } from '../../../lib/handlers/recover/signed-call';
import { type AutoScalingConfig, type EcsConfig, type FunctionConfig, recoveryMachine } from '../../../lib/model/recovery';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';
import { FakeAws, named } from './aws';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const now = (): number => NOW;

interface Sent {
  readonly url: string;
  readonly what: string;
  readonly body: string;
  readonly authorization: string;
}

/** Answers calls by HTTP, by their target or their action. */
function answering(answers: Readonly<Record<string, string | readonly [number, string]>>) {
  const sent: Sent[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const headers = init?.headers as Record<string, string>;
    const body = String(init?.body ?? '');
    const what = headers['x-amz-target']?.split('.')[1] ?? /Action=(\w+)/.exec(body)?.[1] ?? String(url);
    sent.push({ url: String(url), what, body, authorization: headers.authorization });
    const answer = answers[what] ?? answers[new URL(String(url)).host] ?? '{}';
    const [status, text] = typeof answer === 'string' ? ([200, answer] as const) : answer;
    return new Response(text, { status });
  });
  const aws = new FakeAws({});
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  const clients = {
    ...aws.clients,
    region: OSAKA,
    dynamodb: { config: { credentials: async () => credentials } },
  } as unknown as FakeAws['clients'];
  return { sent, clients };
}

beforeEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
});

afterEach(() => {
  jest.restoreAllMocks();
});

const service = siteConfig(OSAKA).compute[0] as EcsConfig;
const scaled: EcsConfig = { ...service, scaling: { resourceId: 'service/shop/api', max: 20 } };
const running = (desiredCount: number, runningCount: number) => ({
  DescribeServices: JSON.stringify({ services: [{ desiredCount, runningCount }] }),
});

describe('a service', () => {
  test.each([
    ['is asked for more', running(2, 2), 8, false, 'pending', { desiredCount: 8 }],
    ['is waited for', running(8, 5), 8, false, 'pending', undefined],
    ['is there', running(8, 8), 8, false, 'done', undefined],
    ['keeps what is more', running(12, 12), 8, false, 'done', undefined],
    ['has exactly as many as a standby has', running(8, 8), 2, true, 'pending', { desiredCount: 2 }],
  ])('%s', async (_, answers, count, exact, state, update) => {
    const { sent, clients } = answering(answers);
    expect((await new AwsServices(clients).scale(service, count, exact)).state).toBe(state);
    const updated = sent.find(({ what }) => what === 'UpdateService');
    expect(updated && JSON.parse(updated.body)).toEqual(update && { cluster: 'shop', service: 'api', ...update });
  });

  test('may not be scaled out again while it is fenced, and may again after that', async () => {
    const { sent, clients } = answering(running(8, 8));
    await new AwsServices(clients).close(scaled);
    await new AwsServices(clients).open(scaled, 8);
    const bounds = sent.filter(({ what }) => what === 'RegisterScalableTarget').map(({ body }) => JSON.parse(body));
    expect(bounds.map(({ MinCapacity, MaxCapacity }) => [MinCapacity, MaxCapacity])).toEqual([
      [0, 0],
      [8, 20],
    ]);
  });

  test.each([
    ['tasks that run', { desiredCount: 0, runningCount: 1 }, [], 'pending'],
    ['tasks that are about to run', { desiredCount: 0, runningCount: 0, pendingCount: 1 }, [], 'pending'],
    ['tasks whose containers have been asked to end', { desiredCount: 0, runningCount: 0 }, ['STOPPED', 'STOPPING'], 'pending'],
    ['tasks that leave the load balancer', { desiredCount: 0, runningCount: 0 }, ['DEACTIVATING'], 'pending'],
    ['none but ended ones', { desiredCount: 0, runningCount: 0, pendingCount: 0 }, ['STOPPED', 'DEPROVISIONING'], 'done'],
    ['none', { desiredCount: 0, runningCount: 0 }, [], 'done'],
  ])('to be fenced, with %s', async (_, counts, states, state) => {
    const { sent, clients } = answering({
      DescribeServices: JSON.stringify({ services: [counts] }),
      ListTasks: JSON.stringify({ taskArns: states.map((_state, index) => `arn:task:${index}`) }),
      DescribeTasks: JSON.stringify({ tasks: states.map((lastStatus) => ({ lastStatus })) }),
    });
    expect((await new AwsServices(clients).close(service)).state).toBe(state);
    const listed = sent.find(({ what }) => what === 'ListTasks');
    expect(listed === undefined || JSON.parse(listed.body).desiredStatus === 'STOPPED').toBe(true);
  });

  test('is signed for its Region, and called there', async () => {
    const { sent, clients } = answering(running(2, 2));
    await new AwsServices(clients).count(service);
    expect(sent[0].url).toBe(`https://ecs.${OSAKA}.amazonaws.com/`);
    expect(sent[0].authorization).toMatch(new RegExp(`^AWS4-HMAC-SHA256 Credential=AKID/\\d{8}/${OSAKA}/ecs/aws4_request`));
  });

  test('fails where there is none', async () => {
    const { clients } = answering({ DescribeServices: '{"services":[]}' });
    await expect(new AwsServices(clients).count(service)).rejects.toThrow('there is no service api in shop');
  });
});

describe('an Auto Scaling group', () => {
  const group: AutoScalingConfig = { kind: 'asg', name: 'web', order: 1, full: 4, standby: 1, group: 'web', max: 6 };
  const said = (desired: number, ...states: readonly string[]) =>
    `<DesiredCapacity>${desired}</DesiredCapacity>${states.map((state) => `<LifecycleState>${state}</LifecycleState>`).join('')}`;

  test('is ready when its instances are in service', async () => {
    const up = answering({ DescribeAutoScalingGroups: said(4, 'InService', 'InService', 'InService', 'InService') });
    expect((await new AwsGroups(up.clients).scale(group, 4, false)).state).toBe('done');
    const coming = answering({ DescribeAutoScalingGroups: said(4, 'InService', 'Pending') });
    expect((await new AwsGroups(coming.clients).scale(group, 4, false)).state).toBe('pending');
    expect(coming.sent[1].body).toBe(
      'Action=UpdateAutoScalingGroup&Version=2011-01-01&AutoScalingGroupName=web&MinSize=4&MaxSize=6&DesiredCapacity=4',
    );
  });

  test.each([
    ['keeps what has begun to start', said(4, 'InService', 'Pending'), 'DesiredCapacity=4'],
    ['has as many as before where none is left', said(0), 'DesiredCapacity=1'],
  ])('that is opened again %s', async (_, groups, wanted) => {
    const { sent, clients } = answering({ DescribeAutoScalingGroups: groups });
    await new AwsGroups(clients).open(group, 1);
    expect(sent.find(({ what }) => what === 'UpdateAutoScalingGroup')?.body ?? sent.at(-1)?.body).toContain(wanted);
  });

  test('is closed once no instance is left', async () => {
    const { sent, clients } = answering({ DescribeAutoScalingGroups: said(4, 'Terminating') });
    expect((await new AwsGroups(clients).close(group)).state).toBe('pending');
    expect(sent[1].body).toContain('MinSize=0&MaxSize=0&DesiredCapacity=0');
    expect((await new AwsGroups(answering({ DescribeAutoScalingGroups: said(0) }).clients).close(group)).state).toBe('done');
  });
});

describe('a function', () => {
  const config: FunctionConfig = { kind: 'lambda', name: 'api', order: 1, full: 10, standby: 0, functionName: 'api', alias: 'live' };

  test('has its concurrency provisioned, and waits until it is', async () => {
    const first = new FakeAws({ GetProvisionedConcurrencyConfig: named('ProvisionedConcurrencyConfigNotFoundException') });
    expect((await new AwsFunctions(first.clients, now).scale(config, 10)).state).toBe('pending');
    expect(first.inputs.PutProvisionedConcurrencyConfig).toMatchObject({ Qualifier: 'live', ProvisionedConcurrentExecutions: 10 });
    for (const [Status, state] of [
      ['IN_PROGRESS', 'pending'],
      ['READY', 'done'],
      ['FAILED', 'failed'],
    ] as const) {
      const aws = new FakeAws({ GetProvisionedConcurrencyConfig: { RequestedProvisionedConcurrentExecutions: 10, Status } });
      expect((await new AwsFunctions(aws.clients, now).scale(config, 10)).state).toBe(state);
    }
  });

  /** A function as AWS remembers it. */
  const remembering = (more: { provisioned?: number; reserved?: number } = {}) => {
    const tags: Record<string, string> = {};
    let { reserved, provisioned } = more;
    const aws = new FakeAws({
      GetFunctionConfiguration: { FunctionArn: `arn:aws:lambda:${OSAKA}:111122223333:function:api:live`, Timeout: 900 },
      ListTags: () => ({ Tags: { ...tags } }),
      TagResource: ({ Tags }: { Tags: Record<string, string> }) => Object.assign(tags, Tags),
      UntagResource: ({ TagKeys }: { TagKeys: string[] }) => {
        for (const key of TagKeys) {
          delete tags[key];
        }
      },
      GetFunctionConcurrency: () => ({ ReservedConcurrentExecutions: reserved }),
      PutFunctionConcurrency: ({ ReservedConcurrentExecutions: wanted }: { ReservedConcurrentExecutions: number }) => {
        if ((provisioned ?? 0) > wanted) {
          return named('InvalidParameterValueException');
        }
        reserved = wanted;
        return {};
      },
      DeleteFunctionConcurrency: () => {
        reserved = undefined;
      },
      GetProvisionedConcurrencyConfig: () =>
        provisioned ? { RequestedProvisionedConcurrentExecutions: provisioned } : named('ProvisionedConcurrencyConfigNotFoundException'),
      PutProvisionedConcurrencyConfig: ({ ProvisionedConcurrentExecutions: wanted }: { ProvisionedConcurrentExecutions: number }) => {
        provisioned = wanted;
      },
      DeleteProvisionedConcurrencyConfig: () => {
        provisioned = undefined;
      },
    });
    return { aws, tags, seen: () => ({ reserved, provisioned }) };
  };

  test('takes no call while it is fenced, and gets back what was reserved', async () => {
    const { aws, seen, tags } = remembering({ reserved: 7 });
    const port = new AwsFunctions(aws.clients, now);
    const former = await port.count(config);
    await port.close(config);
    expect(seen().reserved).toBe(0);
    expect(aws.inputs.TagResource).toEqual({
      Resource: `arn:aws:lambda:${OSAKA}:111122223333:function:api`,
      Tags: { 'cdk-recovery:closed': `${NOW}` },
    });
    await port.open(config, former);
    expect(seen().reserved).toBe(7);
    expect(tags).toEqual({});
    await port.open(config, await new AwsFunctions(new FakeAws({}).clients, now).count(config));
    expect(seen().reserved).toBeUndefined();
  });

  test('is fenced only when calls that it had taken are certain to be over', async () => {
    let nowMs = NOW;
    const { aws } = remembering();
    const port = new AwsFunctions(aws.clients, () => nowMs);
    expect((await port.close(config)).state).toBe('pending');
    nowMs += 900_000;
    expect((await port.close(config)).state).toBe('pending');
    nowMs += 1;
    expect((await port.close(config)).state).toBe('done');
    expect(aws.calls.filter((call) => call === 'PutFunctionConcurrency')).toHaveLength(1);
  });

  test('is closed anew where somebody has let calls in', async () => {
    let nowMs = NOW;
    const { aws, seen } = remembering();
    const port = new AwsFunctions(aws.clients, () => nowMs);
    await port.close(config);
    await aws.clients.lambda().send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'api' }));
    nowMs += 3_600_000;
    expect((await port.close(config)).state).toBe('pending');
    expect(seen().reserved).toBe(0);
  });

  test('gives up what is provisioned before nothing may run, and gets it back', async () => {
    const { aws, seen } = remembering({ provisioned: 10 });
    const port = new AwsFunctions(aws.clients, now);
    await port.close(config);
    expect(seen()).toEqual({ reserved: 0, provisioned: undefined });
    await port.open(config);
    expect(seen()).toEqual({ reserved: undefined, provisioned: 10 });
  });
});

describe('calls', () => {
  test('are tried again when a service is at fault, and not when the caller is', async () => {
    const passing = answering({ X: [503, '<Code>Unavailable</Code>'] });
    await expect(signedCall(passing.clients, { service: 'ecs', target: 'A.X' })).rejects.toMatchObject({
      name: 'Unavailable',
      status: 503,
    });
    expect(passing.sent).toHaveLength(3);
    const own = answering({ X: [400, '{"__type":"com.amazonaws#AccessDeniedException"}'] });
    await expect(signedCall(own.clients, { service: 'ecs', target: 'A.X' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(own.sent).toHaveLength(1);
  });

  test('the configuration is what the machine holds', async () => {
    const config = siteConfig(OSAKA);
    const definition = JSON.stringify(recoveryMachine({ agentArn: 'a', partition: 'aws', config }));
    const { clients } = answering({ DescribeStateMachine: JSON.stringify({ definition }) });
    expect(await siteConfigOf(clients, 'arn')).toEqual(config);
    await expect(siteConfigOf(answering({ DescribeStateMachine: '{"definition":"{}"}' }).clients, 'arn')).rejects.toThrow(
      'holds no configuration',
    );
  });

  test('a run that is started twice is one', async () => {
    const { clients } = answering({ StartExecution: [400, '{"__type":"ExecutionAlreadyExists"}'] });
    await expect(startRun(clients, 'arn', 'name', { kind: 'rebuild', id: 'r', by: 'x' })).resolves.toBeUndefined();
  });

  test('routing controls are set by the first endpoint that answers, and it is an error when none does', async () => {
    const endpoints = [
      { url: 'https://one.example.com', region: 'us-west-2' },
      { url: 'https://two.example.com', region: 'eu-west-1' },
    ];
    const traffic = { kind: 'routing-control', endpoints, controls: { [OSAKA]: 'arn:o', [TOKYO]: 'arn:t' }, settleMs: 0 } as const;
    const one = answering({ 'one.example.com': [400, 'no'] });
    jest.mocked(globalThis.fetch).mockImplementation(async (url, init) => {
      one.sent.push({
        url: String(url),
        what: '',
        body: String(init?.body),
        authorization: (init?.headers as Record<string, string> | undefined)?.authorization ?? '',
      });
      return new Response('{}', { status: String(url).includes('one') ? 400 : 200 });
    });
    await setControls(one.clients, traffic, { [OSAKA]: true, [TOKYO]: false });
    expect(one.sent.map(({ url }) => new URL(url).host)).toEqual(['one.example.com', 'two.example.com']);
    expect(one.sent[1].authorization).toContain('/eu-west-1/route53-recovery-cluster/');
    expect(JSON.parse(one.sent[1].body).UpdateRoutingControlStateEntries).toEqual([
      { RoutingControlArn: 'arn:o', RoutingControlState: 'On' },
      { RoutingControlArn: 'arn:t', RoutingControlState: 'Off' },
    ]);
    jest.mocked(globalThis.fetch).mockImplementation(async () => new Response('no', { status: 400 }));
    await expect(setControls(one.clients, traffic, {})).rejects.toThrow('no endpoint of the cluster');
  });
});
