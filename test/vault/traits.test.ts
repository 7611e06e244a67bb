import { App, Aws, CfnParameter, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault, CfnBackupVault, type CfnBackupVaultProps } from 'aws-cdk-lib/aws-backup';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AirGappedVault,
  type AirGappedVaultProps,
  ComplianceAcknowledgement,
  CopySource,
  RecoveryVault,
  VaultKeyKind,
  VaultLockMode,
  type VaultTraits,
} from '../../lib/vault';
import { immutabilityOf, keyFactOf, placeOf } from '../../lib/vault/private/facts';
import { traitsOf } from '../../lib/vault/private/traits';

const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const ARN = 'arn:aws:backup:ap-northeast-3:444455556666:backup-vault:theirs';
const KEY_ARN = 'arn:aws:kms:ap-northeast-3:444455556666:key/1234';
const AIR_GAPPED = 'AWS::Backup::LogicallyAirGappedBackupVault';
const acknowledgement = ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY;
const UNKNOWN = { lock: VaultLockMode.UNKNOWN, key: VaultKeyKind.UNKNOWN, airGapped: false };

function stackIn(env: object = ENV): Stack {
  return new Stack(new App(), 'Orders', { env });
}

function inDays({ minRetention, maxRetention }: VaultTraits): (number | undefined)[] {
  return [minRetention?.toDays(), maxRetention?.toDays()];
}

describe('an imported vault', () => {
  test('by ARN is in the place of its ARN, and nothing else is known of it', () => {
    const vault = RecoveryVault.fromVaultArn(stackIn(), 'Theirs', ARN);
    expect(vault.backupVaultRef).toEqual({ backupVaultArn: ARN, backupVaultName: 'theirs' });
    expect([vault.backupVaultArn, vault.backupVaultName]).toEqual([ARN, 'theirs']);
    expect(vault.env).toMatchObject({ region: 'ap-northeast-3', account: '444455556666' });
    expect(vault.traits).toEqual({ ...UNKNOWN, vaultName: 'theirs', region: 'ap-northeast-3', account: '444455556666' });
  });

  test('by name is in the place of the stack', () => {
    const vault = RecoveryVault.fromVaultName(stackIn(), 'Theirs', 'theirs');
    expect(vault.traits).toEqual({ ...UNKNOWN, vaultName: 'theirs', ...ENV });
    expect(vault.stack.resolve(vault.backupVaultArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:ap-northeast-1:111122223333:backup-vault:theirs']],
    });
  });

  test('by name keeps its name where the place is only known at deploy time', () => {
    const { traits } = RecoveryVault.fromVaultName(new Stack(new App(), 'Orders'), 'Theirs', 'theirs');
    expect(traits).toEqual({ ...UNKNOWN, vaultName: 'theirs', region: undefined, account: undefined });
  });

  test('by attributes holds what it is told', () => {
    const { traits } = RecoveryVault.fromVaultAttributes(stackIn(), 'Theirs', {
      backupVaultArn: ARN,
      encryptionKeyArn: KEY_ARN,
      lock: VaultLockMode.GOVERNANCE,
      minRetention: Duration.days(7),
      maxRetention: Duration.days(90),
    });
    expect(traits).toMatchObject({ lock: VaultLockMode.GOVERNANCE, key: VaultKeyKind.CUSTOMER, keyId: KEY_ARN, airGapped: false });
    expect(inDays(traits)).toEqual([7, 90]);
  });

  test('by attributes has the very key of this app that encrypts it, so that a resource with the same key is told to share it', () => {
    const stack = stackIn();
    const encryptionKeyArn = new Key(stack, 'Key').keyArn;
    const { traits } = RecoveryVault.fromVaultAttributes(stack, 'Theirs', { backupVaultArn: ARN, encryptionKeyArn });
    expect(traits).toMatchObject({ key: VaultKeyKind.CUSTOMER, keyId: 'Orders/Key' });
  });

  test.each<[string, object, object]>([
    ['air-gapped is locked for compliance', { airGapped: true }, { airGapped: true, lock: VaultLockMode.COMPLIANCE }],
    ['with the kind of its key needs no ARN of it', { key: VaultKeyKind.AWS_OWNED }, { key: VaultKeyKind.AWS_OWNED, keyId: undefined }],
    [
      'whose bounds are only known at deploy time has none',
      { minRetention: Duration.days(Token.asNumber({ Ref: 'Days' })) },
      { minRetention: undefined },
    ],
  ])('by attributes that is %s', (_case, attrs, expected) => {
    expect(RecoveryVault.fromVaultAttributes(stackIn(), 'Theirs', { backupVaultArn: ARN, ...attrs }).traits).toMatchObject(expected);
  });

  test('by an ARN that is only partly known keeps what is', () => {
    const backupVaultArn = `arn:${Aws.PARTITION}:backup:${Aws.REGION}:444455556666:backup-vault:theirs`;
    const { traits } = RecoveryVault.fromVaultAttributes(stackIn(), 'Theirs', { backupVaultArn });
    expect(traits).toMatchObject({ vaultName: 'theirs', region: undefined, account: '444455556666' });
  });

  test('by an ARN that is only known at deploy time leaves all to AWS Backup', () => {
    const stack = stackIn();
    const vault = RecoveryVault.fromVaultArn(stack, 'Theirs', Fn.importValue('theirs'));
    expect(vault.traits).toEqual({ ...UNKNOWN, vaultName: undefined, region: undefined, account: undefined });
    expect(stack.resolve(vault.backupVaultName)).toEqual({ 'Fn::Select': [6, { 'Fn::Split': [':', { 'Fn::ImportValue': 'theirs' }] }] });
  });

  test.each(['theirs', 'arn:aws:backup:ap-northeast-3:444455556666:backup-plan:theirs', `${ARN}:x`, 'arn:aws:s3:::theirs'])(
    "fails for the ARN '%s'",
    (arn) => {
      expect(() => RecoveryVault.fromVaultArn(stackIn(), 'Theirs', arn)).toThrow(/InvalidVaultArn at 'Orders'/);
    },
  );

  test('fails for a name that AWS Backup does not take', () => {
    expect(() => RecoveryVault.fromVaultName(stackIn(), 'Theirs', 'x')).toThrow(/'backupVaultName' is 'x'.*InvalidName/);
  });
});

