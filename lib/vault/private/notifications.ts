import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic, ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct, IDependable } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { cfnOf } from '../../core/private/inventory';
import { warn } from '../../core/private/problems';
import { VaultEvent } from '../vault-event';
import type { VaultNotifications } from '../vault-notifications';
import { requireNear } from './standalone';

const BREAKS_A_PROMISE = [
  VaultEvent.BACKUP_JOB_FAILED,
  VaultEvent.BACKUP_JOB_EXPIRED,
  VaultEvent.CONTINUOUS_BACKUP_INTERRUPTED,
  VaultEvent.COPY_JOB_FAILED,
  VaultEvent.RESTORE_JOB_FAILED,
  VaultEvent.RECOVERY_POINT_MODIFIED,
  VaultEvent.S3_BACKUP_OBJECT_FAILED,
  VaultEvent.S3_RESTORE_OBJECT_FAILED,
];

/** The property of the L1, and what has to exist before it. */
export interface RenderedNotifications {
  readonly notifications: { readonly backupVaultEvents: string[]; readonly snsTopicArn: string };
  readonly dependables: readonly IDependable[];
}

/** Renders the notifications of a vault and lets AWS Backup publish to the topic. */
export function renderNotifications(scope: IConstruct, { topic, events }: VaultNotifications): RenderedNotifications {
  const arn = topic.topicRef.topicArn;
  requireStandard(scope, topic, arn);
  requireNear(scope, 'topic', arn, topic);
  const account = Token.isUnresolved(arn) ? undefined : arn.split(':')[4];
  const own = Stack.of(scope).account;
  if (account && !Token.isUnresolved(own) && account !== own) {
    throw new ConfigurationError(
      'TopicElsewhere',
      `'topic' is in account ${account}, but the vault in ${own}: take a topic of the vault's account`,
      scope,
    );
  }
  if (events?.length === 0) {
    throw new ConfigurationError(
      'NoEvents',
      "'events' is empty, so the topic would never hear of anything: leave it out or name an event",
      scope,
    );
  }
  return {
    notifications: { backupVaultEvents: [...new Set(events ?? BREAKS_A_PROMISE)], snsTopicArn: arn },
    dependables: allowPublish(scope, topic as Partial<ITopic> & ITopicRef),
  };
}

function requireStandard(scope: IConstruct, topic: ITopicRef, arn: string): void {
  const cfn = cfnOf(topic) as unknown as { readonly fifoTopic?: unknown } | undefined;
  const fifo = (topic as Partial<ITopic>).fifo === true || cfn?.fifoTopic === true || (!Token.isUnresolved(arn) && arn.endsWith('.fifo'));
  if (fifo) {
    throw new ConfigurationError(
      'TopicFifo',
      `'topic' is the FIFO topic '${topic.node.path}', but AWS Backup publishes to standard topics only: take a standard topic`,
      scope,
    );
  }
}

function allowPublish(scope: IConstruct, topic: Partial<ITopic> & ITopicRef): IDependable[] {
  const { account } = Stack.of(scope);
  const backup = new ServicePrincipal('backup.amazonaws.com');
  const conditions = { StringEquals: { 'aws:SourceAccount': account } };
  const published = topic.addToResourcePolicy?.(
    new PolicyStatement({ principals: [backup], actions: ['sns:Publish'], resources: [topic.topicRef.topicArn], conditions }),
  );
  if (!published?.statementAdded) {
    warn(
      scope,
      'TopicPolicyOutOfReach',
      `'topic' is '${topic.node.path}', whose policy this app cannot change: let backup.amazonaws.com do sns:Publish there, or nothing arrives`,
    );
  }
  const key = topic.masterKey as IKey | undefined;
  const decrypted = key?.addToResourcePolicy(
    new PolicyStatement({ principals: [backup], actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'], conditions }),
  );
  if (key && !decrypted?.statementAdded) {
    warn(
      scope,
      'KeyPolicyOutOfReach',
      `'topic' is encrypted with '${key.node.path}', whose policy this app cannot change: let backup.amazonaws.com do kms:Decrypt and kms:GenerateDataKey* there, or nothing arrives`,
    );
  }
  return [published?.policyDependable].filter((dependable) => dependable !== undefined);
}
