import type { AwsClients } from './aws-clients';
import { CallFailed, signedCall } from './signed-call';

/** Starts an experiment of AWS FIS; for the same name it is always the same one. */
export async function startExperiment(clients: AwsClients, experimentTemplateId: string, clientToken: string): Promise<string> {
  const said = await signedCall(clients, { service: 'fis', path: '/experiments', body: { experimentTemplateId, clientToken } });
  return JSON.parse(said).experiment.id;
}

/** Stops an experiment; one that has ended stays as it is. */
export async function stopExperiment(clients: AwsClients, id: string): Promise<void> {
  try {
    await signedCall(clients, { service: 'fis', method: 'DELETE', path: `/experiments/${encodeURIComponent(id)}` });
  } catch (error) {
    if (!(error instanceof CallFailed) || error.status >= 500 || error.status === 403) {
      throw error;
    }
  }
}
