import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WEBHOOK_VARIABLE, type WebhookConfig } from '../../model/failures';
import { postMessages, type Target, type TopicEvent } from './post-message';

const PATIENCE = { maxAttempts: 5, retryMode: 'standard' } as const;
const TIMEOUT_MS = 5_000;

/** Runs for every message of the topics. */
export async function handler(event: TopicEvent): Promise<void> {
  const config: WebhookConfig = JSON.parse(process.env[WEBHOOK_VARIABLE] ?? '');
  const requestHandler = { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true };
  const secrets = new SecretsManagerClient({ ...PATIENCE, requestHandler });
  await postMessages(event, config, {
    secret: async () => (await secrets.send(new GetSecretValueCommand({ SecretId: config.secretName }))).SecretString ?? '',
    post,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });
}

/** Certificates are verified, and a redirection is refused: it would carry the token elsewhere. */
async function post({ url, token }: Target, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const { status } = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  return status;
}
