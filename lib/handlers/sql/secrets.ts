import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretReader } from './credentials';

const PATIENCE = { maxAttempts: 4, retryMode: 'standard' } as const;
const TIMEOUT_MS = 5_000;

/** Reads secrets with the AWS SDK, until `signal` says that there is no time left. */
export function secretReader(signal: AbortSignal): SecretReader {
  const requestHandler = { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true };
  const client = new SecretsManagerClient({ ...PATIENCE, requestHandler });
  return async (secretArn) => (await client.send(new GetSecretValueCommand({ SecretId: secretArn }), { abortSignal: signal })).SecretString;
}
