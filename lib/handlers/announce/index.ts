import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ANNOUNCE_VARIABLE, type AnnounceConfig } from '../../model/failures';
import { type Announced, announceEvent } from './announce-event';

const PATIENCE = { maxAttempts: 5, retryMode: 'standard' } as const;
const REQUEST_TIMEOUT_MS = 5_000;

/** Runs for every event of the rules, and for every message of a vault. */
export async function handler(event: Announced): Promise<void> {
  const config: AnnounceConfig = JSON.parse(process.env[ANNOUNCE_VARIABLE] ?? '');
  const requestHandler = { connectionTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true };
  const sns = new SNSClient({ ...PATIENCE, requestHandler });
  await announceEvent(event, config, async (topicArn, { subject, body }) => {
    await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body }));
  });
}
