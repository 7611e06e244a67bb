import { type RunInput, SITE_CONFIG_STATE, type SiteConfig } from '../../model/recovery';
import { SECOND } from '../../model/time';
import { unless } from '../aws/unless-error';
import { type SigningClients, signedCall } from './signed-call';

/** The configuration of this site, as its state machine holds it. */
export async function siteConfigOf(clients: SigningClients, stateMachineArn: string): Promise<SiteConfig> {
  const said = await states(clients, 'DescribeStateMachine', { stateMachineArn });
  const { definition, creationDate } = JSON.parse(said);
  const config = JSON.parse(definition)?.States?.[SITE_CONFIG_STATE]?.Result;
  if (config?.version !== 1) {
    throw new Error(`${stateMachineArn} holds no configuration that this agent can read`);
  }
  const sinceMs = momentOf(creationDate);
  return config.drill && sinceMs !== undefined ? { ...config, drill: { ...config.drill, sinceMs } } : config;
}

/** Protocols of JSON write a moment as seconds, or as text. */
function momentOf(said: unknown): number | undefined {
  const ms = typeof said === 'number' ? said * SECOND : Date.parse(String(said));
  return Number.isFinite(ms) ? ms : undefined;
}

/** Starts an execution; one of that name stays as it is. */
export async function startRun(clients: SigningClients, stateMachineArn: string, name: string, run: RunInput): Promise<void> {
  await unless(['ExecutionAlreadyExists'], states(clients, 'StartExecution', { stateMachineArn, name, input: JSON.stringify(run) }));
}

/** The error by which the execution of a name has ended; nothing while it goes on, or where it succeeded. */
export async function failureOf(clients: SigningClients, stateMachineArn: string, name: string): Promise<string | undefined> {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const said = JSON.parse(await states(clients, 'DescribeExecution', { executionArn }));
  return said.status === 'RUNNING' || said.status === 'SUCCEEDED' ? undefined : `${said.error ?? said.status}: ${said.cause ?? ''}`;
}

function states(clients: SigningClients, operation: string, body: object): Promise<string> {
  return signedCall(clients, { service: 'states', target: `AWSStepFunctions.${operation}`, version: '1.0', body });
}
