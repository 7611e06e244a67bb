import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AlarmSeverity, RecoveryNotifications, type RecoveryNotificationsProps } from '../../lib';

const OSAKA = 'ap-northeast-3';
const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const { CRITICAL, HIGH, LOW } = AlarmSeverity;

// biome-ignore lint/suspicious/noExplicitAny: templates are read, not judged
type Properties = Record<string, any>;
const propertiesOf = (template: Template, type: string): Properties[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

function notifications(props: RecoveryNotificationsProps = {}) {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: ENV });
  return { app, stack, made: new RecoveryNotifications(stack, 'Notifications', props) };
}

const ALL: RecoveryNotificationsProps = {
  emails: [{ address: 'on-call@example.com', severities: [CRITICAL, HIGH], failuresOnly: true }],
  slackChannels: [{ workspaceId: 'T0123456789', channelId: 'C0123456789' }],
  teamsChannels: [
    {
      tenantId: '11111111-2222-4333-8444-555555555555',
      teamId: '66666666-7777-4888-8999-000000000000',
      channelId: '19:abc@thread.tacv2',
      severities: [LOW],
    },
  ],
  webhooks: [{ secretName: 'recovery/webhook', severities: [CRITICAL] }],
};

describe('notifications with every kind of recipient', () => {
  const { app, stack, made } = notifications(ALL);
  const elsewhere = made.alarmActionsIn([OSAKA]);
  const assembly = app.synth();
  const template = Template.fromStack(stack);
  const recovery = Template.fromJSON(assembly.getStackArtifact(`Orders-recovery-${OSAKA}`).template);

  test('have an encrypted topic for each severity', () => {
    const topics = propertiesOf(template, 'AWS::SNS::Topic');
    expect(topics.map(({ DisplayName }) => DisplayName)).toEqual(['Recovery: critical', 'Recovery: high', 'Recovery: low']);
    expect(topics.every(({ KmsMasterKeyId }) => KmsMasterKeyId !== undefined)).toBe(true);
  });

  test('let alarms and vaults of this account alone publish, and use the key for it', () => {
    const condition = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
    const [{ KeyPolicy }] = propertiesOf(template, 'AWS::KMS::Key');
    for (const service of ['cloudwatch.amazonaws.com', 'backup.amazonaws.com']) {
      expect(KeyPolicy.Statement).toContainEqual(
        expect.objectContaining({
          Principal: { Service: service },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          Condition: condition,
        }),
      );
    }
    for (const { PolicyDocument } of propertiesOf(template, 'AWS::SNS::TopicPolicy')) {
      expect(PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: ['cloudwatch.amazonaws.com', 'backup.amazonaws.com'] },
          Condition: condition,
        }),
      );
    }
  });

  test('mail what has one of the severities, nothing that is over, and no digest of success', () => {
    const mails = propertiesOf(template, 'AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'email');
    expect(mails.map(({ TopicArn }) => TopicArn.Ref.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'NotificationsTopicsCritical',
      'NotificationsTopicsHigh',
    ]);
    for (const mail of mails) {
      expect(mail).toMatchObject({
        Endpoint: 'on-call@example.com',
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: {
          NewStateValue: [{ 'anything-but': ['OK'] }, { exists: false }],
          metadata: { additionalContext: { digest: [{ 'anything-but': ['good'] }, { exists: false }] } },
        },
      });
    }
  });

  test('show chats what they want to see, and let nobody do anything from there', () => {
    const [slack] = propertiesOf(template, 'AWS::Chatbot::SlackChannelConfiguration');
    const [teams] = propertiesOf(template, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration');
    expect(slack.SnsTopicArns).toHaveLength(3);
    expect(teams.SnsTopicArns).toHaveLength(1);
    expect(teams.TeamsChannelId).toBe('19%3Aabc%40thread.tacv2');
    for (const { GuardrailPolicies } of [slack, teams]) {
      expect(JSON.stringify(GuardrailPolicies)).toMatch(/^\[.*iam::aws:policy\/AWSDenyAll.*\]$/);
    }
    template.resourcePropertiesCountIs('AWS::IAM::Role', { AssumeRolePolicyDocument: chatbot(), ManagedPolicyArns: Match.absent() }, 1);
  });

  test('give every Region names of its own, for chats have them in common', () => {
    const names = [template, recovery].flatMap((one) => [
      ...propertiesOf(one, 'AWS::Chatbot::SlackChannelConfiguration').map(({ ConfigurationName }) => ConfigurationName),
      ...propertiesOf(one, 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration').map(({ ConfigurationName }) => ConfigurationName),
    ]);
    expect(new Set(names).size).toBe(4);
    expect(names.every((name) => /^[A-Za-z0-9-_]{1,128}$/.test(name))).toBe(true);
  });

  test('let the webhook read its secret and nothing else, and keep what it could not post', () => {
    const [{ PolicyDocument }] = propertiesOf(template, 'AWS::IAM::Policy').filter(({ PolicyName }) => PolicyName.includes('Webhook'));
    expect(PolicyDocument.Statement.flatMap(({ Action }: Properties) => Action).sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
      'sqs:SendMessage',
    ]);
    const [subscription] = propertiesOf(template, 'AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'lambda');
    expect(subscription.RedrivePolicy).toHaveProperty('deadLetterTargetArn');
    expect(JSON.stringify(propertiesOf(template, 'AWS::Lambda::Function'))).not.toMatch(/https?:/);
  });

  test('are the same in another Region, and need nothing of the first', () => {
    for (const type of ['AWS::SNS::Topic', 'AWS::SNS::Subscription', 'AWS::KMS::Key', 'AWS::Lambda::Function']) {
      expect(propertiesOf(recovery, type)).toHaveLength(propertiesOf(template, type).length);
    }
    expect(JSON.stringify(recovery.toJSON())).not.toMatch(/ap-northeast-1|ImportValue/);
    expect(Object.keys(elsewhere)).toEqual([OSAKA]);
    expect(made.alarmActionsIn([OSAKA])[OSAKA]).toBe(elsewhere[OSAKA]);
  });

  test('keep the rules of cdk-nag, here and in the recovery Region', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

test('without recipients have topics that others can subscribe to, and no warning', () => {
  const { stack, made } = notifications();
  expect(Object.values(AlarmSeverity).map((one) => made.topicFor(one).node.id)).toEqual(['Critical', 'High', 'Low']);
  Template.fromStack(stack).resourceCountIs('AWS::SNS::Subscription', 0);
  Warnings.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('severityUnheard'));
});

test('warn of a severity that nobody hears', () => {
  const { stack } = notifications({ emails: [{ address: 'a@example.com', severities: [HIGH] }] });
  Warnings.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('nobody is told of what is critical or low.*severityUnheard'));
});

test('fails for a recipient that would hear nothing', () => {
  expect(() => notifications({ emails: [{ address: 'a@example.com', severities: [] }] })).toThrow(/'severities'.*NoSeverities/);
});

test('pins what must not be replaced: who listens to a topic would be lost with it', () => {
  const { stack } = notifications();
  const template = Template.fromStack(stack);
  expect(Object.keys({ ...template.findResources('AWS::SNS::Topic'), ...template.findResources('AWS::KMS::Key') })).toMatchInlineSnapshot(`
[
  "NotificationsTopicsCritical61FDC3D1",
  "NotificationsTopicsHighBF595140",
  "NotificationsTopicsLowECDB6CEC",
  "NotificationsTopicsKey003C98A7",
]
`);
});

function chatbot() {
  return Match.objectLike({ Statement: [Match.objectLike({ Principal: { Service: 'chatbot.amazonaws.com' } })] });
}
