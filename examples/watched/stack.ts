import { Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Protection, RecoveryTier, RecoveryWatch } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** A table with copies in another Region, and a watch that calls by night only where data could not be brought back. */
export class WatchedStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const table = new TableV2(this, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const protection = new Protection(this, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' });
    protection.protect(table);

    const key = new Key(this, 'AlarmKey', { enableKeyRotation: true });
    key.grant(new ServicePrincipal('cloudwatch.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey*');
    const mail = new SnsAction(new Topic(this, 'Mail', { masterKey: key, enforceSSL: true }));
    const pager = new SnsAction(new Topic(this, 'Pager', { masterKey: key, enforceSSL: true }));
    // made beforehand: CloudWatch acts in its own Region only
    const osaka = Topic.fromTopicArn(this, 'Osaka', `arn:aws:sns:ap-northeast-3:${this.account}:alarms`);

    new RecoveryWatch(this, 'Watch', {
      only: [protection],
      alarmActions: { all: [mail], critical: [pager] },
      alarmActionsIn: { 'ap-northeast-3': { all: [new SnsAction(osaka)] } },
    });
  }
}
