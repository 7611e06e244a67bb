import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Protection, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** RPO and RTO of a day: as few recovery points as keep it, in the Region of the data. */
export class StandardStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const articles = new TableV2(this, 'Articles', { partitionKey: { name: 'id', type: AttributeType.STRING } });

    new Protection(this, 'Protection', { tier: RecoveryTier.STANDARD }).protect(articles);
  }
}
