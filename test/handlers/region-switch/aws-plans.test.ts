import { failureOf, siteConfigOf } from '../../../lib/handlers/recover/aws-machine';
import { executionsOf } from '../../../lib/handlers/region-switch/aws-plans';
import { recoveryMachine } from '../../../lib/model/recovery';
import { DAY } from '../../../lib/model/time';
import { OSAKA, siteConfig, TOKYO } from '../../model/recovery/sites';

const ARN = 'arn:aws:arc-region-switch::111122223333:plan/Orders-failover:abc123';
const NAMES = ['Orders-failover', 'Orders-switchover'];
type Answer = object | ((body: Record<string, unknown>) => object);

/** Services that answer by the name of the operation; what they were asked, in order. */
function answering(answers: Readonly<Record<string, Answer>>) {
  const asked: {
    readonly host: string;
    readonly target: string;
    readonly body: Record<string, unknown>;
    readonly authorization: string;
  }[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const headers = init?.headers as Record<string, string>;
    const target = headers['x-amz-target'];
    const body = JSON.parse(String(init?.body));
    asked.push({ host: new URL(String(url)).host, target, body, authorization: headers.authorization });
    const answer = answers[target.split('.')[1]];
    return new Response(JSON.stringify(typeof answer === 'function' ? answer(body) : answer));
  });
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  const dynamodb = { config: { credentials: async () => credentials } };
  return { asked, clients: { region: OSAKA, dynamodb } as unknown as Parameters<typeof executionsOf>[0] };
}

const execution = (more: object = {}) => ({
  executionRegion: OSAKA,
  executionAction: 'activate',
  stepStates: [{ name: 'Fence', status: 'running' }, {}],
  ...more,
});
const plan = (more: object = {}) => ({ arn: ARN, name: 'Orders-failover', activePlanExecution: 'e1', ...more });

beforeEach(() => {
  delete process.env.AWS_ENDPOINT_URL;
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('an execution is found by the name of its plan, in the data plane of the Region', async () => {
  const { clients, asked } = answering({ ListPlansInRegion: { plans: [plan()] }, GetPlanExecution: execution() });
  expect(await executionsOf(clients, NAMES)).toEqual([
    {
      plan: 'Orders-failover',
      id: 'e1',
      steps: [
        { name: 'Fence', status: 'running' },
        { name: '', status: '' },
      ],
    },
  ]);
  expect(asked.map(({ target, host }) => [target, host])).toEqual([
    ['ArcRegionSwitch.ListPlansInRegion', `arc-region-switch.${OSAKA}.api.aws`],
    ['ArcRegionSwitch.GetPlanExecution', `arc-region-switch.${OSAKA}.api.aws`],
  ]);
  expect(asked[1].body).toEqual({ planArn: ARN, executionId: 'e1' });
  expect(asked[1].authorization).toContain(`/${OSAKA}/arc-region-switch/`);
});

test('plans are read to the last page', async () => {
  const { clients } = answering({
    ListPlansInRegion: ({ nextToken }) => (nextToken ? { plans: [plan()] } : { plans: [], nextToken: 'more' }),
    GetPlanExecution: execution(),
  });
  expect(await executionsOf(clients, NAMES)).toHaveLength(1);
});

test.each([
  ['a plan of another name', plan({ name: 'Payments-failover' }), execution()],
  ['a plan that is not executed', plan({ activePlanExecution: undefined }), execution()],
  ['an execution that makes the other Region active', plan(), execution({ executionRegion: TOKYO })],
  ['an execution that makes nothing active', plan(), execution({ executionAction: 'deactivate' })],
])('%s is none of this site', async (_, listed, found) => {
  const { clients } = answering({ ListPlansInRegion: { plans: [listed] }, GetPlanExecution: found });
  expect(await executionsOf(clients, NAMES)).toEqual([]);
});

test.each([
  [{ status: 'RUNNING' }, undefined],
  [{ status: 'SUCCEEDED' }, undefined],
  [{ status: 'FAILED', error: 'RecoveryRefused', cause: 'why' }, 'RecoveryRefused: why'],
  [{ status: 'TIMED_OUT' }, 'TIMED_OUT: '],
])('an execution of the machine that is %j has failed by %s', async (said, failure) => {
  const { clients, asked } = answering({ DescribeExecution: said });
  expect(await failureOf(clients, `arn:aws:states:${OSAKA}:111122223333:stateMachine:Orders-recovery`, 'arc-e1')).toBe(failure);
  expect(asked[0].body).toEqual({ executionArn: `arn:aws:states:${OSAKA}:111122223333:execution:Orders-recovery:arc-e1` });
});

test.each([
  ['seconds', 1_700_000_000],
  ['text', '2023-11-14T22:13:20Z'],
])('drills are due from when the machine was made, told in %s', async (_, creationDate) => {
  const config = siteConfig(OSAKA, { drill: { holdMs: DAY } });
  const definition = JSON.stringify(recoveryMachine({ agentArn: 'a', partition: 'aws', config }));
  const { clients } = answering({ DescribeStateMachine: { definition, creationDate } });
  expect((await siteConfigOf(clients, 'arn')).drill).toEqual({ holdMs: DAY, sinceMs: 1_700_000_000_000 });
});

test('where no drill is arranged the configuration is as the machine holds it', async () => {
  const config = siteConfig(OSAKA);
  const definition = JSON.stringify(recoveryMachine({ agentArn: 'a', partition: 'aws', config }));
  const { clients } = answering({ DescribeStateMachine: { definition, creationDate: 1_700_000_000 } });
  expect(await siteConfigOf(clients, 'arn')).toEqual(config);
});
