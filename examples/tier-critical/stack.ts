import { Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Disruption, Protection, RecoveryObjective, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/**
 * RPO and RTO of an hour: point-in-time recovery everywhere, a standby in another zone, and a table with a live replica in
 * the recovery Region. The database has only copied recovery points there, so its objective for the loss of the Region is
 * relaxed in so many words; without that line synth fails and says why.
 */
export class CriticalStack extends Stack {
  /** Told here, so that synth needs no AWS account to ask. */
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const vpc = new Vpc(this, 'Network', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const database = new DatabaseInstance(this, 'Ledger', {
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      multiAz: true,
      storageEncrypted: true,
    });
    const sessions = new TableV2(this, 'Sessions', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      replicas: [{ region: 'ap-northeast-3', pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }],
    });

    const protection = new Protection(this, 'Protection', {
      tier: RecoveryTier.CRITICAL,
      recoveryRegion: 'ap-northeast-3',
    });
    protection.protect(sessions, { expects: { dataSize: Size.gibibytes(20) } });
    protection.protect(database, {
      objective: RecoveryObjective.of({ rpo: Duration.hours(1), rto: Duration.hours(1) }).during(Disruption.REGION_LOSS, {
        rpo: Duration.hours(4),
        rto: Duration.hours(4),
      }),
      expects: { restoreTime: Duration.minutes(25) },
    });
  }
}
