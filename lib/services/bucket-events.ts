import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { setDefault, settingOf, unsetDefault } from './settings';

/** An L2 bucket: it can hand its notifications to a custom resource, which replaces what the template says about them. */
interface NotifyingBucket extends IConstruct {
  enableEventBridgeNotification(): void;
}

const NOTIFICATIONS = 'Notifications';
const followed = new WeakSet<CfnBucket>();

/**
 * Sends the events of a bucket to EventBridge, which a continuous backup follows, unless the user turned that off.
 * Returns whether they get there; nothing where that is only known at deploy time.
 *
 * The template says so on the bucket itself, which costs no resource. Once an L2 bucket has notifications, a custom
 * resource rewrites them all: then, and in whatever order they come, that resource is the only one that says it.
 */
export function turnOnEvents(bucket: CfnBucket): boolean | undefined {
  const owner = ownerOf(bucket);
  if (owner !== undefined && !followed.has(bucket)) {
    followed.add(bucket);
    owner.node.addValidation({ validate: () => handOverLate(bucket, owner) });
  }
  if (owner?.node.tryFindChild(NOTIFICATIONS) !== undefined) {
    turnOnInCustomResource(bucket, owner);
    return true;
  }
  turnOnInTemplate(bucket);
  const enabled = settingOf(bucket, 'notificationConfiguration.eventBridgeConfiguration.eventBridgeEnabled');
  return Token.isUnresolved(enabled) ? undefined : enabled === true;
}

/** Whether the events of a bucket get to EventBridge as the app has it; nothing where AWS Backup will turn that on itself. */
export function eventsOf(bucket: CfnBucket): boolean | undefined {
  const handler = ownerOf(bucket)?.node.tryFindChild(NOTIFICATIONS)?.node.defaultChild;
  if (CfnResource.isCfnResource(handler)) {
    return JSON.stringify(Stack.of(bucket).resolve(handler._toCloudFormation())).includes('"EventBridgeConfiguration"');
  }
  const configuration = settingOf(bucket, 'notificationConfiguration');
  const enabled = settingOf(bucket, 'notificationConfiguration.eventBridgeConfiguration.eventBridgeEnabled');
  return configuration === undefined || Token.isUnresolved(enabled) ? undefined : enabled === true;
}

function ownerOf(bucket: CfnBucket): NotifyingBucket | undefined {
  const owner = bucket.node.scope as Partial<NotifyingBucket> | undefined;
  return typeof owner?.enableEventBridgeNotification === 'function' ? (owner as NotifyingBucket) : undefined;
}

function turnOnInTemplate(bucket: CfnBucket): void {
  const configuration = settingOf(bucket, 'notificationConfiguration');
  const on = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  if (configuration === undefined) {
    setDefault(bucket, 'notificationConfiguration', on);
  } else if (!Token.isUnresolved(configuration) && settingOf(bucket, 'notificationConfiguration.eventBridgeConfiguration') === undefined) {
    bucket.notificationConfiguration = { ...(configuration as CfnBucket.NotificationConfigurationProperty), ...on };
  }
}

function turnOnInCustomResource(bucket: CfnBucket, owner: NotifyingBucket): void {
  unsetDefault(bucket, 'notificationConfiguration');
  owner.enableEventBridgeNotification();
}

/** Sees notifications that are added after the bucket was protected, by an aspect too: nothing comes after validation. */
function handOverLate(bucket: CfnBucket, owner: NotifyingBucket): string[] {
  if (owner.node.tryFindChild(NOTIFICATIONS) !== undefined) {
    turnOnInCustomResource(bucket, owner);
  }
  return [];
}
