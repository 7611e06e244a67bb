import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DatabaseCredentials, DataCheck, Protection, RecoveryTier, RestoreMetadata, RestoreTests, RestoreVerification } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** A shop whose backups are restored every week here and every month in another Region, each time with a look at the data. */
export class VerifiedStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const shop = new DatabaseInstance(this, 'Shop', {
      // named, so that the other Region knows it too
      instanceIdentifier: 'verified-shop',
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
      instanceType: new InstanceType('m7g.large'),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      credentials: Credentials.fromGeneratedSecret('shop', { excludeCharacters: ' %+~`#$&*()|[]{}:;<>?!\'/@"\\' }),
      storageEncrypted: true,
      multiAz: true,
    });
    const invoices = new Bucket(this, 'Invoices', { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

    const protection = new Protection(this, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' });
    protection.protect(shop, {
      // the user of a role that may only read; its secret is replicated to ap-northeast-3
      credentials: DatabaseCredentials.fromSecret(Secret.fromSecretNameV2(this, 'Reader', 'shop/reader')),
      checks: [
        DataCheck.connection(),
        DataCheck.rowCount('orders', { tolerance: 0.1 }),
        DataCheck.newest('orders', 'created_at', { within: Duration.hours(4) }),
        DataCheck.foreignKeys(),
        DataCheck.corruption(),
        ...DataCheck.monthlyChecklist({ mainTables: { customers: 10_000, orders: 100_000 } }),
      ],
    });
    protection.protect(invoices, { checks: [DataCheck.objects({ atLeast: 1_000, sample: 50 })] });

    const topic = new Topic(this, 'OnCall', { enforceSSL: true });
    const osaka = Topic.fromTopicArn(this, 'Osaka', `arn:aws:sns:ap-northeast-3:${this.account}:alarms`);
    new RestoreVerification(this, 'Verification', {
      protection,
      copies: RestoreTests.monthly(),
      metadata: [RestoreMetadata.databaseInstance({ instanceClass: 'db.t4g.large' })],
      alarmActions: { all: [new SnsAction(topic)] },
      alarmActionsOfCopies: { all: [new SnsAction(osaka)] },
    });
  }
}
