import { type BackupVaultReference, CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { ArnFormat, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { keyIdOf } from '../core/private/keys';
import { known } from '../core/private/known';
import { outermostStackOf } from '../core/private/outermost-stack';
import { watchOverrides } from '../core/private/overrides';
import { insist } from '../core/private/problems';
import { checkName } from '../model/limits';
import { CopySource } from './copy-source';
import type { IRecoveryVault } from './irecovery-vault';
import { AccessPolicy } from './private/access-policy';
import { attributeOrText, computedVaultArn } from './private/identity';
import { ImportedVault } from './private/imported-vault';
import { allowUse, ownKey, requireKeyNear } from './private/key';
import { lockTraits, renderLock, requireRetained } from './private/lock';
import { mirrorPlace, requireSameOptions } from './private/mirrors';
import { claimVaultName, defaultVaultName, sharedVaultName } from './private/names';
import { renderNotifications } from './private/notifications';
import type { VaultAttributes } from './vault-attributes';
import { VaultDeletion } from './vault-deletion';
import { VaultKeyKind } from './vault-key-kind';
import type { VaultLock } from './vault-lock';
import type { VaultMirrorOptions } from './vault-mirror-options';
import type { VaultNotifications } from './vault-notifications';
import type { VaultTraits } from './vault-traits';

/** Properties of a RecoveryVault. */
export interface RecoveryVaultProps {
  /**
   * The name of the vault: 2 to 50 letters, digits, hyphens or underscores (AWS Backup API model). Another name replaces the vault.
   * @default - the name of the stack and the path of the construct, with a hash
   */
  readonly vaultName?: string;
  /**
   * The customer managed key that encrypts the recovery points. Another key replaces the vault.
   * @default - an own key with rotation, used through AWS Backup and by whom the account's IAM policies let
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Keeps recovery points from being deleted before their retention ends.
   * @default - no lock
   */
  readonly lock?: VaultLock;
  /**
   * Who may delete recovery points before their retention ends, as far as the lock lets.
   * @default VaultDeletion.denied()
   */
  readonly deletion?: VaultDeletion;
  /**
   * Who may copy recovery points into the vault from other accounts.
   * @default - nobody
   */
  readonly allowCopyFrom?: CopySource[];
  /**
   * Where the vault tells what happens to its recovery points.
   * @default - nowhere
   */
  readonly notifications?: VaultNotifications;
  /**
   * What becomes of the vault and its own key when they leave the stack. A vault that holds recovery points cannot be deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: retained, unless the very deployment that makes the vault fails, whose
   * next attempt needs the name again; the key is retained even then
   */
  readonly removalPolicy?: RemovalPolicy;
}

const SHARED_ID = 'SharedRecoveryVault';

/**
 * A backup vault with a key of its own, from which nobody deletes.
 * @example
 * const vault = new RecoveryVault(this, 'Vault', {
 *   lock: VaultLock.governance({ minRetention: Duration.days(7) }),
 * });
 * vault.mirrorIn('ap-northeast-3');
 */
export class RecoveryVault extends Resource implements IRecoveryVault {
  /**
   * The vault which everything in a stack shares by default, made when it is first asked for. Its id and name depend on the
   * stack only, so plans can be renamed and moved inside the stack without replacing it.
   */
  public static shared(scope: Construct): RecoveryVault {
    const stack = outermostStackOf(scope);
    return ownChild(stack, SHARED_ID) ?? new RecoveryVault(stack, SHARED_ID, { vaultName: sharedVaultName(stack) });
  }

  /**
   * The mirror that the shared vault of the stack would have, for what keeps its recovery points in a vault that this app
   * does not define.
   * @internal
   */
  public static _sharedMirror(scope: Construct, region: string, options: VaultMirrorOptions): RecoveryVault {
    const home = outermostStackOf(scope);
    const vaultName = sharedVaultName(home);
    const { stack, sourceAccount } = mirrorPlace(home, vaultName, region, options.account);
    return ownChild(stack, vaultName) ?? RecoveryVault.newMirror(stack, vaultName, sourceAccount, options);
  }

  private static newMirror(
    stack: Stack,
    vaultName: string,
    sourceAccount: string | undefined,
    { account: _account, allowCopyFrom = [], ...options }: VaultMirrorOptions,
  ): RecoveryVault {
    if (stack.node.tryFindChild(vaultName)) {
      const message = `the vault name '${vaultName}' is that of another vault with a mirror in '${stack.node.path}' already: give one of them another 'vaultName'`;
      throw new ConfigurationError('NameTaken', message, stack);
    }
    const sources = sourceAccount ? [CopySource.account(sourceAccount), ...allowCopyFrom] : allowCopyFrom;
    return new RecoveryVault(stack, vaultName, { ...options, vaultName, allowCopyFrom: sources });
  }

  /** References a vault that this app does not define, in the Region and account of its ARN. */
  public static fromVaultArn(scope: Construct, id: string, backupVaultArn: string): IRecoveryVault {
    return new ImportedVault(scope, id, { backupVaultArn });
  }

  /** References a vault that this app does not define, in the Region and account of the stack. */
  public static fromVaultName(scope: Construct, id: string, backupVaultName: string): IRecoveryVault {
    insist(scope, checkName('vault', 'backupVaultName', known(backupVaultName)));
    const backupVaultArn = Stack.of(scope).formatArn({
      service: 'backup',
      resource: 'backup-vault',
      resourceName: backupVaultName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return new ImportedVault(scope, id, { backupVaultArn });
  }

  /** References a vault that this app does not define, with what it may hold, so that rules are checked against it. */
  public static fromVaultAttributes(scope: Construct, id: string, attrs: VaultAttributes): IRecoveryVault {
    return new ImportedVault(scope, id, attrs);
  }

  public readonly backupVaultName: string;
  public readonly backupVaultArn: string;
  public readonly traits: VaultTraits;
  /** The key that encrypts the recovery points. */
  public readonly encryptionKey: IKeyRef;

  private readonly policy: AccessPolicy;
  private readonly mirrors = new Map<string, { readonly mirror: RecoveryVault; readonly options: VaultMirrorOptions }>();
  private readonly physicalVaultName: string;

  constructor(scope: Construct, id: string, props: RecoveryVaultProps = {}) {
    super(scope, id);
    const { lock, deletion = VaultDeletion.denied(), removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE } = props;
    this.physicalVaultName = props.vaultName ?? defaultVaultName(this);
    insist(this, checkName('vault', 'vaultName', known(this.physicalVaultName)));
    claimVaultName(this, this.physicalVaultName);
    requireRetained(this, removalPolicy, lock?.mode);

    this.policy = new AccessPolicy(this);
    this.policy.denyDeletion(deletion);
    this.encryptionKey = props.encryptionKey ?? ownKey(this, { vaultName: this.physicalVaultName, deletion, removalPolicy });
    const rendered = props.notifications && renderNotifications(this, props.notifications);
    const vault = new CfnBackupVault(this, 'Resource', {
      backupVaultName: this.physicalVaultName,
      encryptionKeyArn: requireKeyNear(this, this.encryptionKey),
      accessPolicy: this.policy.render(),
      lockConfiguration: lock && renderLock(this, lock),
      notifications: rendered?.notifications,
    });
    vault.applyRemovalPolicy(removalPolicy);
    watchOverrides(this, vault);
    vault.node.addDependency(...(rendered?.dependables ?? []));

    this.backupVaultName = attributeOrText(this, vault.attrBackupVaultName, () => this.physicalVaultName);
    this.backupVaultArn = attributeOrText(this, vault.attrBackupVaultArn, (consumer) =>
      computedVaultArn(consumer, this, this.physicalVaultName),
    );
    this.traits = {
      vaultName: known(this.physicalVaultName),
      region: known(this.stack.region),
      account: known(this.stack.account),
      ...lockTraits(lock),
      key: VaultKeyKind.CUSTOMER,
      keyId: keyIdOf(this.encryptionKey.keyRef.keyArn),
      airGapped: false,
    };
    for (const source of props.allowCopyFrom ?? []) {
      this.allowCopyFrom(source);
    }
  }

  public get backupVaultRef(): BackupVaultReference {
    return { backupVaultArn: this.backupVaultArn, backupVaultName: this.backupVaultName };
  }

  /** Adds a statement to the access policy of the vault; without resources it holds for the vault and all it contains. */
  public addToAccessPolicy(statement: PolicyStatement): void {
    this.policy.add(statement);
  }

  /** Lets another account or an organization copy recovery points into the vault, and use its key for that. */
  public allowCopyFrom(source: CopySource): void {
    this.policy.allowCopyFrom(source);
    allowUse(this, this.encryptionKey, source);
  }

  /**
   * Defines a vault of the same name in another Region or account, in a stack that is deployed before this one and needs
   * nothing from it. Asked for again, it is the same mirror.
   * @param region the Region of the mirror, as plain text
   * @param options what differs from the defaults
   */
  public mirrorIn(region: string, options: VaultMirrorOptions = {}): RecoveryVault {
    const { stack, key, sourceAccount } = mirrorPlace(this, this.physicalVaultName, region, options.account);
    const existing = this.mirrors.get(key);
    if (existing) {
      requireSameOptions(this, key, existing.options, options);
      return existing.mirror;
    }
    const mirror = RecoveryVault.newMirror(stack, this.physicalVaultName, sourceAccount, options);
    if (sourceAccount) {
      allowUse(this, this.encryptionKey, CopySource.account(mirror.stack.account));
    }
    this.mirrors.set(key, { mirror, options });
    return mirror;
  }
}

/** What this library has under an id of its own; refuses what a user has there. */
function ownChild(stack: Stack, id: string): RecoveryVault | undefined {
  const found = stack.node.tryFindChild(id);
  if (found && !(found instanceof RecoveryVault)) {
    throw new ConfigurationError('NameTaken', `'${found.node.path}' has the id of a vault that this library makes: rename it`, stack);
  }
  return found;
}
