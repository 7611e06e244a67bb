import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AuroraPostgresEngineVersion, ClusterInstance, Credentials, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { AuroraGlobalDatabase, AuroraSecondaryCluster, type IAuroraGlobalDatabase, Protection, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

const RECOVERY_REGION = 'ap-northeast-3';

/**
 * A global database of Aurora: its secondary cluster is seconds behind, with a reader that takes over when the Region is lost.
 * Errors are in every Region within a second, so a plan keeps recovery points too.
 */
export class AuroraGlobalStack extends Stack {
  /** Told here, so that synth needs no AWS account to ask. */
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const cluster = new DatabaseCluster(this, 'Orders', {
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_6 }),
      vpc: network(this),
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      // the application in the recovery Region logs in with the same secret
      credentials: Credentials.fromGeneratedSecret('orders', { replicaRegions: [{ region: RECOVERY_REGION }] }),
      writer: ClusterInstance.serverlessV2('writer'),
      readers: [ClusterInstance.serverlessV2('reader', { scaleWithWriter: true })],
      serverlessV2MinCapacity: 8,
      serverlessV2MaxCapacity: 32,
      storageEncrypted: true,
    });
    const orders = new AuroraGlobalDatabase(this, 'Global', { primary: cluster });
    new RecoveryStack(scope, `${id}-osaka`, { ...props, env: { ...props.env, region: RECOVERY_REGION }, orders });

    const protection = new Protection(this, 'Protection', { tier: RecoveryTier.CRITICAL, recoveryRegion: RECOVERY_REGION });
    protection.protect(cluster, { expects: { restoreTime: Duration.minutes(25) } });
  }
}

interface RecoveryStackProps extends StackProps {
  readonly orders: IAuroraGlobalDatabase;
}

/** What stands in the recovery Region; once it is there, it deploys while the other Region is gone. */
class RecoveryStack extends Stack {
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, { orders, ...props }: RecoveryStackProps) {
    super(scope, id, props);

    new AuroraSecondaryCluster(this, 'Orders', {
      globalDatabase: orders,
      vpc: network(this),
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      readers: [ClusterInstance.serverlessV2('reader')],
    });
  }
}

function network(stack: Stack): Vpc {
  return new Vpc(stack, 'Network', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
}
