import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmActions } from '../../core/alarm-actions';
import { notify } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import { ANNOUNCE_VARIABLE, type AnnounceConfig, failurePatterns, type ListenedFor } from '../../model/failures';
import { type AlarmTopics, allowServices } from './alarm-topics';

/** What is listened for in a Region, and who hears of it. */
export interface FailureAnnouncerProps {
  readonly listenedFor: ListenedFor;
  readonly topics: AlarmTopics;
  readonly actions: AlarmActions;
  readonly runbook: string;
  readonly logRetention?: RetentionDays;
}

const MEMORY_MIB = 256;

/**
 * Rules for everything that fails in a Region, and a function that makes sentences of the events: an input transformer of
 * EventBridge could not, because it does not escape what it puts into JSON, and messages of jobs may hold anything.
 */
export class FailureAnnouncer extends Construct {
  /** Where vaults of the Region tell what no event tells. */
  public readonly vaultTopic: Topic;

  constructor(scope: Construct, id: string, { listenedFor, topics, actions, runbook, logRetention }: FailureAnnouncerProps) {
    super(scope, id);
    const config: AnnounceConfig = { topics: topics.arns(), runbook };
    const bundled = new BundledFunction(this, 'Function', {
      handler: 'announce',
      description: 'Tells of jobs of AWS Backup that failed',
      memoryMib: MEMORY_MIB,
      timeout: Duration.minutes(1),
      environment: { [ANNOUNCE_VARIABLE]: Stack.of(this).toJsonString(config) },
      statements: [
        new PolicyStatement({ sid: 'Publish', actions: ['sns:Publish'], resources: Object.values(topics.arns()) }),
        new PolicyStatement({ sid: 'UseKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [topics.key.keyArn] }),
      ],
      logRetention,
    });
    for (const { id: name, description, source, detailTypes, detail } of failurePatterns(listenedFor)) {
      new Rule(this, name, {
        description,
        eventPattern: { source: [source], detailType: [...detailTypes], detail: { ...detail } },
        targets: [
          new LambdaFunction(bundled.function, {
            deadLetterQueue: bundled.deadLetters,
            maxEventAge: Duration.hours(24),
            retryAttempts: 185,
          }),
        ],
      });
    }
    this.vaultTopic = new Topic(this, 'Vaults', { masterKey: topics.key, enforceSSL: true });
    allowServices(this.vaultTopic, ['backup.amazonaws.com']);
    this.vaultTopic.addSubscription(new LambdaSubscription(bundled.function, { deadLetterQueue: bundled.deadLetters }));
    notify(bundled.deadLettersAlarm, 'high', { actions, whenOver: true });
  }
}
