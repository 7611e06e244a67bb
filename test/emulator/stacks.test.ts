import {
  BackupClient,
  CreateBackupVaultCommand,
  DescribeBackupVaultCommand,
  ListBackupVaultsCommand,
  StartBackupJobCommand,
} from '@aws-sdk/client-backup';
import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListExportsCommand,
  ListImportsCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator, eventually } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const REGION = 'ap-northeast-1';
const topic = (name: string, more: Template = {}, policy: Template = {}): Template => ({
  Type: 'AWS::SNS::Topic',
  Properties: { TopicName: name, ...more },
  ...policy,
});
/** Fails when it is made: the limit of the name is not in the schema, but the service has one. */
const IMPOSSIBLE = {
  Type: 'AWS::Backup::BackupPlan',
  Properties: { BackupPlan: { BackupPlanName: 'x'.repeat(51), BackupPlanRule: [{ RuleName: 'r', TargetBackupVault: 'vault' }] } },
};
/** Answers custom resource requests; the property `Fail` names the request type that fails. */
const HANDLER = `
const response = require('cfn-response');
exports.handler = async (event, context) => {
  const { Fail, Value, Name } = event.ResourceProperties;
  const id = Name ?? event.PhysicalResourceId ?? 'made';
  const status = Fail === event.RequestType ? response.FAILED : response.SUCCESS;
  await response.send(event, context, status, { Seen: event.RequestType + ' ' + Value + ' ' + (event.OldResourceProperties?.Value ?? '') }, id);
};`;
const provider: Template = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  },
  Handler: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 20,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: { ZipFile: HANDLER },
    },
  },
};
const custom = (properties: Template): Template => ({
  ...provider,
  Custom: { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] }, ...properties } },
});

