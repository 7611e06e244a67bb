import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { PeerAnswer, PeerConfig, PeerRequest, PeerStatus } from '../../model/recovery';
import type { AwsClients } from './aws-clients';

/** What is far away and may be lost is not waited for long; whoever asks asks again. */
const PATIENCE = { maxAttempts: 2, connectionTimeout: 3_000, requestTimeout: 30_000 } as const;
const SHORT = { ...PATIENCE, requestTimeout: 10_000 } as const;

/** Answers that mean that the agent, and not its Region, has a fault. */
const OWN_FAULTS = ['AccessDeniedException', 'ResourceNotFoundException', 'ExpiredTokenException', 'UnrecognizedClientException'];

/**
 * Invokes the agent of another site; undefined where it cannot be reached. An agent that is not there, or that this one may not invoke,
 * has been set up wrongly: that is an error and never taken for a site that is down.
 */
export async function askAgent(
  clients: AwsClients,
  { site: region, agent }: PeerConfig,
  request: PeerRequest,
): Promise<PeerAnswer | PeerStatus | undefined> {
  const patience = request.op === 'status' ? SHORT : PATIENCE;
  let answer: { readonly FunctionError?: string | undefined; readonly Payload?: Uint8Array | undefined };
  try {
    const command = new InvokeCommand({ FunctionName: agent, Payload: new TextEncoder().encode(JSON.stringify(request)) });
    answer = await clients.lambda({ ...patience, region }).send(command);
  } catch (error) {
    if (error instanceof Error && OWN_FAULTS.includes(error.name)) {
      throw error;
    }
    return undefined;
  }
  const said = new TextDecoder().decode(answer.Payload);
  if (answer.FunctionError) {
    throw new Error(`the agent of ${region} has failed: ${said.slice(0, 500)}`);
  }
  return JSON.parse(said);
}
