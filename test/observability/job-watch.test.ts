import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  CopyAction,
  JobWatch,
  type JobWatchProps,
  Protection,
  ProtectionPlan,
  type ProtectionProps,
  ProtectionRule,
  RecoveryNotifications,
  RecoveryTier,
  RecoveryVault,
  Selection,
  TagCondition,
} from '../../lib';
import { checkEventPattern } from '../../lib/model/limits';
import { type AlarmProperties, type AlarmState, evaluate } from '../harness/alarm-evaluator';
import { EXAMPLES } from './fixtures/events';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ENV = { account: '111122223333', region: TOKYO };
const ALARM = 'AWS::CloudWatch::Alarm';
const RULE = 'AWS::Events::Rule';

// biome-ignore lint/suspicious/noExplicitAny: templates are read, not judged
type Properties = Record<string, any>;
const propertiesOf = (template: Template, type: string): Properties[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const shortIds = (template: Template, type: string): string[] =>
  Object.keys(template.findResources(type)).map((id) => id.replace(/[0-9A-F]{8}$/, ''));

function stackWith(props: Partial<JobWatchProps> = {}, protection: Partial<ProtectionProps> = {}, app = new App()) {
  const stack = new Stack(app, 'Orders', { env: ENV });
  const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, ...protection }).protect(table);
  new JobWatch(stack, 'Jobs', { notifications: new RecoveryNotifications(stack, 'Notifications'), ...props });
  return { app, stack };
}

