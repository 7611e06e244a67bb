import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { PeerAnswer, PeerConfig, PeerRequest, PeerStatus } from '../../model/recovery';
import type { AwsClients } from './aws-clients';

/** What is far away and may be lost is not waited for long; whoever asks asks again. */
const PATIENCE = { maxAttempts: 2, connectionTimeout: 3_000, requestTimeout: 30_000 } as const;
const SHORT = { ...PATIENCE, requestTimeout: 10_000 } as const;

/** Invokes the agent of another site. The name of what it throws tells a Region that is lost from an agent that is not there or may not be called. */
export async function askAgent(
  clients: AwsClients,
  { site: region, agent }: PeerConfig,
  request: PeerRequest,
): Promise<PeerAnswer | PeerStatus> {
  const patience = request.op === 'status' ? SHORT : PATIENCE;
  const command = new InvokeCommand({ FunctionName: agent, Payload: new TextEncoder().encode(JSON.stringify(request)) });
  const answer = await clients.lambda({ ...patience, region }).send(command);
  const said = new TextDecoder().decode(answer.Payload);
  if (answer.FunctionError) {
    throw new Error(`the agent of ${region} has failed: ${said.slice(0, 500)}`);
  }
  return JSON.parse(said);
}
