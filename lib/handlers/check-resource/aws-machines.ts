import { DescribeInstanceStatusCommand } from '@aws-sdk/client-ec2';
import {
  CancelCommandCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { Unable } from '../checks/finding';
import { ask, askUnless } from './ask-aws';
import type { AwsClients } from './aws-clients';
import type { CommandState, MachinePort, MachineStatus } from './machine-port';
import { pause } from './pause';

const DOCUMENTS = { Linux: 'AWS-RunShellScript', Windows: 'AWS-RunPowerShellScript' } as const;
/** The least that Systems Manager takes for handing over a command, in seconds. */
const DELIVERY_SECONDS = 30;

/** EC2 and Systems Manager by the AWS SDK. */
export function awsMachines(clients: AwsClients): MachinePort {
  const options = { abortSignal: clients.signal };
  return {
    stepMs: clients.patience.stepMs,
    status: (instanceId) => statusOf(clients, instanceId),
    managed: async (instanceId) => {
      const command = new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [instanceId] }] });
      const found = await ask('Systems Manager cannot be asked about the instance', () => clients.ssm().send(command, options));
      const [instance] = found.InstanceInformationList ?? [];
      return instance?.PingStatus === 'Online' ? (instance.PlatformType === 'Windows' ? 'Windows' : 'Linux') : undefined;
    },
    send: async (instanceId, platform, command, timeoutMs) => {
      const sent = await ask('the command cannot be sent', () =>
        clients.ssm().send(
          new SendCommandCommand({
            InstanceIds: [instanceId],
            DocumentName: DOCUMENTS[platform],
            TimeoutSeconds: DELIVERY_SECONDS,
            Parameters: { commands: [command], executionTimeout: [String(Math.ceil(timeoutMs / 1_000))] },
          }),
          options,
        ),
      );
      if (!sent.Command?.CommandId) {
        throw new Unable('Systems Manager does not say which command it has taken');
      }
      return sent.Command.CommandId;
    },
    command: async (instanceId, commandId): Promise<CommandState> => {
      const command = new GetCommandInvocationCommand({ InstanceId: instanceId, CommandId: commandId });
      // it takes a moment until a command can be asked for
      const found = await askUnless(['InvocationDoesNotExist'], 'the command cannot be asked for', () =>
        clients.ssm().send(command, options),
      );
      return { status: found?.Status, details: found?.StatusDetails, exitCode: found?.ResponseCode };
    },
    cancel: async (instanceId, commandId) => {
      const command = new CancelCommandCommand({ InstanceIds: [instanceId], CommandId: commandId });
      await ask('the command cannot be cancelled', () => clients.ssm().send(command, options));
    },
    pause: (ms) => pause(ms, clients.signal),
  };
}

async function statusOf(clients: AwsClients, instanceId: string): Promise<MachineStatus | undefined> {
  const command = new DescribeInstanceStatusCommand({ InstanceIds: [instanceId], IncludeAllInstances: true });
  const found = await askUnless(['InvalidInstanceID.NotFound'], 'the instance cannot be described', () =>
    clients.ec2().send(command, { abortSignal: clients.signal }),
  );
  const [machine] = found?.InstanceStatuses ?? [];
  return (
    machine && {
      state: machine.InstanceState?.Name ?? 'unknown',
      system: machine.SystemStatus?.Status ?? 'unknown',
      instance: machine.InstanceStatus?.Status ?? 'unknown',
    }
  );
}