describe('a vault of aws-cdk-lib', () => {
  test('is read from its template', () => {
    const stack = stackIn();
    const vault = new BackupVault(stack, 'Vault', {
      backupVaultName: 'plain',
      encryptionKey: new Key(stack, 'Key'),
      lockConfiguration: { minRetention: Duration.days(7), maxRetention: Duration.days(90), changeableFor: Duration.days(3) },
    });
    const traits = traitsOf(vault);
    expect(traits).toMatchObject({
      vaultName: 'plain',
      ...ENV,
      lock: VaultLockMode.COMPLIANCE,
      key: VaultKeyKind.CUSTOMER,
      keyId: 'Orders/Key',
      airGapped: false,
    });
    expect(inDays(traits)).toEqual([7, 90]);
  });

  test('without key and lock has the key of AWS Backup and no lock', () => {
    expect(traitsOf(new BackupVault(stackIn(), 'Vault'))).toMatchObject({
      lock: VaultLockMode.NONE,
      key: VaultKeyKind.SERVICE_MANAGED,
    });
  });

  const lockOf = (lockConfiguration: CfnBackupVault['lockConfiguration']): VaultTraits =>
    traitsOf(new CfnBackupVault(stackIn(), 'Vault', { backupVaultName: 'plain', lockConfiguration }));

  test.each<[string, CfnBackupVault['lockConfiguration'], VaultLockMode, (number | undefined)[]]>([
    ['without a grace period', { minRetentionDays: 7 }, VaultLockMode.GOVERNANCE, [7, undefined]],
    ['with a grace period', { minRetentionDays: 7, changeableForDays: 3 }, VaultLockMode.COMPLIANCE, [7, undefined]],
    ['whose days are a token', { minRetentionDays: Token.asNumber({ Ref: 'Days' }) }, VaultLockMode.GOVERNANCE, [undefined, undefined]],
    ['that is a token with plain days', Token.asAny({ minRetentionDays: 7, maxRetentionDays: 9 }), VaultLockMode.GOVERNANCE, [7, 9]],
    ['that only exists on a condition', Fn.conditionIf('Prod', {}, {}), VaultLockMode.UNKNOWN, [undefined, undefined]],
  ])('has a lock %s', (_case, lockConfiguration, mode, days) => {
    const traits = lockOf(lockConfiguration);
    expect(traits.lock).toBe(mode);
    expect(inDays(traits)).toEqual(days);
  });

  test.each<[string, (stack: Stack) => CfnBackupVaultProps['encryptionKeyArn'], object]>([
    ['a key by ARN', () => KEY_ARN, { key: VaultKeyKind.CUSTOMER, keyId: KEY_ARN }],
    ['the L1 of a key', (stack) => new CfnKey(stack, 'Key'), { key: VaultKeyKind.CUSTOMER, keyId: 'Orders/Key' }],
    [
      'a key that another stack exports',
      () => Token.asString({ 'Fn::ImportValue': 'key' }),
      { key: VaultKeyKind.CUSTOMER, keyId: undefined },
    ],
    ['an AWS managed key', () => 'alias/aws/backup', { key: VaultKeyKind.SERVICE_MANAGED }],
  ])('has %s', (_case, key, expected) => {
    const stack = stackIn();
    expect(traitsOf(new CfnBackupVault(stack, 'Vault', { backupVaultName: 'plain', encryptionKeyArn: key(stack) }))).toMatchObject(
      expected,
    );
  });

  test('that is imported is in the place of its ARN', () => {
    const stack = stackIn();
    const place = { vaultName: 'theirs', region: 'ap-northeast-3', account: '444455556666' };
    expect(traitsOf(BackupVault.fromBackupVaultArn(stack, 'L2', ARN))).toEqual({ ...UNKNOWN, ...place });
    expect(traitsOf(CfnBackupVault.fromBackupVaultArn(stack, 'L1', ARN))).toEqual({ ...UNKNOWN, ...place });
  });
});

