import type { AwsClients } from '../../../lib/handlers/verify/aws-clients';
import { describePorts } from '../../../lib/handlers/verify/aws-resources';

const MACHINE = 'arn:aws:ec2:ap-northeast-1:111122223333:instance/i-1';
const OK = { Status: 'ok' };

/** EC2 that says so of an instance, and what it was asked. */
function answering(status: object | undefined, instance: object = { PrivateIpAddress: '10.255.0.9' }) {
  const asked: string[] = [];
  const answers: Readonly<Record<string, object>> = {
    DescribeInstanceStatusCommand: { InstanceStatuses: status ? [status] : [] },
    DescribeInstancesCommand: { Reservations: [{ Instances: [instance] }] },
  };
  const send = async ({ constructor: { name } }: { readonly constructor: { readonly name: string } }) => {
    asked.push(name);
    return answers[name];
  };
  return { clients: { ec2: { send } } as unknown as AwsClients, asked };
}

test('an instance that runs and passes its status checks is usable, at its private address', async () => {
  const { clients } = answering({ InstanceState: { Name: 'running' }, SystemStatus: OK, InstanceStatus: OK });
  expect(await describePorts(clients).EC2(MACHINE)).toEqual({ state: 'usable', words: 'running', address: '10.255.0.9' });
});

test('an instance without a private address is usable, too', async () => {
  const { clients } = answering({ InstanceState: { Name: 'running' }, SystemStatus: OK, InstanceStatus: OK }, {});
  expect(await describePorts(clients).EC2(MACHINE)).toEqual({ state: 'usable', words: 'running' });
});

test.each([
  [{ InstanceState: { Name: 'running' }, SystemStatus: OK, InstanceStatus: { Status: 'initializing' } }, 'coming'],
  [{ InstanceState: { Name: 'pending' } }, 'coming'],
  [{ InstanceState: { Name: 'terminated' } }, 'lost'],
])('an instance is %j: %s, and nobody asks for its address', async (status, state) => {
  const { clients, asked } = answering(status);
  expect(await describePorts(clients).EC2(MACHINE)).toMatchObject({ state });
  expect(asked).toEqual(['DescribeInstanceStatusCommand']);
});

test('an instance that is gone is not there', async () => {
  expect(await describePorts(answering(undefined).clients).EC2(MACHINE)).toBeUndefined();
});
