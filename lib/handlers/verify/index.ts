import { MACHINE_VARIABLE } from '../../model/verification';
import { AwsClients } from './aws-clients';
import { databasePorts } from './aws-databases';
import { evidencePort } from './aws-evidence';
import { machinePorts } from './aws-machine';
import { mountPorts } from './aws-mounts';
import { describePorts } from './aws-resources';
import { restoreJobPorts, restoreListPorts } from './aws-restore-jobs';
import type { StepPorts, WatchPorts } from './ports';
import { type Received, route } from './route';

/** Runs for each step of the state machine, for events of restore jobs and executions, and on a schedule. */
export async function handler(received: Received): Promise<unknown> {
  const clients = new AwsClients();
  return route(received, {
    machineArn: process.env[MACHINE_VARIABLE] ?? '',
    steps: () => stepPorts(clients),
    watch: () => watchPorts(clients),
  });
}

function stepPorts(clients: AwsClients): StepPorts {
  return {
    region: process.env.AWS_REGION ?? '',
    ...common(clients),
    ...restoreJobPorts(clients),
    ...databasePorts(clients),
    ...mountPorts(clients),
    describe: describePorts(clients),
  };
}

function watchPorts(clients: AwsClients): WatchPorts {
  return { ...common(clients), ...machinePorts(clients), ...restoreListPorts(clients) };
}

function common(clients: AwsClients): Pick<StepPorts, 'now' | 'evidence' | 'write'> {
  return {
    now: () => Date.now(),
    evidence: (place) => evidencePort(clients, place),
    // the console of Lambda would put words before the line, and CloudWatch would find no metrics in it
    write: (line) => process.stdout.write(`${line}\n`),
  };
}
