import { type RunInput, SITE_CONFIG_STATE, type SiteConfig } from '../../model/recovery';
import type { AwsClients } from './aws-clients';
import { unless } from './progress';
import { signedCall } from './signed-call';

/** The configuration of this site, as its state machine holds it. */
export async function siteConfigOf(clients: AwsClients, stateMachineArn: string): Promise<SiteConfig> {
  const said = await states(clients, 'DescribeStateMachine', { stateMachineArn });
  const config = JSON.parse(JSON.parse(said).definition)?.States?.[SITE_CONFIG_STATE]?.Result;
  if (config?.version !== 1) {
    throw new Error(`${stateMachineArn} holds no configuration that this agent can read`);
  }
  return config;
}

/** Starts an execution; one of that name stays as it is. */
export async function startRun(clients: AwsClients, stateMachineArn: string, name: string, run: RunInput): Promise<void> {
  await unless(['ExecutionAlreadyExists'], states(clients, 'StartExecution', { stateMachineArn, name, input: JSON.stringify(run) }));
}

function states(clients: AwsClients, operation: string, body: object): Promise<string> {
  return signedCall(clients, { service: 'states', target: `AWSStepFunctions.${operation}`, version: '1.0', body });
}
