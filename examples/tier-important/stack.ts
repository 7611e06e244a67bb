import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Protection, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** RPO and RTO of four hours: hourly recovery points, all of them copied to another Region. */
export class ImportantStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const customers = new TableV2(this, 'Customers', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const contracts = new Bucket(this, 'Contracts', { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

    const protection = new Protection(this, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' });
    protection.protect(customers);
    protection.protect(contracts);
  }
}
