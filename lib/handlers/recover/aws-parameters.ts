import type { AwsClients } from './aws-clients';
import { signedCall } from './signed-call';

/** Writes parameters of Systems Manager below a path, over what is there. */
export async function putParameters(
  clients: AwsClients,
  path: string,
  values: Readonly<Record<string, string | number | boolean>>,
): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const body = { Name: `${path}/${name}`, Value: String(value), Type: 'String', Overwrite: true };
    await signedCall(clients, { service: 'ssm', target: 'AmazonSSM.PutParameter', body });
  }
}
