import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { uniqueName } from '../../core/private/inventory';
import type { SlackRecipient } from '../slack-recipient';
import type { TeamsRecipient } from '../teams-recipient';
import type { AlarmTopics } from './alarm-topics';

/** What channels of chats are told; from there nobody can do anything in AWS. */
export class ChatChannels extends Construct {
  private readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly topics: AlarmTopics,
  ) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
      description: 'Shows alarms in a chat, and may do nothing',
    });
  }

  public addSlack({ workspaceId, channelId, severities }: SlackRecipient): void {
    new CfnSlackChannelConfiguration(this, `Slack-${workspaceId}-${channelId}`, {
      ...this.common(`slack-${channelId}`),
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      snsTopicArns: this.topics.ofAll(severities).map(({ topicArn }) => topicArn),
    });
  }

  public addTeams({ tenantId, teamId, channelId, severities }: TeamsRecipient): void {
    const count = this.node.children.filter((child) => child instanceof CfnMicrosoftTeamsChannelConfiguration).length;
    new CfnMicrosoftTeamsChannelConfiguration(this, `Teams${count === 0 ? '' : count + 1}`, {
      ...this.common(`teams${count === 0 ? '' : count + 1}`),
      teamsTenantId: tenantId,
      teamId,
      // the API takes it as it stands in links
      teamsChannelId: channelId.includes('%') ? channelId : encodeURIComponent(channelId),
      snsTopicArns: this.topics.ofAll(severities).map(({ topicArn }) => topicArn),
    });
  }

  /** Names are unique in an account, so that every Region needs its own; without a guardrail a chat might do everything. */
  private common(what: string): { configurationName: string; iamRoleArn: string; guardrailPolicies: string[]; loggingLevel: string } {
    const { region, partition } = Stack.of(this);
    return {
      configurationName: `${uniqueName(this, 80)}-${what}-${region}`,
      iamRoleArn: this.role.roleArn,
      guardrailPolicies: [`arn:${partition}:iam::aws:policy/AWSDenyAll`],
      loggingLevel: 'ERROR',
    };
  }
}