describe('a watch over jobs', () => {
  const { app, stack } = stackWith({}, { recoveryRegion: OSAKA });
  const assembly = app.synth();
  const template = Template.fromStack(stack);
  const recovery = Template.fromJSON(assembly.getStackArtifact(`Orders-recovery-${OSAKA}`).template);
  const alarms = propertiesOf(template, ALARM).filter(({ Namespace }) => Namespace === 'AWS/Backup');

  test('has a rule for each kind of event, here and in the recovery Region', () => {
    const rules = ['Backups', 'Copies', 'Issues', 'Points', 'Restores'];
    expect(
      shortIds(template, RULE)
        .map((id) => id.replace('JobsEvents', ''))
        .sort(),
    ).toEqual(rules);
    expect(
      shortIds(recovery, RULE)
        .map((id) => id.replace(/^.*Events/, ''))
        .sort(),
    ).toEqual(rules);
  });

  test('waits for nothing that AWS Backup does not tell', () => {
    const patterns = [template, recovery].flatMap((one) => propertiesOf(one, RULE).map(({ EventPattern }) => EventPattern));
    expect(patterns).toHaveLength(10);
    expect(patterns.flatMap((pattern) => checkEventPattern(pattern))).toEqual([]);
  });

  test('limits every rule to the vaults of the stage', () => {
    for (const { EventPattern } of [...propertiesOf(template, RULE), ...propertiesOf(recovery, RULE)]) {
      expect(JSON.stringify(EventPattern.detail)).toContain('Orders-recovery');
    }
  });

  test('keeps events that do not reach the function for as long as EventBridge tries, and then as dead letters', () => {
    for (const { Targets } of propertiesOf(template, RULE)) {
      expect(Targets).toEqual([
        expect.objectContaining({
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          DeadLetterConfig: expect.anything(),
        }),
      ]);
    }
  });

  test('has alarms on what is counted for the vault, none of which says that a failure is over', () => {
    expect(alarms.map(({ MetricName, Dimensions }) => [MetricName, Dimensions])).toEqual(
      [
        'NumberOfBackupJobsFailed',
        'NumberOfBackupJobsAborted',
        'NumberOfBackupJobsExpired',
        'NumberOfCopyJobsFailed',
        'NumberOfRestoreJobsFailed',
      ].map((name) => [name, [{ Name: 'BackupVaultName', Value: 'Orders-recovery' }]]),
    );
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ TreatMissingData: 'notBreaching', AlarmActions: [expect.anything()] });
      expect(alarm).not.toHaveProperty('OKActions');
    }
  });

  test('has an alarm on restores alone where copies lie', () => {
    const there = propertiesOf(recovery, ALARM).filter(({ Namespace }) => Namespace === 'AWS/Backup');
    expect(there.map(({ MetricName }) => MetricName)).toEqual(['NumberOfRestoreJobsFailed']);
  });

  test('tells a failed restore as critical, other failures as high', () => {
    const targets = alarms.map(({ MetricName, AlarmActions }) => [MetricName, JSON.stringify(AlarmActions)]);
    for (const [metric, action] of targets) {
      expect(action).toContain(metric === 'NumberOfRestoreJobsFailed' ? 'Critical' : 'High');
    }
  });

  test('may publish to its topics with their key, and write its log', () => {
    const statements = propertiesOf(template, 'AWS::IAM::Policy')
      .filter(({ PolicyName }) => PolicyName.startsWith('JobsEvents'))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:Publish',
      'sqs:SendMessage',
    ]);
    expect(JSON.stringify(statements.map(({ Resource }) => Resource))).not.toContain('*');
  });

  test('lets vaults tell of objects that were left out, here and there', () => {
    for (const one of [template, recovery]) {
      const [vault] = Object.values(one.findResources('AWS::Backup::BackupVault'));
      expect(vault.Properties.Notifications.BackupVaultEvents).toEqual([
        'CONTINUOUS_BACKUP_INTERRUPTED',
        'S3_BACKUP_OBJECT_FAILED',
        'S3_RESTORE_OBJECT_FAILED',
      ]);
      expect(JSON.stringify(vault.DependsOn)).toMatch(/VaultsPolicy/);
    }
  });

  test('needs nothing of the first Region in the recovery Region', () => {
    expect(JSON.stringify(recovery.toJSON())).not.toMatch(/ap-northeast-1|ImportValue/);
  });

  describe('every alarm of a job', () => {
    const MINUTE = 60_000;
    const alarm = alarms[0] as unknown as AlarmProperties;
    const at = (minute: number) => ({ atMs: minute * MINUTE, value: 1 });
    const statesOver = (minutes: readonly number[], failures: readonly number[]): AlarmState[] => {
      let state: AlarmState = 'INSUFFICIENT_DATA';
      return minutes.map((minute) => {
        state = evaluate(alarm, { NumberOfBackupJobsFailed: failures.filter((one) => one < minute).map(at) }, minute * MINUTE, state);
        return state;
      });
    };

    test('is quiet while nothing is counted, as AWS Backup counts no zeros', () => {
      expect(statesOver([10, 20, 600], [])).toEqual(['OK', 'OK', 'OK']);
    });

    test('rings for a single failure', () => {
      expect(statesOver([10, 20], [17])).toEqual(['OK', 'ALARM']);
    });

    test('rings again for the next one, an hour or a day later', () => {
      expect(statesOver([10, 60, 70, 120, 1500, 1510], [7, 67, 1508])).toEqual(['ALARM', 'OK', 'ALARM', 'OK', 'OK', 'ALARM']);
    });

    test('goes on ringing while every job fails', () => {
      expect(statesOver([10, 15, 20, 25], [6, 11, 16, 21])).toEqual(['ALARM', 'ALARM', 'ALARM', 'ALARM']);
    });
  });

  test('keeps the rules of cdk-nag, here and in the recovery Region', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

test('examples of events name a rule that there is, and every rule has one', () => {
  const named = new Set(EXAMPLES.flatMap(([, , rule]) => rule ?? []));
  expect([...named].sort()).toEqual(['Backups', 'Copies', 'Databases', 'Issues', 'Points', 'Restores']);
});

test('waits for events of databases where a plan may have some, unless it is told not to', () => {
  const rulesOf = (props: Partial<JobWatchProps>) => {
    const stack = new Stack(new App(), 'Orders', { env: ENV });
    const instance = new CfnDBInstance(stack, 'Database', { dbInstanceClass: 'db.t4g.micro', engine: 'postgres' });
    new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT }).protect(instance);
    new JobWatch(stack, 'Jobs', { notifications: new RecoveryNotifications(stack, 'Notifications'), ...props });
    return propertiesOf(Template.fromStack(stack), RULE).flatMap(({ EventPattern }) => EventPattern.source);
  };
  expect(rulesOf({})).toContain('aws.rds');
  expect(rulesOf({ databaseEvents: false })).not.toContain('aws.rds');
});

