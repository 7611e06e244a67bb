import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import {
  BucketReplication,
  CopyRule,
  DatabaseBackupReplication,
  DatabaseReadReplica,
  Protection,
  RecoveryTier,
  RecoveryVault,
  VaultLock,
} from 'cdk-recovery';
import type { Construct } from 'constructs';

const RECOVERY_REGION = 'ap-northeast-3';

/**
 * Three copies on two media, one off-site, over Tokyo and Osaka: a PostgreSQL database with a read replica and any second of two
 * weeks in the other Region, a bucket with a replica there, and recovery points of both in locked vaults in either Region.
 */
export class ThreeCopiesStack extends Stack {
  /** Told here, so that synth needs no AWS account to ask. */
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const database = new DatabaseInstance(this, 'Orders', {
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
      // the other Region names it by this
      instanceIdentifier: `${id}-orders`,
      vpc: network(this),
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      credentials: Credentials.fromGeneratedSecret('orders', { replicaRegions: [{ region: RECOVERY_REGION }] }),
      multiAz: true,
      storageEncrypted: true,
    });
    const documents = new Bucket(this, 'Documents', {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
    });

    const protection = new Protection(this, 'Protection', {
      tier: RecoveryTier.IMPORTANT,
      vault: new RecoveryVault(this, 'Vault', {
        lock: VaultLock.governance({ minRetention: Duration.days(1), maxRetention: Duration.days(2557) }),
      }),
      recoveryRegion: RECOVERY_REGION,
      copyRule: CopyRule.atLeast({ copies: 3, media: 2, offSite: 1, immutable: 1 }),
    });
    protection.protect(database);
    protection.protect(documents);

    new DatabaseBackupReplication(this, 'OrdersBackups', {
      source: database,
      recoveryRegion: RECOVERY_REGION,
      retention: Duration.days(14),
    });
    new BucketReplication(this, 'DocumentsReplica', { source: documents, recoveryRegion: RECOVERY_REGION });
    new RecoveryStack(scope, `${id}-osaka`, { ...props, env: { ...props.env, region: RECOVERY_REGION }, database });
  }
}

interface RecoveryStackProps extends StackProps {
  readonly database: DatabaseInstance;
}

/** The live side of the recovery Region; once it is there, it deploys while the other Region is gone. */
class RecoveryStack extends Stack {
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, { database, ...props }: RecoveryStackProps) {
    super(scope, id, props);

    new DatabaseReadReplica(this, 'Orders', {
      source: database,
      instanceIdentifier: `${id}-orders`,
      vpc: network(this),
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
  }
}

function network(stack: Stack): Vpc {
  return new Vpc(stack, 'Network', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
}
