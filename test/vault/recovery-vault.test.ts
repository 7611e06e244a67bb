import { App, CfnParameter, Duration, NestedStack, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AnyPrincipal, CfnRole, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { LIMITS } from '../../lib/model/limits';
import {
  ComplianceAcknowledgement,
  CopySource,
  RecoveryVault,
  type RecoveryVaultProps,
  VaultDeletion,
  VaultEvent,
  VaultKeyKind,
  VaultLock,
  VaultLockMode,
} from '../../lib/vault';

const VAULT = 'AWS::Backup::BackupVault';
const KEY = 'AWS::KMS::Key';
const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const ADMIN = 'arn:aws:iam::111122223333:role/BackupAdmin';
const acknowledgement = ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY;

function stackIn(env: { region?: string; account?: string } = ENV): Stack {
  return new Stack(new App(), 'Orders', { env });
}

function vaultWith(props?: RecoveryVaultProps, stack = stackIn()): RecoveryVault {
  return new RecoveryVault(stack, 'Vault', props);
}

function templateWith(props?: RecoveryVaultProps, stack = stackIn()): Template {
  vaultWith(props, stack);
  return Template.fromStack(stack);
}

function statementsOf(template: Template, type: string): Record<string, unknown>[] {
  const [resource] = Object.values(template.findResources(type));
  return (resource.Properties.AccessPolicy ?? resource.Properties.KeyPolicy).Statement;
}

describe('with nothing set', () => {
  let template: Template;
  let vault: RecoveryVault;
  beforeAll(() => {
    const stack = stackIn();
    vault = vaultWith(undefined, stack);
    template = Template.fromStack(stack);
  });

  test('makes a vault, its key and an alias, and nothing else', () => {
    const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(types.sort()).toEqual([VAULT, 'AWS::KMS::Alias', KEY]);
  });

  test('names the vault by its stack and path, as AWS Backup accepts it', () => {
    template.hasResourceProperties(VAULT, { BackupVaultName: Match.stringLikeRegexp('^Orders-Vault-[0-9a-f]{8}$') });
  });

  test('keeps the logical ids of vault and key: a change replaces them', () => {
    expect(Object.keys(template.findResources(VAULT))).toEqual(['Vault23237E5B']);
    expect(Object.keys(template.findResources(KEY))).toEqual(['VaultKeyCB88EF1A']);
  });

  test('retains vault and key, but no vault of a first deployment that failed: its name is needed again', () => {
    template.hasResource(VAULT, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    template.hasResource(KEY, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('encrypts with its own key, which rotates and takes as long as possible to be gone', () => {
    template.hasResourceProperties(VAULT, { EncryptionKeyArn: { 'Fn::GetAtt': ['VaultKeyCB88EF1A', 'Arn'] } });
    template.hasResourceProperties(KEY, { EnableKeyRotation: true, PendingWindowInDays: 30 });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: Match.stringLikeRegexp('^alias/backup/Orders-Vault-[0-9a-f]{8}$') });
  });

  test('lets the key be administered by IAM, used through AWS Backup only, and deleted by nobody', () => {
    const through = {
      'kms:CallerAccount': '111122223333',
      'kms:ViaService': { 'Fn::Join': ['', ['backup.ap-northeast-1.', { Ref: 'AWS::URLSuffix' }]] },
    };
    const root = { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:root']] } };
    expect(statementsOf(template, KEY)).toEqual([
      { Sid: 'AdministerByIam', Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' },
      {
        Sid: 'UseThroughBackup',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        Resource: '*',
        Condition: { StringEquals: through },
      },
      {
        Sid: 'GrantThroughBackup',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'kms:CreateGrant',
        Resource: '*',
        Condition: { StringEquals: through, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
      { Sid: 'DenyDeletion', Effect: 'Deny', Principal: { AWS: '*' }, Action: 'kms:ScheduleKeyDeletion', Resource: '*' },
    ]);
  });

  test('denies everybody to delete recovery points, and leaves the policy itself to deployments', () => {
    expect(statementsOf(template, VAULT)).toEqual([
      {
        Sid: 'DenyDeletion',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
        Resource: '*',
      },
    ]);
  });

  test('has no lock and notifies nobody', () => {
    template.hasResourceProperties(VAULT, { LockConfiguration: Match.absent(), Notifications: Match.absent() });
  });

  test('says what it may hold', () => {
    expect(vault.traits).toEqual({
      vaultName: expect.stringMatching(/^Orders-Vault-[0-9a-f]{8}$/),
      region: 'ap-northeast-1',
      account: '111122223333',
      lock: VaultLockMode.NONE,
      minRetention: undefined,
      maxRetention: undefined,
      key: VaultKeyKind.CUSTOMER,
      keyId: 'Orders/Vault/Key',
      airGapped: false,
    });
  });
});

describe('with everything set', () => {
  let template: Template;
  let vault: RecoveryVault;
  beforeAll(() => {
    const stack = stackIn();
    vault = vaultWith(
      {
        vaultName: 'orders_1',
        encryptionKey: new Key(stack, 'Mine'),
        lock: VaultLock.compliance({
          minRetention: Duration.days(7),
          maxRetention: Duration.days(90),
          changeableFor: Duration.days(14),
          acknowledgement,
        }),
        deletion: VaultDeletion.denied({
          exemptRoles: [new Role(stack, 'Admin', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') })],
          exemptRoleArns: ['arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Backup_*'],
          policyChanges: true,
        }),
        allowCopyFrom: [CopySource.account('444455556666')],
        notifications: { topic: new Topic(stack, 'Topic'), events: [VaultEvent.COPY_JOB_FAILED, VaultEvent.COPY_JOB_FAILED] },
        removalPolicy: RemovalPolicy.RETAIN,
      },
      stack,
    );
    template = Template.fromStack(stack);
  });

  test('takes the given name and key', () => {
    template.hasResourceProperties(VAULT, {
      BackupVaultName: 'orders_1',
      EncryptionKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Mine'), 'Arn'] },
    });
    template.resourceCountIs(KEY, 1);
  });

  test('retains the vault whatever happens', () => {
    template.hasResource(VAULT, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('renders the lock in days', () => {
    template.hasResourceProperties(VAULT, { LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 90, ChangeableForDays: 14 } });
  });

  test('leaves the exempt roles out of the denial', () => {
    expect(statementsOf(template, VAULT)[0]).toEqual({
      Sid: 'DenyDeletion',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: [
        'backup:DeleteRecoveryPoint',
        'backup:UpdateRecoveryPointLifecycle',
        'backup:DeleteBackupVaultAccessPolicy',
        'backup:PutBackupVaultAccessPolicy',
      ],
      Resource: '*',
      Condition: {
        ArnNotLike: {
          'aws:PrincipalArn': [
            { 'Fn::GetAtt': [expect.stringMatching(/^Admin/), 'Arn'] },
            'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Backup_*',
          ],
        },
      },
    });
  });

  test('tells the topic each event once', () => {
    template.hasResourceProperties(VAULT, {
      Notifications: { BackupVaultEvents: ['COPY_JOB_FAILED'], SNSTopicArn: { Ref: Match.stringLikeRegexp('^Topic') } },
    });
  });

  test('remembers lock, bounds and key', () => {
    expect(vault.traits).toMatchObject({
      vaultName: 'orders_1',
      lock: VaultLockMode.COMPLIANCE,
      key: VaultKeyKind.CUSTOMER,
      keyId: 'Orders/Mine',
    });
    expect([vault.traits.minRetention?.toDays(), vault.traits.maxRetention?.toDays()]).toEqual([7, 90]);
  });
});

describe('names', () => {
  test.each(['ab', 'x'.repeat(50), 'Orders-1_b'])("takes '%s'", (vaultName) => {
    expect(vaultWith({ vaultName }).traits.vaultName).toBe(vaultName);
  });

  test.each(['a', 'x'.repeat(51), 'orders.1', 'orders/1', ''])("fails for '%s'", (vaultName) => {
    expect(() => vaultWith({ vaultName })).toThrow(
      /'vaultName' is .* choose another name or leave it out \(InvalidName at 'Orders\/Vault'\)/,
    );
  });

  test('leaves a name that is known at deploy time to AWS Backup, with a key that has no alias', () => {
    const stack = stackIn();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    const vault = vaultWith({ vaultName: name }, stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties(VAULT, { BackupVaultName: { Ref: 'Name' } });
    template.resourceCountIs('AWS::KMS::Alias', 0);
    expect(vault.traits.vaultName).toBeUndefined();
  });

  test('of vaults whose paths differ only by their stack, or by where words end, differ', () => {
    const app = new App();
    const nested = (stack: string): NestedStack => new NestedStack(new Stack(app, stack), 'Nested');
    const vaults = [
      new RecoveryVault(nested('One'), 'Vault'),
      new RecoveryVault(nested('Two'), 'Vault'),
      new RecoveryVault(new Construct(new Stack(app, 'A-B'), 'C'), 'Vault'),
      new RecoveryVault(new Construct(new Stack(app, 'A'), 'B-C'), 'Vault'),
    ];
    expect(new Set(vaults.map(({ traits }) => traits.vaultName)).size).toBe(4);
  });

  test('property: the default name is accepted wherever the vault is', () => {
    const id = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 _.-]{0,70}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,100}$/), id, (stackName, vaultId) => {
        const vault = new RecoveryVault(new Stack(new App(), 'S', { stackName }), vaultId);
        expect(vault.traits.vaultName).toMatch(LIMITS.vaultName.value);
      }),
      { numRuns: 30 },
    );
  });
});

describe('lock', () => {
  const days = Duration.days;

  test('of governance leaves out the grace period', () => {
    templateWith({ lock: VaultLock.governance({ minRetention: days(1), maxRetention: days(36_500) }) }).hasResourceProperties(VAULT, {
      LockConfiguration: { MinRetentionDays: 1, MaxRetentionDays: 36_500, ChangeableForDays: Match.absent() },
    });
  });

  test.each<[string, VaultLock, object]>([
    ['the shortest and longest bounds', VaultLock.governance({ minRetention: days(1), maxRetention: days(36_500) }), {}],
    ['equal bounds', VaultLock.governance({ minRetention: days(9), maxRetention: days(9) }), { MaxRetentionDays: 9 }],
    ['no upper bound', VaultLock.governance({ minRetention: days(9) }), { MinRetentionDays: 9, MaxRetentionDays: Match.absent() }],
    ['hours that make whole days', VaultLock.governance({ minRetention: Duration.hours(48) }), { MinRetentionDays: 2 }],
    [
      'the shortest grace period',
      VaultLock.compliance({ minRetention: days(1), maxRetention: days(2), changeableFor: days(3), acknowledgement }),
      { ChangeableForDays: 3 },
    ],
    [
      'the longest grace period',
      VaultLock.compliance({ minRetention: days(1), maxRetention: days(2), changeableFor: days(36_500), acknowledgement }),
      { ChangeableForDays: 36_500 },
    ],
  ])('takes %s', (_case, lock, expected) => {
    templateWith({ lock }).hasResourceProperties(VAULT, { LockConfiguration: expected });
  });

  test.each<[string, VaultLock, RegExp]>([
    [
      'a shortest retention of 0 days',
      VaultLock.governance({ minRetention: days(0) }),
      /'minRetention' is 0 days.*LockRetentionOutOfRange/,
    ],
    ['a shortest retention of 36501 days', VaultLock.governance({ minRetention: days(36_501) }), /LockRetentionOutOfRange/],
    [
      'a longest retention of 36501 days',
      VaultLock.governance({ minRetention: days(1), maxRetention: days(36_501) }),
      /'maxRetention' is 36501/,
    ],
    ['a longest retention below the shortest', VaultLock.governance({ minRetention: days(9), maxRetention: days(8) }), /LockRangeInverted/],
    [
      'half days',
      VaultLock.governance({ minRetention: Duration.hours(36) }),
      /'minRetention' must be whole days, got .* \(DurationNotWhole/,
    ],
    [
      'a grace period of 2 days',
      VaultLock.compliance({ minRetention: days(1), changeableFor: days(2), acknowledgement }),
      /'changeableFor' is 2 days.*LockGraceOutOfRange/,
    ],
    [
      'a grace period of 36501 days',
      VaultLock.compliance({ minRetention: days(1), changeableFor: days(36_501), acknowledgement }),
      /LockGraceOutOfRange/,
    ],
    [
      'a compliance lock that nobody acknowledged',
      VaultLock.compliance({ minRetention: days(1), changeableFor: days(3), acknowledgement: undefined as never }),
      /give ComplianceAcknowledgement\.NOBODY_.*ComplianceNotAcknowledged at 'Orders\/Vault'/,
    ],
    [
      'a compliance lock that is acknowledged with other words',
      VaultLock.compliance({ minRetention: days(1), changeableFor: days(3), acknowledgement: 'yes' as never }),
      /ComplianceNotAcknowledged/,
    ],
  ])('fails for %s', (_case, lock, message) => {
    expect(() => vaultWith({ lock })).toThrow(message);
  });

  test('leaves days that are known at deploy time to AWS Backup', () => {
    const stack = stackIn();
    const minRetention = days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber);
    const vault = vaultWith({ lock: VaultLock.governance({ minRetention, maxRetention: days(9) }) }, stack);
    Template.fromStack(stack).hasResourceProperties(VAULT, { LockConfiguration: { MinRetentionDays: { Ref: 'Days' } } });
    expect(vault.traits.minRetention).toBeUndefined();
    expect(vault.traits.maxRetention?.toDays()).toBe(9);
  });

  test('for compliance without a longest retention warns: a mistake could never be deleted', () => {
    const stack = stackIn();
    vaultWith({ lock: VaultLock.compliance({ minRetention: days(1), changeableFor: days(3), acknowledgement }) }, stack);
    Annotations.fromStack(stack).hasWarning('/Orders/Vault', Match.stringLikeRegexp("'maxRetention' is left out of a compliance lock"));
  });

  test('fails for a vault with a compliance lock that is destroyed with its stack', () => {
    const lock = VaultLock.compliance({ minRetention: days(1), maxRetention: days(9), changeableFor: days(3), acknowledgement });
    expect(() => vaultWith({ lock, removalPolicy: RemovalPolicy.DESTROY })).toThrow(/'removalPolicy' is DESTROY.*LockedVaultNotRetained/);
  });

  test('of governance may be destroyed, with a key that can be deleted', () => {
    const template = templateWith({ lock: VaultLock.governance({ minRetention: days(1) }), removalPolicy: RemovalPolicy.DESTROY });
    template.hasResource(VAULT, { DeletionPolicy: 'Delete' });
    template.hasResource(KEY, { DeletionPolicy: 'Delete' });
    expect(statementsOf(template, KEY).map(({ Sid }) => Sid)).not.toContain('DenyDeletion');
  });
});

describe('deletion', () => {
  test('when allowed leaves out the whole access policy and the denial of the key', () => {
    const template = templateWith({ deletion: VaultDeletion.allowed() });
    template.hasResourceProperties(VAULT, { AccessPolicy: Match.absent() });
    expect(statementsOf(template, KEY).map(({ Sid }) => Sid)).not.toContain('DenyDeletion');
  });

  test('exempts the same roles for the key as for the recovery points', () => {
    const template = templateWith({ deletion: VaultDeletion.denied({ exemptRoleArns: [ADMIN] }) });
    for (const type of [VAULT, KEY]) {
      expect(statementsOf(template, type)).toContainEqual(
        expect.objectContaining({ Sid: 'DenyDeletion', Condition: { ArnNotLike: { 'aws:PrincipalArn': [ADMIN] } } }),
      );
    }
  });

  test('takes the L1 of a role', () => {
    const stack = stackIn();
    const role = new CfnRole(stack, 'Role', { assumeRolePolicyDocument: {} });
    const template = templateWith({ deletion: VaultDeletion.denied({ exemptRoles: [role] }) }, stack);
    expect(statementsOf(template, VAULT)[0]).toMatchObject({
      Condition: { ArnNotLike: { 'aws:PrincipalArn': [{ 'Fn::GetAtt': ['Role', 'Arn'] }] } },
    });
  });

  test.each([
    '*',
    'arn:aws:iam::111122223333:role/*',
    'arn:aws:iam::111122223333:role/**',
    'arn:aws:iam::111122223333:root',
    'BackupAdmin',
  ])("fails for the exempt role '%s'", (arn) => {
    expect(() => vaultWith({ deletion: VaultDeletion.denied({ exemptRoleArns: [arn] }) })).toThrow(/InvalidExemptRole/);
  });

  test('leaves an exempt role that is known at deploy time to AWS Backup', () => {
    const exemptRoleArns = [Token.asString({ Ref: 'AdminRole' })];
    const template = templateWith({ deletion: VaultDeletion.denied({ exemptRoleArns }) });
    expect(statementsOf(template, VAULT)[0]).toMatchObject({ Condition: { ArnNotLike: { 'aws:PrincipalArn': [{ Ref: 'AdminRole' }] } } });
  });

  test('fails for a denial of policy changes that locks every deployment out', () => {
    expect(() => vaultWith({ deletion: VaultDeletion.denied({ policyChanges: true }) })).toThrow(/PolicyLockout/);
  });
});

describe('access policy', () => {
  const statement = (actions: string[]): PolicyStatement => new PolicyStatement({ principals: [new AnyPrincipal()], actions });

  test('keeps the statements of users, equal ones too, in their order', () => {
    const stack = stackIn();
    const vault = vaultWith({ deletion: VaultDeletion.allowed() }, stack);
    for (const actions of [['backup:StartBackupJob'], ['backup:DescribeBackupVault'], ['backup:StartBackupJob']]) {
      vault.addToAccessPolicy(statement(actions));
    }
    expect(statementsOf(Template.fromStack(stack), VAULT)).toEqual(
      ['backup:StartBackupJob', 'backup:DescribeBackupVault', 'backup:StartBackupJob'].map((Action) => ({
        Action,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Resource: '*',
      })),
    );
  });

  test('keeps the resources of a statement', () => {
    const stack = stackIn();
    const vault = vaultWith({ deletion: VaultDeletion.allowed() }, stack);
    const resources = ['arn:aws:ec2:ap-northeast-1::snapshot/*'];
    vault.addToAccessPolicy(
      new PolicyStatement({ effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['backup:StartRestoreJob'], resources }),
    );
    expect(statementsOf(Template.fromStack(stack), VAULT)).toEqual([expect.objectContaining({ Effect: 'Deny', Resource: resources[0] })]);
  });

  test.each<[string, PolicyStatement, RegExp]>([
    ['a wildcard in an action', statement(['backup:*']), /WildcardAction/],
    [
      'a wildcard in an action that is left out',
      new PolicyStatement({ principals: [new AnyPrincipal()], notActions: ['backup:*'] }),
      /WildcardAction/,
    ],
    ['a statement for nobody', new PolicyStatement({ actions: ['backup:StartBackupJob'] }), /InvalidAccessStatement/],
    ['a statement without actions', new PolicyStatement({ principals: [new AnyPrincipal()] }), /InvalidAccessStatement/],
  ])('fails for %s', (_case, wrong, message) => {
    expect(() => vaultWith().addToAccessPolicy(wrong)).toThrow(message);
  });
});

describe('copies from elsewhere', () => {
  const root = (account: string): object => ({ AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] } });

  test.each<[string, CopySource, object, object | undefined]>([
    ['an account', CopySource.account('444455556666'), root('444455556666'), undefined],
    ['an organization', CopySource.organization('o-a1b2c3d4e5'), { AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }],
    [
      'an organizational unit',
      CopySource.organizationalUnit('o-a1b2c3d4e5/r-ab12/ou-ab12-11111111'),
      { AWS: '*' },
      { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*' } },
    ],
  ])('are allowed for %s, with the key they need', (_case, source, Principal, Condition) => {
    const template = templateWith({ allowCopyFrom: [source] });
    const common = { Effect: 'Allow', Principal, Resource: '*' };
    expect(statementsOf(template, VAULT)[1]).toEqual({ ...common, Action: 'backup:CopyIntoBackupVault', ...(Condition && { Condition }) });
    expect(statementsOf(template, KEY).slice(4)).toEqual([
      {
        ...common,
        Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        ...(Condition && { Condition }),
      },
      { ...common, Action: 'kms:CreateGrant', Condition: { ...Condition, Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
    ]);
  });

  test('need no second slash or star at the end of an organizational unit', () => {
    const template = templateWith({ allowCopyFrom: [CopySource.organizationalUnit('o-a1b2c3d4e5/r-ab12/*')] });
    expect(statementsOf(template, VAULT)[1]).toMatchObject({
      Condition: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*' } },
    });
  });

  test.each<[string, CopySource]>([
    ['an account of eleven digits', CopySource.account('11112222333')],
    ['an account of thirteen digits', CopySource.account('1111222233334')],
    ['an organization of nine characters', CopySource.organization('o-a1b2c3d4e')],
    ['an organization without its prefix', CopySource.organization('a1b2c3d4e5')],
    ['an organizational unit without its organization', CopySource.organizationalUnit('ou-ab12-11111111')],
  ])('fails for %s', (_case, source) => {
    expect(() => vaultWith({ allowCopyFrom: [source] })).toThrow(/InvalidCopySource at 'Orders\/Vault'/);
  });

  test('leave an account that is known at deploy time to AWS Backup', () => {
    const stack = stackIn();
    const account = new CfnParameter(stack, 'Source').valueAsString;
    expect(() => vaultWith({ allowCopyFrom: [CopySource.account(account)] }, stack)).not.toThrow();
  });

  test('warn where the key is not ours to change', () => {
    const stack = stackIn();
    const encryptionKey = Key.fromKeyArn(stack, 'Imported', 'arn:aws:kms:ap-northeast-1:111122223333:key/1234');
    const vault = vaultWith({ encryptionKey, allowCopyFrom: [CopySource.account('444455556666')] }, stack);
    Annotations.fromStack(stack).hasWarning('/Orders/Vault', Match.stringLikeRegexp('let 444455556666 do kms:Decrypt, .*or copies fail'));
    expect(vault.traits.keyId).toBe('arn:aws:kms:ap-northeast-1:111122223333:key/1234');
  });
});

test('copies from elsewhere warn where the key is an L1, whose policy is not ours to change', () => {
  const stack = stackIn();
  vaultWith({ encryptionKey: new CfnKey(stack, 'Plain', { keyPolicy: {} }), allowCopyFrom: [CopySource.account('444455556666')] }, stack);
  Annotations.fromStack(stack).hasWarning('/Orders/Vault', Match.stringLikeRegexp("'encryptionKey' is 'Orders/Plain'"));
});

describe('notifications', () => {
  test('tell by default what may break a promise', () => {
    const stack = stackIn();
    templateWith({ notifications: { topic: new Topic(stack, 'Topic') } }, stack).hasResourceProperties(VAULT, {
      Notifications: {
        BackupVaultEvents: [
          'BACKUP_JOB_FAILED',
          'BACKUP_JOB_EXPIRED',
          'CONTINUOUS_BACKUP_INTERRUPTED',
          'COPY_JOB_FAILED',
          'RESTORE_JOB_FAILED',
          'RECOVERY_POINT_MODIFIED',
          'S3_BACKUP_OBJECT_FAILED',
          'S3_RESTORE_OBJECT_FAILED',
        ],
      },
    });
  });

  test('let AWS Backup publish for this account only, and use the key of an encrypted topic, before the vault exists', () => {
    const stack = stackIn();
    const topic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'TopicKey') });
    const template = templateWith({ notifications: { topic } }, stack);
    const conditional = {
      Effect: 'Allow',
      Principal: { Service: 'backup.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    };
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ ...conditional, Action: 'sns:Publish' })]) },
    });
    template.hasResourceProperties(KEY, {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ ...conditional, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] })]) },
    });
    template.hasResource(VAULT, { DependsOn: [Match.stringLikeRegexp('^TopicPolicy')] });
  });

  test.each<[string, (stack: Stack) => RecoveryVaultProps['notifications']]>([
    ['an imported topic', (stack) => ({ topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:ap-northeast-1:111122223333:alarms') })],
    ['the L1 of a topic', (stack) => ({ topic: new CfnTopic(stack, 'Topic') })],
  ])('warn where the policy of %s is not ours to change', (_case, notifications) => {
    const stack = stackIn();
    vaultWith({ notifications: notifications(stack) }, stack);
    Annotations.fromStack(stack).hasWarning('/Orders/Vault', Match.stringLikeRegexp('let backup.amazonaws.com do sns:Publish there'));
  });

  test('warn where the key of the topic is not ours to change', () => {
    const stack = stackIn();
    const masterKey = Key.fromKeyArn(stack, 'Imported', 'arn:aws:kms:ap-northeast-1:111122223333:key/1234');
    vaultWith({ notifications: { topic: new Topic(stack, 'Topic', { masterKey }) } }, stack);
    Annotations.fromStack(stack).hasWarning('/Orders/Vault', Match.stringLikeRegexp('do kms:Decrypt and kms:GenerateDataKey\\* there'));
  });

  test.each<[string, (stack: Stack) => RecoveryVaultProps['notifications'], RegExp]>([
    ['a FIFO topic', (stack) => ({ topic: new Topic(stack, 'Topic', { fifo: true, topicName: 'a.fifo' }) }), /TopicFifo/],
    ['the L1 of a FIFO topic', (stack) => ({ topic: new CfnTopic(stack, 'Topic', { fifoTopic: true }) }), /TopicFifo/],
    [
      'an imported FIFO topic',
      (stack) => ({ topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:ap-northeast-1:111122223333:a.fifo') }),
      /TopicFifo/,
    ],
    [
      'a topic of another account',
      (stack) => ({ topic: Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:ap-northeast-1:444455556666:a') }),
      /'topic' is in account 444455556666, but the vault in 111122223333.*TopicElsewhere/,
    ],
    ['no events', (stack) => ({ topic: new Topic(stack, 'Topic'), events: [] }), /NoEvents/],
  ])('fail for %s', (_case, notifications, message) => {
    const stack = stackIn();
    expect(() => vaultWith({ notifications: notifications(stack) }, stack)).toThrow(message);
  });

  test('know the events that aws-cdk-lib does not, and none that a vault never sends', () => {
    const events = Object.values(VaultEvent) as string[];
    expect(events).toEqual(
      expect.arrayContaining(['CONTINUOUS_BACKUP_INTERRUPTED', 'RECOVERY_POINT_INDEX_COMPLETED', 'EKS_BACKUP_OBJECT_FAILED']),
    );
    expect(events.filter((event) => event.startsWith('BACKUP_PLAN'))).toEqual([]);
  });
});

test('fails for a key of another Region', () => {
  const stack = stackIn();
  const encryptionKey = Key.fromKeyArn(stack, 'Osaka', 'arn:aws:kms:ap-northeast-3:111122223333:key/1234');
  expect(() => vaultWith({ encryptionKey }, stack)).toThrow(
    /'encryptionKey' is in ap-northeast-3, but the vault in ap-northeast-1.*KeyElsewhere/,
  );
});

test('is usable where neither Region nor account is known', () => {
  const stack = new Stack(new App(), 'Orders');
  const vault = vaultWith({ allowCopyFrom: [CopySource.account('444455556666')] }, stack);
  const topic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:ap-northeast-1:444455556666:a');
  new RecoveryVault(stack, 'Second', { notifications: { topic } });
  Template.fromStack(stack).hasResourceProperties(KEY, {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Condition: {
            StringEquals: {
              'kms:CallerAccount': { Ref: 'AWS::AccountId' },
              'kms:ViaService': { 'Fn::Join': ['', ['backup.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
            },
          },
        }),
      ]),
    },
  });
  expect([vault.traits.region, vault.traits.account]).toEqual([undefined, undefined]);
});
