import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmActions } from '../../core/alarm-actions';
import { notify } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import { WEBHOOK_VARIABLE, type WebhookConfig } from '../../model/failures';
import type { WebhookRecipient } from '../webhook-recipient';
import type { AlarmTopics } from './alarm-topics';
import { filterOf } from './message-filter';

/** What one webhook is told, and who hears that it could not be. */
export interface WebhookProps {
  readonly recipient: WebhookRecipient;
  readonly topics: AlarmTopics;
  readonly actions: AlarmActions;
  readonly logRetention?: RetentionDays;
}

const MEMORY_MIB = 256;
/** Four attempts of five seconds, the pauses between, and the secret. */
const LONGEST_RUN = Duration.minutes(1);

/** A function that posts the messages of topics to a webhook. */
export class Webhook extends Construct {
  constructor(scope: Construct, id: string, { recipient, topics, actions, logRetention }: WebhookProps) {
    super(scope, id);
    const { secretName, severities } = recipient;
    const config: WebhookConfig = { secretName, topics: topics.arns(severities) };
    const bundled = new BundledFunction(this, 'Function', {
      handler: 'webhook',
      description: 'Posts alarms and failures of backups to a webhook',
      memoryMib: MEMORY_MIB,
      timeout: LONGEST_RUN,
      environment: { [WEBHOOK_VARIABLE]: Stack.of(this).toJsonString(config) },
      statements: [
        new PolicyStatement({
          sid: 'ReadTarget',
          actions: ['secretsmanager:GetSecretValue'],
          resources: [
            Stack.of(this).formatArn({
              service: 'secretsmanager',
              resource: 'secret',
              resourceName: `${secretName}-??????`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ],
        }),
      ],
      logRetention,
    });
    for (const topic of topics.ofAll(severities)) {
      topic.addSubscription(
        new LambdaSubscription(bundled.function, {
          deadLetterQueue: bundled.deadLetters,
          filterPolicyWithMessageBody: filterOf(recipient),
        }),
      );
    }
    notify(bundled.deadLettersAlarm, 'high', { actions, whenOver: true });
  }
}
