import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Disruption, Protection, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/**
 * Copies to another Region of another account of the organization: what an administrator of this account does, or somebody
 * who stole their credentials, does not reach it.
 */
export class CrossAccountStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const key = new Key(this, 'Key', { enableKeyRotation: true });
    const ledger = new TableV2(this, 'Ledger', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      encryption: TableEncryptionV2.customerManagedKey(key),
    });

    const protection = new Protection(this, 'Protection', {
      tier: RecoveryTier.IMPORTANT,
      recoveryRegion: 'ap-northeast-3',
      recoveryAccount: '444455556666',
      survives: [Disruption.OPERATOR_ERROR, Disruption.ZONE_LOSS, Disruption.REGION_LOSS, Disruption.ACCOUNT_COMPROMISE],
    });
    protection.protect(ledger);
  }
}
