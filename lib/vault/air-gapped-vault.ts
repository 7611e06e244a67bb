import { type BackupVaultReference, CfnLogicallyAirGappedBackupVault } from 'aws-cdk-lib/aws-backup';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { type Duration, RemovalPolicy, Resource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { keyIdOf } from '../core/private/keys';
import { known, wholeUnits } from '../core/private/known';
import { watchOverrides } from '../core/private/overrides';
import { insist } from '../core/private/problems';
import { checkAirGapped, checkName } from '../model/limits';
import type { ComplianceAcknowledgement } from './compliance-acknowledgement';
import type { CopySource } from './copy-source';
import type { IRecoveryVault } from './irecovery-vault';
import { AccessPolicy } from './private/access-policy';
import { attributeOrText, computedVaultArn } from './private/identity';
import { allowUse, requireKeyNear } from './private/key';
import { knownDuration, requireAcknowledged } from './private/lock';
import { claimVaultName, defaultVaultName } from './private/names';
import { renderNotifications } from './private/notifications';
import { VaultDeletion } from './vault-deletion';
import { VaultKeyKind } from './vault-key-kind';
import { VaultLockMode } from './vault-lock-mode';
import type { VaultNotifications } from './vault-notifications';
import type { VaultTraits } from './vault-traits';

/** Properties of an AirGappedVault. */
export interface AirGappedVaultProps {
  /** The shortest retention that the vault accepts, in whole days: 7 to 36500 (AWS Backup API model). */
  readonly minRetention: Duration;
  /** The longest retention that the vault accepts, in whole days: `minRetention` to 36500 (AWS Backup API model). */
  readonly maxRetention: Duration;
  /** What is impossible from the first recovery point on: such a vault is always locked for compliance, without a grace period. */
  readonly acknowledgement: ComplianceAcknowledgement;
  /**
   * The name of the vault: 2 to 50 letters, digits, hyphens or underscores (AWS Backup API model). Another name replaces the vault.
   * @default - the name of the stack and the path of the construct, with a hash
   */
  readonly vaultName?: string;
  /**
   * The customer managed key that encrypts the recovery points. Another key replaces the vault.
   * @default - a key that AWS owns: nobody in the account can disable or delete it
   */
  readonly encryptionKey?: IKeyRef;
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
   * The ARN of the team whose members together open the vault to another account when its own is lost. It cannot be changed
   * by the template once it is set.
   * @default - nobody can open the vault to another account by approval
   */
  readonly approvalTeamArn?: string;
}

/**
 * A logically air-gapped vault: isolated from the account, always locked for compliance.
 * @example
 * new AirGappedVault(this, 'AirGapped', {
 *   minRetention: Duration.days(7),
 *   maxRetention: Duration.days(90),
 *   acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
 * });
 */
export class AirGappedVault extends Resource implements IRecoveryVault {
  public readonly backupVaultName: string;
  public readonly backupVaultArn: string;
  public readonly traits: VaultTraits;

  private readonly policy: AccessPolicy;
  private readonly encryptionKey?: IKeyRef;

  constructor(scope: Construct, id: string, props: AirGappedVaultProps) {
    super(scope, id);
    const vaultName = props.vaultName ?? defaultVaultName(this);
    const minRetentionDays = wholeUnits(this, 'minRetention', props.minRetention, 'days');
    const maxRetentionDays = wholeUnits(this, 'maxRetention', props.maxRetention, 'days');
    insist(
      this,
      checkName('vault', 'vaultName', known(vaultName)),
      checkAirGapped({ minDays: known(minRetentionDays), maxDays: known(maxRetentionDays) }),
    );
    requireAcknowledged(this, props.acknowledgement, 'a RecoveryVault with VaultLock.governance()');
    claimVaultName(this, vaultName);

    this.policy = new AccessPolicy(this);
    this.policy.denyDeletion(VaultDeletion.denied());
    this.encryptionKey = props.encryptionKey;
    const rendered = props.notifications && renderNotifications(this, props.notifications);
    const vault = new CfnLogicallyAirGappedBackupVault(this, 'Resource', {
      backupVaultName: vaultName,
      minRetentionDays,
      maxRetentionDays,
      encryptionKeyArn: this.encryptionKey && requireKeyNear(this, this.encryptionKey),
      accessPolicy: this.policy.render(),
      notifications: rendered?.notifications,
      mpaApprovalTeamArn: props.approvalTeamArn,
    });
    watchOverrides(this, vault);
    vault.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    vault.node.addDependency(...(rendered?.dependables ?? []));

    this.backupVaultName = attributeOrText(this, vault.ref, () => vaultName);
    this.backupVaultArn = attributeOrText(this, vault.attrBackupVaultArn, (consumer) => computedVaultArn(consumer, this, vaultName));
    this.traits = {
      vaultName: known(vaultName),
      region: known(this.stack.region),
      account: known(this.stack.account),
      lock: VaultLockMode.COMPLIANCE,
      minRetention: knownDuration(props.minRetention),
      maxRetention: knownDuration(props.maxRetention),
      key: this.encryptionKey ? VaultKeyKind.CUSTOMER : VaultKeyKind.AWS_OWNED,
      keyId: this.encryptionKey && keyIdOf(this.encryptionKey.keyRef.keyArn),
      airGapped: true,
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

  /** Lets another account or an organization copy recovery points into the vault. */
  public allowCopyFrom(source: CopySource): void {
    this.policy.allowCopyFrom(source);
    if (this.encryptionKey) {
      allowUse(this, this.encryptionKey, source);
    }
  }
}
