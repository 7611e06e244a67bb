import { App, CfnOutput, CfnParameter, Duration, NestedStack, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { LIMITS } from '../../lib/model/limits';
import { CopySource, RecoveryVault, VaultDeletion, VaultLock, type VaultMirrorOptions } from '../../lib/vault';
import { vaultArnFor } from '../../lib/vault/private/vault-arn';

const VAULT = 'AWS::Backup::BackupVault';
const KEY = 'AWS::KMS::Key';
const TOKYO = { region: 'ap-northeast-1', account: '111122223333' };
const OSAKA = { region: 'ap-northeast-3', account: '111122223333' };
const ARN = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:ap-northeast-3:111122223333:backup-vault:orders']] };

function tokyo(app = new App()): Stack {
  return new Stack(app, 'Orders', { env: TOKYO });
}

function vaultIn(stack: Stack): RecoveryVault {
  return new RecoveryVault(stack, 'Vault', { vaultName: 'orders' });
}

// constructs are compared by path: jest prints whole trees where they differ
function pathsOf(stacks: Stack[]): string[] {
  return stacks.map(({ node }) => node.path);
}

describe('a mirror in another Region', () => {
  let app: App;
  let stack: Stack;
  let vault: RecoveryVault;
  let mirror: RecoveryVault;
  let template: Template;
  let own: Template;
  beforeAll(() => {
    app = new App();
    stack = tokyo(app);
    vault = vaultIn(stack);
    mirror = vault.mirrorIn('ap-northeast-3');
    new CfnOutput(stack, 'Arn', { value: mirror.backupVaultArn });
    new CfnOutput(stack, 'Name', { value: mirror.backupVaultName });
    new CfnOutput(stack, 'For', { value: vaultArnFor(stack, mirror) });
    template = Template.fromStack(mirror.stack);
    own = Template.fromStack(stack);
  });

  test('has the same name, a key of its own and the same protection', () => {
    template.hasResourceProperties(VAULT, {
      BackupVaultName: 'orders',
      EncryptionKeyArn: { 'Fn::GetAtt': ['ordersKey8C30302D', 'Arn'] },
      AccessPolicy: { Statement: [Match.objectLike({ Sid: 'DenyDeletion' })] },
    });
    template.hasResource(VAULT, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    template.hasResourceProperties(KEY, { EnableKeyRotation: true });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/backup/orders' });
  });

  test('keeps its logical ids, which depend on the name of the vault only', () => {
    expect(Object.keys(template.findResources(VAULT))).toEqual(['orders46FA7C19']);
    expect(Object.keys(template.findResources(KEY))).toEqual(['ordersKey8C30302D']);
  });

  test('is in a stack of the recovery Region that is deployed first', () => {
    expect(mirror.stack.region).toBe('ap-northeast-3');
    expect(mirror.stack.stackName).toBe('Orders-recovery-ap-northeast-3-from-ap-northeast-1');
    expect(pathsOf(stack.dependencies)).toEqual(['Orders-recovery-ap-northeast-3']);
    expect(pathsOf(mirror.stack.dependencies)).toEqual([]);
  });

  test('is named on the primary side by its ARN as text', () => {
    own.hasOutput('Arn', { Value: ARN });
    own.hasOutput('For', { Value: ARN });
    own.hasOutput('Name', { Value: 'orders' });
  });

  test('makes no reference, export or custom resource in either stack', () => {
    for (const one of [template, own]) {
      const text = JSON.stringify(one.toJSON());
      expect(text).not.toMatch(/Custom::CrossRegionExport|Fn::GetStackOutput|Fn::ImportValue|"Export"|\/cdk\/exports/);
    }
    expect(Object.keys(template.toJSON().Outputs ?? {})).toEqual([]);
  });

  test('knows where it is', () => {
    expect(mirror.traits).toMatchObject({ vaultName: 'orders', ...OSAKA, keyId: 'Orders-recovery-ap-northeast-3/orders/Key' });
  });

  test('is the same mirror when it is asked for again', () => {
    expect(vault.mirrorIn('ap-northeast-3') === mirror).toBe(true);
    expect(vault.mirrorIn('ap-northeast-3', { account: '111122223333' }) === mirror).toBe(true);
  });
});

describe('references across Regions', () => {
  test('stay text where the stacks allow cross-Region references', () => {
    const app = new App();
    const home = new Stack(app, 'Orders', { env: TOKYO, crossRegionReferences: true });
    const away = new Stack(app, 'Osaka', { env: OSAKA, crossRegionReferences: true });
    const vault = vaultIn(away);
    new CfnOutput(home, 'Arn', { value: vault.backupVaultArn });
    const text = JSON.stringify([home, away].map((stack) => Template.fromStack(stack).toJSON()));
    expect(text).not.toMatch(/Custom::|Fn::GetStackOutput|"Export"/);
    expect(pathsOf(home.dependencies)).toEqual([]);
  });

  test('are possible in both directions at once', () => {
    const app = new App();
    const [one, other] = [tokyo(app), new Stack(app, 'Osaka', { env: OSAKA })];
    const vaults = [vaultIn(one), vaultIn(other)];
    new CfnOutput(one, 'Arn', { value: vaultArnFor(one, vaults[1]!) });
    new CfnOutput(other, 'Arn', { value: vaultArnFor(other, vaults[0]!) });
    expect(() => app.synth()).not.toThrow();
    Template.fromStack(one).hasOutput('Arn', { Value: ARN });
  });

  test('to a vault of aws-cdk-lib are computed too', () => {
    const app = new App();
    const home = tokyo(app);
    const vault = new BackupVault(new Stack(app, 'Osaka', { env: OSAKA }), 'Vault', { backupVaultName: 'orders' });
    new CfnOutput(home, 'Arn', { value: vaultArnFor(home, vault) });
    Template.fromStack(home).hasOutput('Arn', { Value: ARN });
  });

  test('to an imported vault keep its ARN', () => {
    const arn = 'arn:aws:backup:ap-northeast-3:444455556666:backup-vault:theirs';
    const stack = tokyo();
    const theirs = RecoveryVault.fromVaultArn(stack, 'Theirs', arn);
    expect(vaultArnFor(stack, theirs)).toBe(arn);
    expect(vaultArnFor(new Stack(new App(), 'Other', { env: OSAKA }), theirs)).toBe(arn);
  });

  test('in the same stack, and from its nested stacks, refer to the vault, so that it exists first', () => {
    const stack = tokyo();
    const vault = vaultIn(stack);
    const nested = new NestedStack(stack, 'Nested');
    expect(stack.resolve(vaultArnFor(stack, vault))).toEqual({ 'Fn::GetAtt': ['Vault23237E5B', 'BackupVaultArn'] });
    expect(stack.resolve(vault.backupVaultName)).toEqual({ 'Fn::GetAtt': ['Vault23237E5B', 'BackupVaultName'] });
    expect(vaultArnFor(nested, vault)).toBe(vault.backupVaultArn);
  });

  test('from another stack of the same place are text, with the vault deployed first', () => {
    const app = new App();
    const [home, plans] = [tokyo(app), new Stack(app, 'Plans', { env: TOKYO })];
    new CfnOutput(plans, 'Arn', { value: vaultArnFor(plans, vaultIn(home)) });
    expect(pathsOf(plans.dependencies)).toEqual(['Orders']);
    expect(Template.fromStack(home).toJSON().Outputs).toBeUndefined();
    expect(JSON.stringify(Template.fromStack(plans).toJSON())).not.toContain('Fn::ImportValue');
  });

  test('from another stage are text without an order: stages are deployed one by one', () => {
    const app = new App();
    const vault = vaultIn(new Stack(new Stage(app, 'Prod'), 'Orders', { env: TOKYO }));
    const plans = new Stack(new Stage(app, 'Other'), 'Plans', { env: TOKYO });
    const text = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:ap-northeast-1:111122223333:backup-vault:orders']] };
    expect(plans.resolve(vaultArnFor(plans, vault))).toEqual(text);
    expect(plans.resolve(vault.backupVaultArn)).toEqual(text);
    expect(pathsOf(plans.dependencies)).toEqual([]);
  });

  test('between stacks of the same place that need each other make no cycle', () => {
    const app = new App();
    const [one, other] = [tokyo(app), new Stack(app, 'Other', { env: TOKYO })];
    const vaults = [vaultIn(one), new RecoveryVault(other, 'Vault', { vaultName: 'other' })];
    vaultArnFor(other, vaults[0]!);
    vaultArnFor(one, vaults[1]!);
    expect(pathsOf(other.dependencies)).toEqual(['Orders']);
    expect(pathsOf(one.dependencies)).toEqual([]);
    const third = new Stack(app, 'Third', { env: TOKYO });
    third.addStackDependency(other);
    vaultArnFor(one, new RecoveryVault(third, 'Vault', { vaultName: 'third' }));
    expect(pathsOf(one.dependencies)).toEqual([]);
  });

  test.each([
    ['the Region', { account: '111122223333' }, /its region is only known at deploy time.*VaultPlaceUnknown/],
    ['the account', { region: 'ap-northeast-1' }, /its account is only known at deploy time.*VaultPlaceUnknown/],
  ])('fails where %s of the vault is not known', (_part, env, message) => {
    const app = new App();
    const vault = vaultIn(new Stack(app, 'Orders', { env }));
    const away = new Stack(app, 'Osaka', { env: OSAKA });
    expect(() => vaultArnFor(away, vault)).toThrow(message);
    expect(() => away.resolve(vault.backupVaultArn)).toThrow(message);
  });

  test('fails where the name of the vault is not known', () => {
    const app = new App();
    const home = tokyo(app);
    const vault = new RecoveryVault(home, 'Vault', { vaultName: new CfnParameter(home, 'Name').valueAsString });
    expect(() => vaultArnFor(new Stack(app, 'Osaka', { env: OSAKA }), vault)).toThrow(/VaultNameUnknown/);
    expect(() => vault.mirrorIn('ap-northeast-3')).toThrow(/VaultNameUnknown/);
  });
});

describe('a mirror in another account', () => {
  let stack: Stack;
  let mirror: RecoveryVault;
  let template: Template;
  let own: Template;
  beforeAll(() => {
    stack = tokyo();
    mirror = vaultIn(stack).mirrorIn('ap-northeast-1', { account: '444455556666', allowCopyFrom: [CopySource.account('777788889999')] });
    new CfnOutput(stack, 'Arn', { value: mirror.backupVaultArn });
    template = Template.fromStack(mirror.stack);
    own = Template.fromStack(stack);
  });

  const root = (account: string): object => ({ AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:root`]] } });

  test('lets the account of the vault, and whom else it is told, copy into it', () => {
    template.hasResourceProperties(VAULT, {
      AccessPolicy: {
        Statement: [
          Match.objectLike({ Sid: 'DenyDeletion' }),
          Match.objectLike({ Action: 'backup:CopyIntoBackupVault', Principal: root('111122223333') }),
          Match.objectLike({ Action: 'backup:CopyIntoBackupVault', Principal: root('777788889999') }),
        ],
      },
    });
  });

  test('lets each side use the key of the other', () => {
    const use = (account: string): object => ({
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['kms:Decrypt']), Principal: root(account) })]) },
    });
    template.hasResourceProperties(KEY, use('111122223333'));
    own.hasResourceProperties(KEY, use('444455556666'));
  });

  test('is named by its ARN as text, without roles that read the other account', () => {
    own.hasOutput('Arn', {
      Value: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:ap-northeast-1:444455556666:backup-vault:orders']] },
    });
    own.resourceCountIs('AWS::IAM::Role', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });

  test('fails where the account that copies is not known', () => {
    const vault = vaultIn(new Stack(new App(), 'Orders', { env: { region: 'ap-northeast-1' } }));
    expect(() => vault.mirrorIn('ap-northeast-3', { account: '444455556666' })).toThrow(/SourceAccountUnknown/);
  });
});

describe('mirrorIn()', () => {
  test('passes its options on', () => {
    const vault = vaultIn(tokyo());
    const mirror = vault.mirrorIn('ap-northeast-3', {
      lock: VaultLock.governance({ minRetention: Duration.days(3) }),
      deletion: VaultDeletion.allowed(),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const template = Template.fromStack(mirror.stack);
    template.hasResourceProperties(VAULT, { LockConfiguration: { MinRetentionDays: 3 }, AccessPolicy: Match.absent() });
    template.hasResource(VAULT, { DeletionPolicy: 'Delete' });
    expect(mirror.traits.minRetention?.toDays()).toBe(3);
  });

  test('makes a mirror in each of several Regions', () => {
    const vault = vaultIn(tokyo());
    const mirrors = [vault.mirrorIn('ap-northeast-3'), vault.mirrorIn('us-west-2')];
    expect(mirrors.map(({ stack }) => stack.region)).toEqual(['ap-northeast-3', 'us-west-2']);
    expect(mirrors.map(({ traits }) => traits.vaultName)).toEqual(['orders', 'orders']);
  });

  test('puts the mirrors of several vaults into one stack', () => {
    const stack = tokyo();
    const mirrors = ['orders', 'audit'].map((vaultName) => new RecoveryVault(stack, vaultName, { vaultName }).mirrorIn('ap-northeast-3'));
    expect(mirrors[0]!.stack === mirrors[1]!.stack).toBe(true);
    Template.fromStack(mirrors[0]!.stack).resourceCountIs(VAULT, 2);
  });

  test('of a vault in a nested stack is beside the outermost stack', () => {
    const nested = new NestedStack(tokyo(), 'Nested');
    expect(vaultIn(nested as Stack).mirrorIn('ap-northeast-3').stack.stackName).toBe('Orders-recovery-ap-northeast-3-from-ap-northeast-1');
  });

  test('stays in the stage of the vault', () => {
    const stage = new Stage(new App(), 'Prod');
    const mirror = vaultIn(new Stack(stage, 'Orders', { env: TOKYO })).mirrorIn('ap-northeast-3');
    expect(Stage.of(mirror) === stage).toBe(true);
    expect(mirror.stack.stackName).toBe('Prod-Orders-recovery-ap-northeast-3-from-ap-northeast-1');
  });

  test('works where the account, or the Region of the vault, is only known at deploy time', () => {
    const vault = vaultIn(new Stack(new App(), 'Orders'));
    const mirror = vault.mirrorIn('ap-northeast-3');
    expect(vault.stack.resolve(mirror.backupVaultArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':backup:ap-northeast-3:', { Ref: 'AWS::AccountId' }, ':backup-vault:orders']],
    });
  });

  test('fails for two vaults of one name whose Region and account are only known at deploy time', () => {
    const stack = new Stack(new App(), 'Orders');
    vaultIn(stack).mirrorIn('ap-northeast-3');
    expect(() => new RecoveryVault(stack, 'Other', { vaultName: 'orders' }).mirrorIn('ap-northeast-3')).toThrow(
      /the vault name 'orders' is that of another vault with a mirror.*another 'vaultName'.*NameTaken/,
    );
  });

  test('fails for a construct under the id of the shared vault', () => {
    const stack = tokyo();
    new Construct(stack, 'SharedRecoveryVault');
    expect(() => RecoveryVault.shared(stack)).toThrow(/'Orders\/SharedRecoveryVault' has the id of a vault.*rename it.*NameTaken/);
  });

  test.each([{}, { account: '111122223333' }])("fails for the vault's own Region with %j", (options) => {
    expect(() => vaultIn(tokyo()).mirrorIn('ap-northeast-1', options)).toThrow(
      /'region' is ap-northeast-1, where the vault is itself.*MirrorInOwnRegion at 'Orders\/Vault'/,
    );
  });

  test('fails for a Region that is only known at deploy time', () => {
    const stack = tokyo();
    const region = new CfnParameter(stack, 'Region').valueAsString;
    expect(() => vaultIn(stack).mirrorIn(region)).toThrow(/RegionUnknown/);
  });

  test('fails when asked again for something else', () => {
    const vault = vaultIn(tokyo());
    const lock = VaultLock.governance({ minRetention: Duration.days(3) });
    const mirror = vault.mirrorIn('ap-northeast-3', { lock });
    expect(vault.mirrorIn('ap-northeast-3', { lock }) === mirror).toBe(true);
    expect(() => vault.mirrorIn('ap-northeast-3', { lock: VaultLock.governance({ minRetention: Duration.days(4) }) })).toThrow(
      /'lock' differs from that of the mirror which the vault has in 111122223333\/ap-northeast-3 already.*MirrorAlreadyDefined/,
    );
  });

  test.each<[string, (stack: Stack) => VaultMirrorOptions, RegExp]>([
    ['a key', (stack) => ({ encryptionKey: new Key(stack, 'Key') }), /'encryptionKey' is 'Orders\/Key'/],
    ['a topic', (stack) => ({ notifications: { topic: new Topic(stack, 'Topic') } }), /'topic' is 'Orders\/Topic'/],
    [
      'an exempt role',
      (stack) => ({
        deletion: VaultDeletion.denied({
          exemptRoles: [new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') })],
        }),
      }),
      /'exemptRoles' is 'Orders\/Role' in 111122223333 \/ ap-northeast-1, but the vault is in 111122223333 \/ ap-northeast-3/,
    ],
  ])('fails for %s of the primary Region, which the mirror has to deploy without', (_case, options, message) => {
    const stack = tokyo();
    expect(() => vaultIn(stack).mirrorIn('ap-northeast-3', options(stack))).toThrow(message);
    expect(() => vaultIn(tokyo()).mirrorIn('ap-northeast-3', options(tokyo()))).toThrow(/ReferenceAcrossRegions/);
  });

  test('fails for a key of a place that is only known at deploy time', () => {
    const encryptionKey = new Key(new Stack(new App(), 'Keys'), 'Key');
    expect(() => vaultIn(tokyo()).mirrorIn('ap-northeast-3', { encryptionKey })).toThrow(
      /'Keys\/Key' in an unknown place \/ an unknown place/,
    );
  });

  test('fails when asked again for something else where the account is only known at deploy time', () => {
    const vault = vaultIn(new Stack(new App(), 'Orders'));
    vault.mirrorIn('ap-northeast-3');
    expect(() => vault.mirrorIn('ap-northeast-3', { removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      /'removalPolicy' differs from that of the mirror which the vault has in ap-northeast-3 already/,
    );
  });

  test('takes an exempt role of the primary account by its ARN', () => {
    const stack = tokyo();
    const exemptRoles = [Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/Admin')];
    expect(() => vaultIn(stack).mirrorIn('ap-northeast-3', { deletion: VaultDeletion.denied({ exemptRoles }) })).not.toThrow();
  });
});

describe('the shared vault', () => {
  test('is one for a whole stack, whoever asks, nested stacks too', () => {
    const stack = tokyo();
    const vault = RecoveryVault.shared(stack);
    expect(RecoveryVault.shared(new Construct(stack, 'Somewhere')) === vault).toBe(true);
    expect(RecoveryVault.shared(new NestedStack(stack, 'Nested')) === vault).toBe(true);
  });

  test.each([
    ['a plan', (stack: Stack) => new Construct(stack, 'Plan')],
    ['a renamed plan', (stack: Stack) => new Construct(stack, 'Renamed')],
    ['a moved plan', (stack: Stack) => new Construct(new Construct(stack, 'Team'), 'Plan')],
  ])('is not replaced for %s: same logical ids, same name', (_case, plan) => {
    const stack = tokyo();
    RecoveryVault.shared(plan(stack));
    const template = Template.fromStack(stack);
    expect(Object.keys(template.findResources(VAULT))).toEqual(['SharedRecoveryVault41418832']);
    expect(Object.keys(template.findResources(KEY))).toEqual(['SharedRecoveryVaultKey82CF2A64']);
    template.hasResourceProperties(VAULT, { BackupVaultName: 'Orders-recovery' });
  });

  test.each([
    ['x', 'x-recovery'],
    [`a${'b'.repeat(40)}`, `a${'b'.repeat(40)}-recovery`],
    [`a${'b'.repeat(41)}`, `a${'b'.repeat(31)}-6ae67ac4-recovery`],
    [`a${'b'.repeat(127)}`, expect.stringMatching(/^ab{31}-[0-9a-f]{8}-recovery$/)],
  ])('of stack %s is called %s', (stackName, expected) => {
    const { vaultName } = RecoveryVault.shared(new Stack(new App(), 'S', { stackName })).traits;
    expect(vaultName).toEqual(expected);
    expect(vaultName).toMatch(LIMITS.vaultName.value);
  });

  test('of two stacks whose long names end differently have different names', () => {
    const names = ['1', '2'].map(
      (end) => RecoveryVault.shared(new Stack(new App(), 'S', { stackName: `a${'b'.repeat(80)}${end}` })).traits.vaultName,
    );
    expect(new Set(names).size).toBe(2);
  });

  test('of two stacks are two vaults', () => {
    const app = new App();
    expect(RecoveryVault.shared(tokyo(app)) === RecoveryVault.shared(new Stack(app, 'Other'))).toBe(false);
  });
});

test('a second synth gives byte-identical templates', () => {
  const synth = (): string => {
    const app = new App();
    const stack = tokyo(app);
    const shared = RecoveryVault.shared(stack);
    new CfnOutput(stack, 'Arn', { value: shared.mirrorIn('ap-northeast-3').backupVaultArn });
    vaultIn(stack).mirrorIn('us-west-2', { account: '444455556666' });
    return JSON.stringify(app.synth().stacks.map(({ template }) => template));
  };
  expect(synth()).toBe(synth());
});

test('the vaults of a plain application warn of nothing', () => {
  const stack = tokyo();
  const mirror = RecoveryVault.shared(stack).mirrorIn('ap-northeast-3', { account: '444455556666' });
  for (const one of [stack, mirror.stack]) {
    Annotations.fromStack(one).hasNoWarning('*', Match.anyValue());
    Annotations.fromStack(one).hasNoError('*', Match.anyValue());
  }
});
