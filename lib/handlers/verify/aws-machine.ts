import { DescribeStateMachineCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { WatchPorts } from './ports';

/** The state machine, bound to the API of Step Functions. */
export function machinePorts(clients: AwsClients): Pick<WatchPorts, 'startExecution' | 'machine'> {
  return {
    startExecution: async (stateMachineArn, name, input) => {
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      return (await unless(['ExecutionAlreadyExists'], clients.stepFunctions.send(command))) !== undefined;
    },
    machine: async (stateMachineArn) => {
      const { definition, creationDate } = await clients.stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));
      return { definition: definition ?? '', createdMs: creationDate?.getTime() ?? 0 };
    },
  };
}
