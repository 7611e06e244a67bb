import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmActions } from '../core/alarm-actions';
import { ConfigurationError } from '../core/private/errors';
import { uniqueName } from '../core/private/inventory';
import { warn } from '../core/private/problems';
import { supportStackOf } from '../core/private/support-stack';
import { AlarmSeverity } from './alarm-severity';
import type { Digest } from './digest';
import type { EmailRecipient } from './email-recipient';
import { AlarmTopics } from './private/alarm-topics';
import { ChatChannels } from './private/chat-channels';
import { filterOf } from './private/message-filter';
import { Webhook } from './private/webhook';
import { WeeklyDigest } from './private/weekly-digest';
import type { SlackRecipient } from './slack-recipient';
import type { TeamsRecipient } from './teams-recipient';
import type { WebhookRecipient } from './webhook-recipient';

/** Properties of RecoveryNotifications. */
export interface RecoveryNotificationsProps {
  /**
   * Who gets mails.
   * @default - nobody
   */
  readonly emails?: EmailRecipient[];
  /**
   * Channels of Slack that are told.
   * @default - none
   */
  readonly slackChannels?: SlackRecipient[];
  /**
   * Channels of Microsoft Teams that are told.
   * @default - none
   */
  readonly teamsChannels?: TeamsRecipient[];
  /**
   * Webhooks that are told.
   * @default - none
   */
  readonly webhooks?: WebhookRecipient[];
  /**
   * Sends a digest of what succeeded and what failed in the plans of the stage, to the topic of low severity where all is well and
   * to that of high severity otherwise: `Digest.weekly()`.
   * @default - none
   */
  readonly digest?: Digest;
  /**
   * How long the logs of functions are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}

/**
 * Tells people of alarms and failures: one encrypted topic for each severity, and who listens to it. Every Region that is
 * watched gets topics of its own, for CloudWatch acts in its own Region only.
 * @example
 * const notifications = new RecoveryNotifications(this, 'Notifications', {
 *   emails: [{ address: 'on-call@example.com', severities: [AlarmSeverity.CRITICAL, AlarmSeverity.HIGH] }],
 * });
 * new RecoveryWatch(this, 'Watch', { alarmActions: notifications.alarmActions });
 */
export class RecoveryNotifications extends Construct {
  /** Actions for alarms of this Region, by severity. */
  public readonly alarmActions: AlarmActions;

  private readonly topics: AlarmTopics;
  private readonly elsewhere = new Map<Stack, RecoveryNotifications>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecoveryNotificationsProps = {},
  ) {
    super(scope, id);
    this.topics = new AlarmTopics(this, 'Topics');
    const action = (severity: AlarmSeverity) => [new SnsAction(this.topics.of(severity))];
    this.alarmActions = {
      critical: action(AlarmSeverity.CRITICAL),
      high: action(AlarmSeverity.HIGH),
      low: action(AlarmSeverity.LOW),
    };
    this.checkRecipients();
    for (const email of props.emails ?? []) {
      for (const topic of this.topics.ofAll(email.severities)) {
        topic.addSubscription(new EmailSubscription(email.address, { filterPolicyWithMessageBody: filterOf(email) }));
      }
    }
    this.addChats();
    for (const [index, recipient] of (props.webhooks ?? []).entries()) {
      const { topics, alarmActions: actions } = this;
      new Webhook(this, `Webhook${index === 0 ? '' : index + 1}`, { recipient, topics, actions, logRetention: props.logRetention });
    }
    if (props.digest) {
      const { topics, alarmActions: actions } = this;
      new WeeklyDigest(this, 'Digest', { digest: props.digest, topics, actions, logRetention: props.logRetention });
    }
  }

  /** The topic of a severity, for whatever else should be told there, and for whoever else should hear. */
  public topicFor(severity: AlarmSeverity): ITopic {
    return this.topics.of(severity);
  }

  /**
   * Actions for alarms of other Regions, for `alarmActionsIn` of a `RecoveryWatch`. Topics with the same recipients are made in
   * the support stacks of these Regions, which deploy while the Region of this stack is gone.
   * @param regions names of Regions as plain text
   */
  public alarmActionsIn(regions: string[]): { [region: string]: AlarmActions } {
    return Object.fromEntries(regions.map((region) => [region, this.inStack(supportStackOf(this, { region })).alarmActions]));
  }

  /**
   * The same recipients for what is in another stack.
   * @internal
   */
  public _near(stack: Stack): RecoveryNotifications {
    const { region, account } = Stack.of(this);
    return stack.region === region && stack.account === account ? this : this.inStack(stack);
  }

  /** @internal */
  public _topics(): AlarmTopics {
    return this.topics;
  }

  private inStack(stack: Stack): RecoveryNotifications {
    const { digest: _onlyHere, ...props } = this.props;
    const made = this.elsewhere.get(stack) ?? new RecoveryNotifications(stack, `${uniqueName(this, 100)}Notifications`, props);
    this.elsewhere.set(stack, made);
    return made;
  }

  private addChats(): void {
    const { slackChannels = [], teamsChannels = [] } = this.props;
    if (slackChannels.length + teamsChannels.length === 0) {
      return;
    }
    const chats = new ChatChannels(this, 'Chats', this.topics);
    for (const channel of slackChannels) {
      chats.addSlack(channel);
    }
    for (const channel of teamsChannels) {
      chats.addTeams(channel);
    }
  }

  private checkRecipients(): void {
    const { emails = [], slackChannels = [], teamsChannels = [], webhooks = [] } = this.props;
    const all = [...emails, ...slackChannels, ...teamsChannels, ...webhooks];
    if (all.some(({ severities }) => severities?.length === 0)) {
      throw new ConfigurationError(
        'NoSeverities',
        "'severities' of a recipient is empty, so that nothing would ever be told: leave it out or name a severity",
        this,
      );
    }
    const deaf = Object.values(AlarmSeverity).filter((one) => !all.some(({ severities }) => severities?.includes(one) ?? true));
    if (deaf.length > 0 && all.length > 0) {
      warn(
        this,
        'SeverityUnheard',
        `nobody is told of what is ${deaf.join(' or ')}: add a recipient with this severity, or subscribe to the topic`,
      );
    }
  }
}
