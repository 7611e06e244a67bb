import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Protection, RecoveryCoverage, RecoveryTier, Selection, TagCondition } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** Protects by tags: whatever belongs to production, but not what says that it needs no backup, and not the scratch bucket. */
export class TaggedStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const ledger = new TableV2(this, 'Ledger', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const cache = new TableV2(this, 'Cache', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const scratch = new Bucket(this, 'Scratch', { versioned: true, blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true });
    Tags.of(this).add('env', 'production');
    Tags.of(this).add('backup', 'daily');
    Tags.of(cache).add('backup', 'none', { priority: 200 });

    const protection = new Protection(this, 'Protection', { tier: RecoveryTier.STANDARD });
    protection.protectSelection(
      'Production',
      Selection.allOf(TagCondition.like('env', 'prod*'), TagCondition.notEqualTo('backup', 'none')).except(scratch),
    );
    // one of them matters more than the others
    protection.protect(ledger, { tier: RecoveryTier.IMPORTANT });

    RecoveryCoverage.of(this).exclude(cache, 'filled again by the service within minutes');
    RecoveryCoverage.of(this).exclude(scratch, 'nothing in it is needed after a day');
  }
}
