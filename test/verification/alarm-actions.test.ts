import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Stack } from 'aws-cdk-lib/core';
import {
  type AlarmActions,
  DataCheck,
  Protection,
  type ProtectionProps,
  RecoveryNotifications,
  RecoveryTier,
  RestoreTests,
  RestoreVerification,
  type RestoreVerificationProps,
} from '../../lib';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ALARM = 'AWS::CloudWatch::Alarm';
const topicArn = (region: string, name = 'alarms') => `arn:aws:sns:${region}:111122223333:${name}`;
const to = (stack: Stack, arn: string): AlarmActions => ({ all: [new SnsAction(Topic.fromTopicArn(stack, arn, arn))] });

interface Case {
  readonly props?: (stack: Stack) => Partial<ProtectionProps>;
  readonly verification?: (stack: Stack) => Partial<RestoreVerificationProps>;
  readonly isChecked?: boolean;
}

/** A protected table in Tokyo with copies in Osaka. */
function told({ props, verification, isChecked = true }: Case) {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: { account: '111122223333', region: TOKYO } });
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA, ...props?.(stack) });
  const table = new TableV2(stack, 'Table', { tableName: 'orders', partitionKey: { name: 'id', type: AttributeType.STRING } });
  protection.protect(table, isChecked ? { checks: [DataCheck.items()] } : {});
  if (verification) {
    new RestoreVerification(stack, 'Verification', { protection, ...verification(stack) });
  }
  app.synth();
  const osaka = app.node.children.find((child) => Stack.isStack(child) && child.region === OSAKA) as Stack;
  const warnings = Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('alarmWithoutActions|noAlarmsToTell'))
    .map(({ entry }) => String(entry.data));
  return { stack, osaka, warnings };
}

/** The distinct actions of all alarms of restore tests in a stack, as JSON, and of how many alarms. */
function actionsIn(stack: Stack): readonly string[] {
  const alarms = Object.values(Template.fromStack(stack).findResources(ALARM));
  expect(alarms.length).toBeGreaterThan(5);
  return [...new Set(alarms.map(({ Properties }) => JSON.stringify(Properties.AlarmActions ?? [])))];
}

describe('who is told of restore tests', () => {
  test('is whom the Protection names, when checks bring the tests along', () => {
    const { stack, warnings } = told({ props: (scope) => ({ alarmActions: to(scope, topicArn(TOKYO)) }) });
    expect(actionsIn(stack)).toEqual([JSON.stringify([topicArn(TOKYO)])]);
    expect(warnings).toEqual([]);
  });

  test('is whom it names for each Region, when copies are tested too', () => {
    const { stack, osaka, warnings } = told({
      props: (scope) => ({ alarmActions: to(scope, topicArn(TOKYO)), alarmActionsIn: { [OSAKA]: to(scope, topicArn(OSAKA)) } }),
      verification: () => ({ copies: RestoreTests.monthly() }),
    });
    expect(actionsIn(stack)).toEqual([JSON.stringify([topicArn(TOKYO)])]);
    expect(actionsIn(osaka)).toEqual([JSON.stringify([topicArn(OSAKA)])]);
    expect(warnings).toEqual([]);
  });

  test('is whom a verification by hand names before all others', () => {
    const { stack, osaka } = told({
      props: (scope) => ({ alarmActions: to(scope, topicArn(TOKYO)), alarmActionsIn: { [OSAKA]: to(scope, topicArn(OSAKA)) } }),
      verification: (scope) => ({
        copies: RestoreTests.monthly(),
        alarmActions: to(scope, topicArn(TOKYO, 'mine')),
        alarmActionsOfCopies: to(scope, topicArn(OSAKA, 'mine')),
      }),
    });
    expect(actionsIn(stack)).toEqual([JSON.stringify([topicArn(TOKYO, 'mine')])]);
    expect(actionsIn(osaka)).toEqual([JSON.stringify([topicArn(OSAKA, 'mine')])]);
  });

  test('can be the recipients of RecoveryNotifications, each Region by topics of its own that need nothing from the other', () => {
    const { stack, osaka, warnings } = told({
      props: (scope) => {
        const notifications = new RecoveryNotifications(scope, 'Notifications', { emails: [{ address: 'on-call@example.com' }] });
        return { alarmActions: notifications.alarmActions, alarmActionsIn: notifications.alarmActionsIn([OSAKA]) };
      },
      verification: () => ({ copies: RestoreTests.monthly() }),
    });
    for (const there of [stack, osaka]) {
      const template = Template.fromStack(there);
      template.allResourcesProperties(ALARM, { AlarmActions: [Match.anyValue()] });
      template.hasResourceProperties(ALARM, {
        AlarmDescription: Match.stringLikeRegexp('failed-restore-tests'),
        AlarmActions: [{ Ref: Match.stringLikeRegexp('NotificationsTopicsCritical') }],
      });
      expect(JSON.stringify(template.toJSON())).not.toMatch(/Fn::ImportValue|ExportsOutput/);
    }
    expect(warnings).toEqual([]);
  });

  test('fails for an action of another Region than that of the alarms', () => {
    expect(() => told({ props: (scope) => ({ alarmActions: to(scope, topicArn(OSAKA)) }) })).toThrow(/AlarmActionElsewhere/);
  });
});

describe('nobody is told', () => {
  test.each<[string, Case, readonly RegExp[]]>([
    ['when nobody is named', {}, [/of restore tests in ap-northeast-1 tell nobody: give 'Orders\/Protection' 'alarmActions'/]],
    [
      'when only lesser alarms have actions',
      { props: (scope) => ({ alarmActions: { low: to(scope, topicArn(TOKYO)).all } }) },
      [/tell nobody that data could not be brought back/],
    ],
    ['when the lists are empty', { props: () => ({ alarmActions: { all: [], critical: [] } }) }, [/tell nobody: give/]],
    [
      'where copies are tested, although somebody is told at home',
      {
        props: (scope) => ({ alarmActions: to(scope, topicArn(TOKYO)) }),
        verification: () => ({ copies: RestoreTests.monthly() }),
      },
      [/in ap-northeast-3 tell nobody: give 'Orders\/Protection' 'alarmActionsIn'/],
    ],
    [
      'in either Region',
      { verification: () => ({ copies: RestoreTests.monthly() }) },
      [/in ap-northeast-1 tell nobody/, /in ap-northeast-3 tell nobody/],
    ],
    [
      'because nothing is tested that could ring',
      { isChecked: false, props: (scope) => ({ alarmActions: to(scope, topicArn(TOKYO)) }) },
      [/no restore is tested, so that there is no alarm/],
    ],
    ['and nothing could ring, which is no news', { isChecked: false }, []],
  ])('%s, which is said', (_case, options, words) => {
    const { warnings } = told(options);
    expect(warnings).toEqual(words.map((pattern) => expect.stringMatching(pattern)));
  });
});