test('has no alarms on metrics where they are not wanted', () => {
  const { stack } = stackWith({ alarms: false });
  expect(propertiesOf(Template.fromStack(stack), ALARM).filter(({ Namespace }) => Namespace === 'AWS/Backup')).toEqual([]);
});

test('names the page of the runbook that it was given', () => {
  const { stack } = stackWith({ runbook: 'https://wiki.example.com/recovery' });
  const functions = JSON.stringify(propertiesOf(Template.fromStack(stack), 'AWS::Lambda::Function'));
  expect(functions).toContain('https://wiki.example.com/recovery');
});

test('leaves the notifications of a vault alone that tells somebody else', () => {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: ENV });
  const vault = new RecoveryVault(stack, 'Vault', { notifications: { topic: new Topic(stack, 'Own') } });
  const plan = new ProtectionPlan(stack, 'Plan', { vault, rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7) })] });
  plan.select('Tagged', Selection.allOf(TagCondition.equalTo('a', 'b')));
  new JobWatch(stack, 'Jobs', { notifications: new RecoveryNotifications(stack, 'Notifications') });
  const [{ Notifications }] = propertiesOf(Template.fromStack(stack), 'AWS::Backup::BackupVault');
  expect(JSON.stringify(Notifications.SNSTopicArn)).toMatch(/Own/);
});

test('leaves a vault alone that no plan uses', () => {
  const { stack } = stackWith();
  new CfnBackupVault(stack, 'Foreign', { backupVaultName: 'foreign' });
  Template.fromStack(stack).hasResource('AWS::Backup::BackupVault', { Properties: { BackupVaultName: 'foreign' } });
  const foreign = propertiesOf(Template.fromStack(stack), 'AWS::Backup::BackupVault').find(
    ({ BackupVaultName }) => BackupVaultName === 'foreign',
  );
  expect(foreign).not.toHaveProperty('Notifications');
});

test('watches the other account of a copy from a stack of that account', () => {
  const app = new App();
  stackWith({}, { recoveryRegion: OSAKA, recoveryAccount: '444455556666' } as Partial<ProtectionProps>, app);
  const other = app.synth().stacks.find(({ environment }) => environment.account === '444455556666');
  expect(shortIds(Template.fromJSON(other?.template), RULE)).toHaveLength(5);
});

test('watches the plans in some constructs only, where it is told to', () => {
  const { stack } = stackWith({ only: [] });
  expect(shortIds(Template.fromStack(stack), RULE)).toEqual([]);
  const { stack: whole } = stackWith({ only: [stack] });
  expect(shortIds(Template.fromStack(whole), RULE)).toHaveLength(5);
});

test('warns where no plan protects anything', () => {
  const stack = new Stack(new App(), 'Orders', { env: ENV });
  new JobWatch(stack, 'Jobs', { notifications: new RecoveryNotifications(stack, 'Notifications') });
  Warnings.fromStack(stack).hasWarning(
    '/Orders/Jobs',
    Match.stringLikeRegexp('watches nothing, because no plan of its stage protects anything'),
  );
});

test('warns of a vault whose name is only known at deploy time', () => {
  const stack = new Stack(new App(), 'Orders', { env: ENV });
  const name = new CfnParameter(stack, 'Name').valueAsString;
  const vault = RecoveryVault.fromVaultArn(stack, 'Imported', `arn:aws:backup:${OSAKA}:111122223333:backup-vault:${name}`);
  const copies = [CopyAction.to(vault)];
  const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7), copies })] });
  plan.select('Tagged', Selection.allOf(TagCondition.equalTo('a', 'b')));
  new JobWatch(stack, 'Jobs', { notifications: new RecoveryNotifications(stack, 'Notifications') });
  Warnings.fromStack(stack).hasWarning('/Orders/Jobs', Match.stringLikeRegexp('whose name is only known at deploy time'));
});