describe('an air-gapped vault', () => {
  const days = Duration.days;
  const airGapped = (props: Partial<AirGappedVaultProps> = {}, stack = stackIn()): AirGappedVault =>
    new AirGappedVault(stack, 'AirGapped', { minRetention: days(7), maxRetention: days(90), acknowledgement, ...props });

  describe('with nothing else set', () => {
    let template: Template;
    let vault: AirGappedVault;
    beforeAll(() => {
      const stack = stackIn();
      vault = airGapped({}, stack);
      template = Template.fromStack(stack);
    });

    test('is retained, under a key that AWS owns', () => {
      template.hasResource(AIR_GAPPED, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
      template.hasResourceProperties(AIR_GAPPED, {
        BackupVaultName: Match.stringLikeRegexp('^Orders-AirGapped-[0-9a-f]{8}$'),
        MinRetentionDays: 7,
        MaxRetentionDays: 90,
        EncryptionKeyArn: Match.absent(),
        Notifications: Match.absent(),
        MpaApprovalTeamArn: Match.absent(),
        AccessPolicy: { Statement: [Match.objectLike({ Sid: 'DenyDeletion', Effect: 'Deny' })] },
      });
      template.resourceCountIs('AWS::KMS::Key', 0);
    });

    test('keeps its logical id: a change replaces it', () => {
      expect(Object.keys(template.findResources(AIR_GAPPED))).toEqual(['AirGappedB22F77BE']);
    });

    test('is locked for compliance within its bounds', () => {
      expect(vault.traits).toMatchObject({
        ...ENV,
        lock: VaultLockMode.COMPLIANCE,
        key: VaultKeyKind.AWS_OWNED,
        keyId: undefined,
        airGapped: true,
      });
      expect(inDays(vault.traits)).toEqual([7, 90]);
      expect(vault.stack.resolve(vault.backupVaultRef)).toEqual({
        backupVaultArn: { 'Fn::GetAtt': ['AirGappedB22F77BE', 'BackupVaultArn'] },
        backupVaultName: { Ref: 'AirGappedB22F77BE' },
      });
    });
  });

  test('takes everything that can be set', () => {
    const stack = stackIn();
    const vault = airGapped(
      {
        vaultName: 'gap',
        encryptionKey: new Key(stack, 'Key'),
        allowCopyFrom: [CopySource.organization('o-a1b2c3d4e5')],
        notifications: { topic: new Topic(stack, 'Topic') },
        approvalTeamArn: 'arn:aws:mpa:us-east-1:111122223333:approval-team/t',
      },
      stack,
    );
    vault.addToAccessPolicy(new PolicyStatement({ principals: [new AnyPrincipal()], actions: ['backup:DescribeBackupVault'] }));
    const template = Template.fromStack(stack);
    template.hasResource(AIR_GAPPED, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^TopicPolicy')]),
      Properties: {
        BackupVaultName: 'gap',
        EncryptionKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
        AccessPolicy: {
          Statement: ['backup:DeleteRecoveryPoint', 'backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'].map((action) =>
            Match.objectLike({ Action: action === 'backup:DeleteRecoveryPoint' ? Match.arrayWith([action]) : action }),
          ),
        },
        Notifications: Match.objectLike({ SNSTopicArn: { Ref: Match.stringLikeRegexp('^Topic') } }),
        MpaApprovalTeamArn: 'arn:aws:mpa:us-east-1:111122223333:approval-team/t',
      },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } })]),
      },
    });
    expect(vault.traits).toMatchObject({ vaultName: 'gap', key: VaultKeyKind.CUSTOMER, keyId: 'Orders/Key' });
  });

  test('lets an account copy into it without a key of its own', () => {
    const stack = stackIn();
    airGapped({ allowCopyFrom: [CopySource.account('444455556666')] }, stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test.each([
    ['the shortest bound', { minRetention: days(7), maxRetention: days(7) }],
    ['the longest bound', { minRetention: days(7), maxRetention: days(36_500) }],
  ])('takes %s', (_case, props) => {
    expect(() => airGapped(props)).not.toThrow();
  });

  test.each<[string, Partial<AirGappedVaultProps>, RegExp]>([
    ['a shortest retention of 6 days', { minRetention: days(6) }, /'minRetention' is 6 days.*LockRetentionOutOfRange/],
    ['a longest retention of 36501 days', { maxRetention: days(36_501) }, /'maxRetention' is 36501 days.*LockRetentionOutOfRange/],
    ['a longest retention below the shortest', { minRetention: days(8), maxRetention: days(7) }, /LockRangeInverted/],
    ['half days', { minRetention: Duration.hours(180) }, /DurationNotWhole/],
    ['a name of one letter', { vaultName: 'x' }, /InvalidName/],
    ['a lock that nobody acknowledged', { acknowledgement: undefined }, /ComplianceNotAcknowledged at 'Orders\/AirGapped'/],
  ])('fails for %s', (_case, props, message) => {
    expect(() => airGapped(props)).toThrow(message);
  });

  test('leaves what is only known at deploy time to AWS Backup', () => {
    const stack = stackIn();
    const minRetention = days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber);
    const { traits } = airGapped({ minRetention, vaultName: new CfnParameter(stack, 'Name').valueAsString }, stack);
    expect(traits).toMatchObject({ vaultName: undefined, minRetention: undefined });
    Template.fromStack(stack).hasResourceProperties(AIR_GAPPED, { MinRetentionDays: { Ref: 'Days' }, BackupVaultName: { Ref: 'Name' } });
  });

  test('is named by its ARN as text in another Region', () => {
    const app = new App();
    const vault = airGapped({ vaultName: 'gap' }, new Stack(app, 'Orders', { env: ENV }));
    const away = new Stack(app, 'Osaka', { env: { ...ENV, region: 'ap-northeast-3' } });
    expect(away.resolve(vault.backupVaultArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:ap-northeast-1:111122223333:backup-vault:gap']],
    });
    expect(away.resolve(vault.backupVaultName)).toBe('gap');
  });
});

describe('what facts say of a vault', () => {
  const traits: VaultTraits = { ...UNKNOWN, vaultName: 'v', region: 'r', account: 'a', keyId: 'k' };

  test('is its place', () => {
    expect(placeOf(traits)).toEqual({ region: 'r', account: 'a', container: 'v' });
  });

  test.each([
    [VaultKeyKind.CUSTOMER, 'customer'],
    [VaultKeyKind.SERVICE_MANAGED, 'service-managed'],
    [VaultKeyKind.AWS_OWNED, 'aws-owned'],
    [VaultKeyKind.UNKNOWN, 'unknown'],
  ])('is its key: %s is %s', (key, kind) => {
    expect(keyFactOf({ ...traits, key })).toEqual({ kind, id: 'k' });
  });

  test.each([
    [VaultLockMode.NONE, 'no'],
    [VaultLockMode.UNKNOWN, 'no'],
    [VaultLockMode.GOVERNANCE, 'governance'],
    [VaultLockMode.COMPLIANCE, 'compliance'],
  ])('is how immutable it is: %s counts as %s', (lock, immutable) => {
    expect(immutabilityOf({ ...traits, lock })).toBe(immutable);
  });
});
