import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Protection, RecoveryTier, RecoveryVault, VaultKeyKind, VaultLockMode } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** Works with what is there already: a vault with a lock, a key for a second vault, and a table that another stack owns. */
export class ExistingStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const customers = Table.fromTableName(this, 'Customers', 'customers');

    // what is said about the vault here is what rules are checked against
    const locked = RecoveryVault.fromVaultAttributes(this, 'Locked', {
      backupVaultArn: `arn:aws:backup:${this.region}:${this.account}:backup-vault:company-locked`,
      lock: VaultLockMode.GOVERNANCE,
      minRetention: Duration.days(7),
      maxRetention: Duration.days(3660),
      key: VaultKeyKind.CUSTOMER,
    });
    new Protection(this, 'Company', { tier: RecoveryTier.STANDARD, vault: locked }).protect(customers);

    // a vault of our own under the company's key
    const key = Key.fromKeyArn(this, 'Key', `arn:aws:kms:${this.region}:${this.account}:key/11111111-2222-4333-8444-555555555555`);
    const vault = new RecoveryVault(this, 'Vault', { vaultName: 'customers-second', encryptionKey: key });
    const orders = Table.fromTableName(this, 'Orders', 'orders');
    new Protection(this, 'Team', { tier: RecoveryTier.LOW, vault }).protect(orders);
  }
}