describeWithEmulator('stacks', (emulator) => {
  let stacks: StackClient;
  let sns: SNSClient;
  const topics = async () => ((await sns.send(new ListTopicsCommand({}))).Topics ?? []).map((one) => one.TopicArn!.split(':').pop());

  beforeAll(() => {
    stacks = new StackClient(emulator());
    sns = new SNSClient(emulator().client());
  });

  test('a changed property is updated in place, the rest is left alone', async () => {
    await stacks.create('InPlace', { Changed: topic('in-place', { DisplayName: 'old' }), Same: topic('same') });
    const outcome = await stacks.update('InPlace', { Changed: topic('in-place', { DisplayName: 'new' }), Same: topic('same') });
    expect(outcome.events).toEqual([
      'InPlace UPDATE_IN_PROGRESS',
      'Changed UPDATE_IN_PROGRESS',
      'Changed UPDATE_COMPLETE',
      'InPlace UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'InPlace UPDATE_COMPLETE',
    ]);
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:in-place` }));
    expect(Attributes).toMatchObject({ DisplayName: 'new' });
  });

  test('a changed create-only property makes a new resource first, and deletes the old one in the clean-up', async () => {
    const outputs = { Outputs: { Arn: { Value: { Ref: 'It' } } } };
    await stacks.create('Replaced', { It: topic('before') }, outputs);
    const outcome = await stacks.update('Replaced', { It: topic('after') }, outputs);
    expect(outcome.outputs.Arn).toMatch(/:after$/);
    expect(outcome.events.slice(1)).toEqual([
      'It UPDATE_IN_PROGRESS',
      'It UPDATE_COMPLETE',
      'Replaced UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'It DELETE_IN_PROGRESS',
      'It DELETE_COMPLETE',
      'Replaced UPDATE_COMPLETE',
    ]);
    expect(await topics()).not.toContain('before');
  });

  test('a replacement reaches those who refer to it', async () => {
    const queue = {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'refers', Tags: [{ Key: 'topic', Value: { 'Fn::GetAtt': ['It', 'TopicName'] } }] },
    };
    await stacks.create('Follows', { It: topic('followed'), Queue: queue });
    const outcome = await stacks.update('Follows', { It: topic('followed-anew'), Queue: queue });
    expect(outcome.events).toContain('Queue UPDATE_COMPLETE');
    const [resource] = await emulator().control.deployed({ stack: 'Follows', logicalId: 'Queue' });
    expect(resource.properties).toMatchObject({ Tags: [{ Key: 'topic', Value: 'followed-anew' }] });
  });

  test('a selection, all of whose properties are create-only, is replaced', async () => {
    const resources = (tag: string): Template => ({
      Plan: {
        Type: 'AWS::Backup::BackupPlan',
        Properties: { BackupPlan: { BackupPlanName: 'selects', BackupPlanRule: [{ RuleName: 'r', TargetBackupVault: 'vault' }] } },
      },
      Selection: {
        Type: 'AWS::Backup::BackupSelection',
        Properties: {
          BackupPlanId: { Ref: 'Plan' },
          BackupSelection: {
            SelectionName: `by-${tag}`,
            IamRoleArn: 'arn:aws:iam::123456789012:role/b',
            ListOfTags: [{ ConditionType: 'STRINGEQUALS', ConditionKey: 'tier', ConditionValue: tag }],
          },
        },
      },
    });
    await stacks.create('Selects', resources('gold'));
    const [before] = await emulator().control.deployed({ stack: 'Selects', logicalId: 'Selection' });
    await stacks.update('Selects', resources('silver'));
    const [after] = await emulator().control.deployed({ stack: 'Selects', logicalId: 'Selection' });
    expect(after.physicalId).not.toBe(before.physicalId);
    expect(await stacks.delete('Selects')).toMatchObject({ status: 'DELETE_COMPLETE' });
  });

  test('retained resources survive the removal, the replacement and the end of their stack', async () => {
    const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
    await stacks.create('Keeps', {
      Replaced: topic('kept-1', {}, kept),
      Removed: topic('kept-2', {}, kept),
      Last: topic('kept-4', {}, kept),
    });
    const outcome = await stacks.update('Keeps', { Replaced: topic('kept-3', {}, kept), Last: topic('kept-4', {}, kept) });
    expect(outcome.events).toEqual(expect.arrayContaining(['Replaced DELETE_SKIPPED', 'Removed DELETE_SKIPPED']));
    await stacks.delete('Keeps');
    expect(await topics()).toEqual(expect.arrayContaining(['kept-1', 'kept-2', 'kept-3', 'kept-4']));
  });

  test('fails to create: everything made so far is deleted', async () => {
    const outcome = await stacks.create('NoCreate', { First: topic('short-lived'), Second: { ...IMPOSSIBLE, DependsOn: 'First' } });
    expect(outcome.status).toBe('ROLLBACK_COMPLETE');
    expect(outcome.failures[0]).toMatch(/Invalid backup plan name/);
    expect(await topics()).not.toContain('short-lived');
  });

  test('fails to create without rollback: what was made stays', async () => {
    const outcome = await stacks.create(
      'Stays',
      { First: topic('long-lived'), Second: { ...IMPOSSIBLE, DependsOn: 'First' } },
      {},
      { disableRollback: true },
    );
    expect(outcome.status).toBe('CREATE_FAILED');
    expect(await topics()).toContain('long-lived');
  });

  test('fails to update: changes, additions and replacements are undone', async () => {
    await stacks.create('NoUpdate', { Changed: topic('undone', { DisplayName: 'old' }), Replaced: topic('original') });
    const outcome = await stacks.update('NoUpdate', {
      Changed: topic('undone', { DisplayName: 'new' }),
      Replaced: topic('substitute'),
      Added: topic('added'),
      Broken: { ...IMPOSSIBLE, DependsOn: ['Changed', 'Replaced', 'Added'] },
    });
    expect(outcome.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await topics()).toEqual(expect.arrayContaining(['undone', 'original']));
    expect(await topics()).not.toContain('substitute');
    expect(await topics()).not.toContain('added');
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:undone` }));
    expect(Attributes).toMatchObject({ DisplayName: 'old' });
  });

  test('fails to update a property that the emulator cannot change', async () => {
    const point = (stage: string): Template => ({
      Files: { Type: 'AWS::EFS::FileSystem' },
      Point: {
        Type: 'AWS::EFS::AccessPoint',
        Properties: { FileSystemId: { Ref: 'Files' }, AccessPointTags: [{ Key: 'stage', Value: stage }] },
      },
    });
    await stacks.create('Gap', point('first'));
    const outcome = await stacks.update('Gap', point('second'));
    expect(outcome.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(outcome.failures.join()).toMatch(/an update of AccessPointTags of AWS::EFS::AccessPoint is not emulated/);
  });

  test('fails to delete a vault that holds recovery points', async () => {
    const backup = new BackupClient(emulator().client());
    await stacks.create('Full', { Vault: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'full' } } });
    const table = {
      TableName: 'saved',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    } as const;
    await new DynamoDBClient(emulator().client()).send(
      new CreateTableCommand({ ...table, KeySchema: [...table.KeySchema], AttributeDefinitions: [...table.AttributeDefinitions] }),
    );
    await backup.send(
      new StartBackupJobCommand({
        BackupVaultName: 'full',
        ResourceArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/saved`,
        IamRoleArn: 'arn:aws:iam::123456789012:role/b',
      }),
    );
    await eventually(
      'a recovery point',
      async () => (await backup.send(new DescribeBackupVaultCommand({ BackupVaultName: 'full' }))).NumberOfRecoveryPoints,
    );
    const outcome = await stacks.delete('Full');
    expect(outcome.status).toBe('DELETE_FAILED');
    expect(outcome.failures.join()).toMatch(/contains recovery points: full/);
  });

  test('exports are imported, and cannot be removed while they are', async () => {
    const exported = (value: string): Template => ({ Outputs: { Out: { Value: value, Export: { Name: 'shared' } } } });
    await stacks.create('Exporter', { T: topic('exporter') }, exported('one'));
    await stacks.create('Importer', { T: topic('importer', { DisplayName: { 'Fn::ImportValue': 'shared' } }) });
    expect((await stacks.api.send(new ListExportsCommand({}))).Exports).toMatchObject([{ Name: 'shared', Value: 'one' }]);
    expect((await stacks.api.send(new ListImportsCommand({ ExportName: 'shared' }))).Imports).toEqual(['Importer']);
    expect((await stacks.update('Exporter', { T: topic('exporter') }, exported('two'))).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await stacks.delete('Exporter')).status).toBe('DELETE_FAILED');
    await stacks.delete('Importer');
    expect((await stacks.delete('Exporter')).status).toBe('DELETE_COMPLETE');
  });

  test('a stack of another Region and one of another account know nothing of each other', async () => {
    const osaka = new StackClient(emulator(), 'ap-northeast-3');
    await osaka.create('Apart', { V: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'apart' } } });
    await expect(stacks.api.send(new DescribeStacksCommand({ StackName: 'Apart' }))).rejects.toThrow(/does not exist/);
    const tokyo = await new BackupClient(emulator().client()).send(new ListBackupVaultsCommand({}));
    expect(tokyo.BackupVaultList!.map((vault) => vault.BackupVaultName)).not.toContain('apart');
    const other = new BackupClient(emulator().client('ap-northeast-3', '210987654321'));
    expect((await other.send(new ListBackupVaultsCommand({}))).BackupVaultList).toEqual([]);
    expect(await other.send(new CreateBackupVaultCommand({ BackupVaultName: 'apart' }))).toMatchObject({
      BackupVaultArn: 'arn:aws:backup:ap-northeast-3:210987654321:backup-vault:apart',
    });
  });

  test('a change set tells what it will do, and does nothing until it is executed', async () => {
    await stacks.create('Changes', { It: topic('changes'), Gone: topic('changes-gone') });
    const template = JSON.stringify({
      Resources: { It: topic('changes-anew'), Added: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'changes-added' } } },
    });
    const names = { StackName: 'Changes', ChangeSetName: 'next' };
    await stacks.api.send(new CreateChangeSetCommand({ ...names, TemplateBody: template }));
    const { Changes } = await stacks.api.send(new DescribeChangeSetCommand(names));
    expect(Changes!.map(({ ResourceChange: change }) => [change!.LogicalResourceId, change!.Action, change!.Replacement])).toEqual([
      ['It', 'Modify', 'True'],
      ['Added', 'Add', undefined],
      ['Gone', 'Remove', undefined],
    ]);
    const queues = () => new SQSClient(emulator().client()).send(new ListQueuesCommand({ QueueNamePrefix: 'changes' }));
    expect((await queues()).QueueUrls ?? []).toEqual([]);
    await stacks.api.send(new ExecuteChangeSetCommand(names));
    await eventually('the queue', async () => (await queues()).QueueUrls?.length);
    await eventually(
      'the end',
      async () => (await stacks.api.send(new DescribeStacksCommand({ StackName: 'Changes' }))).Stacks![0].StackStatus === 'UPDATE_COMPLETE',
    );
    await stacks.api.send(new CreateChangeSetCommand({ ...names, ChangeSetName: 'same', TemplateBody: template }));
    expect(await stacks.api.send(new DescribeChangeSetCommand({ ...names, ChangeSetName: 'same' }))).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringMatching(/didn't contain changes/),
    });
  });

  test('intrinsic functions, conditions, mappings and parameters are resolved', async () => {
    const template: Template = {
      Parameters: { Kind: { Type: 'String', Default: 'prod', AllowedValues: ['prod', 'test'] } },
      Mappings: { Names: { prod: { topic: 'resolved' } } },
      Conditions: { IsTest: { 'Fn::Equals': [{ Ref: 'Kind' }, 'test'] } },
      Outputs: {
        Joined: { Value: { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] }]] } },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
        Substituted: { Value: { 'Fn::Sub': ['${It.TopicName} of ${Who} ${!Literal}', { Who: { Ref: 'AWS::AccountId' } }] } },
        Zones: { Value: { 'Fn::Join': [',', { 'Fn::GetAZs': '' }] } },
        Cidr: { Value: { 'Fn::Select': [1, { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }] } },
        Chosen: { Value: { 'Fn::If': ['IsTest', 'test', 'not test'] } },
        Hidden: { Condition: 'IsTest', Value: 'x' },
      },
    };
    const resources = {
      It: topic({ 'Fn::FindInMap': ['Names', { Ref: 'Kind' }, 'topic'] } as never, { DisplayName: { Ref: 'AWS::NoValue' } }),
      Never: { ...topic('never'), Condition: 'IsTest' },
    };
    const outcome = await stacks.create('Resolves', resources, template);
    expect(outcome.outputs).toEqual({
      Joined: 'ap-northeast-1-b',
      Substituted: `resolved of ${ACCOUNT} \${Literal}`,
      Zones: 'ap-northeast-1a,ap-northeast-1c,ap-northeast-1d',
      Cidr: '10.0.1.0/24',
      Chosen: 'not test',
    });
    expect(await topics()).not.toContain('never');
  });

  test('nested stacks are made, updated and deleted with their parent', async () => {
    const s3 = new S3Client(emulator().client());
    await s3.send(new CreateBucketCommand({ Bucket: 'templates', CreateBucketConfiguration: { LocationConstraint: REGION } }));
    const child = (key: string, display: string) =>
      s3.send(
        new PutObjectCommand({
          Bucket: 'templates',
          Key: key,
          Body: JSON.stringify({
            Parameters: { Name: { Type: 'String' } },
            Resources: { T: topic({ Ref: 'Name' } as never, { DisplayName: display }) },
            Outputs: { Arn: { Value: { Ref: 'T' } } },
          }),
        }),
      );
    await Promise.all([child('one.json', 'one'), child('two.json', 'two')]);
    const parent = (key: string): Template => ({
      Child: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: `https://s3.${REGION}.amazonaws.com/templates/${key}`, Parameters: { Name: 'nested' } },
      },
    });
    const outputs = { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Child', 'Outputs.Arn'] } } } };
    expect((await stacks.create('Parent', parent('one.json'), outputs)).outputs.Arn).toMatch(/:nested$/);
    expect(await stacks.update('Parent', parent('two.json'), outputs)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:nested` }));
    expect(Attributes).toMatchObject({ DisplayName: 'two' });
    await stacks.delete('Parent');
    expect(await topics()).not.toContain('nested');
  });

  describe('custom resources', () => {
    const output = { Outputs: { Seen: { Value: { 'Fn::GetAtt': ['Custom', 'Seen'] } } } };

    test('are asked to create, update and delete, and their answers are used', async () => {
      expect((await stacks.create('Custom', custom({ Value: 1 }), output)).outputs.Seen).toBe('Create 1 ');
      expect((await stacks.update('Custom', custom({ Value: 2 }), output)).outputs.Seen).toBe('Update 2 1');
      expect(await stacks.delete('Custom')).toMatchObject({ status: 'DELETE_COMPLETE' });
      const invocations = await emulator().control.requests({ service: 'lambda', operation: 'Invoke' });
      expect(invocations).toHaveLength(3);
    });

    test('with another physical id after an update are deleted under the old one', async () => {
      await stacks.create('Renames', custom({ Value: 1, Name: 'old' }));
      const outcome = await stacks.update('Renames', custom({ Value: 1, Name: 'new' }));
      expect(outcome.events).toEqual(expect.arrayContaining(['Custom UPDATE_COMPLETE', 'Custom DELETE_COMPLETE']));
    });

    test('fails when the answer is FAILED', async () => {
      const outcome = await stacks.create('Fails', custom({ Value: 1, Fail: 'Create' }));
      expect(outcome).toMatchObject({ status: 'ROLLBACK_COMPLETE' });
      expect(outcome.failures.join()).toMatch(/Received response status \[FAILED\] from custom resource/);
    });
  });

  test('an attribute of a queue is the queue’s own', async () => {
    const outcome = await stacks.create(
      'Queue',
      { Q: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: '45' } } },
      { Outputs: { Url: { Value: { Ref: 'Q' } } } },
    );
    const { Attributes } = await new SQSClient(emulator().client()).send(
      new GetQueueAttributesCommand({ QueueUrl: outcome.outputs.Url, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '45' });
  });
});
