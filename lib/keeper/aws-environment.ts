import { S3Client } from '@aws-sdk/client-s3';
import { Refused } from './refused';

/** Where containers ask for their credentials. */
const CONTAINER = [
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];

/**
 * What a tool that speaks S3 by itself finds credentials by: those of a container or an instance it asks for by itself, and again before they
 * expire, which handed over ones are not. All others it gets in its environment, which only root and its own user can read.
 */
export async function awsEnvironment(region: string, env: NodeJS.ProcessEnv = process.env): Promise<Record<string, string>> {
  const client = new S3Client({ region });
  try {
    const found = await client.config.credentials();
    const { $source = {} } = found as { $source?: Readonly<Record<string, unknown>> };
    if ('CREDENTIALS_IMDS' in $source || 'CREDENTIALS_HTTP' in $source) {
      return { AWS_DEFAULT_REGION: region, ...Object.fromEntries(CONTAINER.flatMap((name) => (env[name] ? [[name, env[name]]] : []))) };
    }
    return {
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: found.accessKeyId,
      AWS_SECRET_ACCESS_KEY: found.secretAccessKey,
      ...(found.sessionToken ? { AWS_SESSION_TOKEN: found.sessionToken } : {}),
    };
  } catch (error) {
    throw new Refused('look', `there are no credentials for S3: ${(error as Error).name}; give the task or the host a role`);
  } finally {
    client.destroy();
  }
}
