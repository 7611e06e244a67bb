import { Annotations, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  Instance,
  InstanceClass,
  InstanceSize,
  InstanceType,
  MachineImage,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { Protection, RecoveryCoverage, RecoveryTier, RestoreTests } from '../lib';

/** What may be said about the demo. */
export interface OrdersStackProps extends StackProps {
  /** @default RecoveryTier.IMPORTANT */
  readonly tier?: RecoveryTier;
}

/** An order service with a database, a table, invoices in a bucket, shared files and a server with a data volume. */
export class OrdersStack extends Stack {
  /** Told here, so that synth needs no AWS account to ask. */
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(scope: Construct, id: string, props: OrdersStackProps) {
    super(scope, id, props);

    const vpc = new Vpc(this, 'Network', {
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const inside = { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } };

    const database = new DatabaseInstance(this, 'Database', {
      ...inside,
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
      instanceType: InstanceType.of(InstanceClass.R7G, InstanceSize.LARGE),
      databaseName: 'orders',
      multiAz: true,
      storageEncrypted: true,
    });
    const customers = new TableV2(this, 'Customers', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const invoices = new Bucket(this, 'Invoices', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
    });
    const files = new FileSystem(this, 'Files', { ...inside, encrypted: true });
    const server = new Instance(this, 'Server', {
      ...inside,
      instanceType: InstanceType.of(InstanceClass.T4G, InstanceSize.MICRO),
      machineImage: MachineImage.genericLinux({ 'ap-northeast-1': 'ami-0123456789abcdef0' }),
      blockDevices: [
        {
          deviceName: '/dev/sdf',
          volume: BlockDeviceVolume.ebs(20, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3, deleteOnTermination: false }),
        },
      ],
    });
    const thumbnails = new Bucket(this, 'Thumbnails', { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true });

    const protection = new Protection(this, 'Protection', {
      tier: props.tier ?? RecoveryTier.IMPORTANT,
      recoveryRegion: 'ap-northeast-3',
      restoreTests: RestoreTests.none('nobody deploys the demo to stay; examples/verified-database has its restores tested'),
    });
    protection.protect(database);
    protection.protect(customers);
    protection.protect(invoices);
    protection.protect(files);
    protection.protect(server);
    RecoveryCoverage.of(this).exclude(thumbnails, 'rebuilt from the invoices');

    Annotations.of(this).acknowledgeWarning('cdk-recovery:planNotWatched', 'nobody deploys the demo to stay; examples/watched has a watch');
    Annotations.of(this).acknowledgeWarning('cdk-recovery:tableCopiesNeedAdvancedFeatures', 'on in this account since its first vault');
    Validations.of(server).acknowledge({ id: 'CloudFormation-Validate::W9010', reason: 'an image of the demo, not of any account' });
  }
}
