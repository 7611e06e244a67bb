import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { DigestConfig } from '../../model/digest';
import { metricPorts } from './aws-metrics';
import { sendDigest } from './send-digest';

const PATIENCE = { maxAttempts: 6, retryMode: 'standard' } as const;
const REQUEST_TIMEOUT_MS = 10_000;
/** What is left of the time when looking ends, so that what is known, or that nothing is, can still be told. */
const RESERVE_MS = 30_000;

/** Runs on a schedule, which says what to look back on. */
export async function handler(config: DigestConfig, context: { getRemainingTimeInMillis(): number }): Promise<void> {
  const requestHandler = { connectionTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), context.getRemainingTimeInMillis() - RESERVE_MS);
  const sns = new SNSClient({ ...PATIENCE, requestHandler });
  try {
    await sendDigest(config, {
      region: process.env.AWS_REGION ?? '',
      now: () => Date.now(),
      ...metricPorts({ ...PATIENCE, requestHandler }, deadline.signal),
      publish: async (TopicArn, { subject, body }) => {
        await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: body }));
      },
    });
  } finally {
    clearTimeout(timer);
  }
}
