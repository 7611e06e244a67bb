import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AttributeType, Table, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { InstanceClass, InstanceSize, InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerImage,
  ContainerInsights,
  Secret as ContainerSecret,
  FargateService,
  FargateTaskDefinition,
  LogDriver,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  BucketReplication,
  DatabaseReadReplica,
  DisasterRecovery,
  Probe,
  Protection,
  RecoverableCompute,
  RecoverableData,
  type RecoverySite,
  RecoveryStrategy,
  RecoveryTier,
  ReplicaBucket,
  RestoredType,
  TableReplication,
} from 'cdk-recovery';
import { Construct } from 'constructs';

const STRATEGIES: Readonly<Record<string, () => RecoveryStrategy>> = {
  'backup-and-restore': () => RecoveryStrategy.backupAndRestore(),
  'pilot-light': () => RecoveryStrategy.pilotLight(),
  'warm-standby': () => RecoveryStrategy.warmStandby({ capacity: 0.25 }),
  'hot-standby': () => RecoveryStrategy.hotStandby(),
  'multi-site': () => RecoveryStrategy.multiSite(),
};

/**
 * An application in Tokyo and Osaka: a service, a database, a table, a bucket and its address. `cdk synth -c strategy=pilot-light` makes it wait
 * otherwise, and `-c active=ap-northeast-3` is the deployment after a failover.
 */
export class OrdersInTwoRegions extends Construct {
  constructor(scope: Construct, id: string, { env }: StackProps) {
    super(scope, id);
    const recovery = new DisasterRecovery(this, 'Orders', {
      strategy: STRATEGIES[this.node.tryGetContext('strategy') ?? 'warm-standby'](),
      tier: RecoveryTier.IMPORTANT,
      primaryRegion: 'ap-northeast-1',
      recoveryRegion: 'ap-northeast-3',
      activeRegion: this.node.tryGetContext('active'),
      account: env?.account,
    });
    const tokyo = new OrdersStack(this, 'Tokyo', recovery.primary, recovery.recovery);
    new OrdersStack(this, 'Osaka', recovery.recovery, recovery.primary, tokyo);
    for (const site of recovery.sites) {
      site.topic.addSubscription(new EmailSubscription('oncall@example.com'));
    }
    recovery.drill();
  }
}

/** The application at one site. */
class OrdersStack extends Stack {
  private database?: DatabaseInstance;
  private protection?: Protection;

  /** Told here, so that synth needs no AWS account to ask. */
  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(
    scope: Construct,
    id: string,
    private readonly site: RecoverySite,
    private readonly other: RecoverySite,
    home?: OrdersStack,
  ) {
    super(scope, id, { env: site.env });
    const vpc = new Vpc(this, 'Network', { natGateways: 1 });
    if (site.isHome) {
      this.makeData(vpc);
    } else if (site.keepsData) {
      this.followData(vpc, home?.database as DatabaseInstance);
    } else {
      this.restoreData(home as OrdersStack);
    }
    this.serve(vpc);
  }

  /** The data that everything else is a copy of. */
  private makeData(vpc: Vpc): void {
    const { region: recoveryRegion, keepsData } = this.other;
    this.database = new DatabaseInstance(this, 'Database', {
      instanceIdentifier: 'orders',
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
      instanceType: InstanceType.of(InstanceClass.M7G, InstanceSize.LARGE),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      credentials: Credentials.fromGeneratedSecret('orders', {
        secretName: 'orders/database',
        replicaRegions: [{ region: recoveryRegion }],
      }),
      multiAz: true,
      storageEncrypted: true,
    });
    this.database.connections.allowDefaultPortFrom(this.database, 'what is in its own group');
    const table = new TableV2(this, 'Table', {
      tableName: 'orders',
      partitionKey: { name: 'id', type: AttributeType.STRING },
      encryption: TableEncryptionV2.dynamoOwnedKey(),
    });
    const bucket = new Bucket(this, 'Documents', {
      bucketName: this.bucketOf(this.region),
      versioned: true,
      encryptionKey: new Key(this, 'DocumentsKey', { alias: 'orders-documents', enableKeyRotation: true }),
      bucketKeyEnabled: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    });
    if (keepsData) {
      new TableReplication(this, 'TableReplication', { source: table, recoveryRegion });
      const replica = ReplicaBucket.inRegion(recoveryRegion, { bucketName: this.bucketOf(recoveryRegion) });
      new BucketReplication(this, 'BucketReplication', { source: bucket, rules: [{ destination: replica }], twoWay: true });
    }
    // a replica follows every error, so recovery points are kept whatever the strategy
    this.protection = new Protection(this, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion });
    for (const resource of [this.database, table, bucket]) {
      this.protection.protect(resource);
    }
    this.site.addData('database', RecoverableData.databaseInstance(this.database));
    this.site.addData('table', RecoverableData.table(table));
    this.site.addData('documents', RecoverableData.bucket(bucket, { twoWay: true }));
  }

  /** Copies that follow the data at home. */
  private followData(vpc: Vpc, source: DatabaseInstance): void {
    const { instance } = new DatabaseReadReplica(this, 'Database', {
      source,
      instanceIdentifier: 'orders',
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    });
    const documents = Bucket.fromBucketAttributes(this, 'Documents', { bucketName: this.bucketOf(this.region), region: this.region });
    this.site.addData('database', RecoverableData.databaseInstance(instance));
    this.site.addData('table', RecoverableData.table(Table.fromTableName(this, 'Table', 'orders')));
    this.site.addData('documents', RecoverableData.bucket(documents, { twoWay: true }));
  }

  /** Nothing but the copies of recovery points, which are restored when it comes to it. */
  private restoreData({ protection, region, account }: OrdersStack): void {
    const vault = protection?.recoveryVault;
    if (vault === undefined) {
      return;
    }
    const at = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
    this.site.addData(
      'database',
      RecoverableData.recoveryPoints({ vault, type: RestoredType.RDS, sourceArn: at('rds', 'db:orders'), identifier: 'orders' }),
    );
    this.site.addData(
      'table',
      RecoverableData.recoveryPoints({
        vault,
        type: RestoredType.DYNAMODB,
        sourceArn: at('dynamodb', 'table/orders'),
        identifier: 'orders',
      }),
    );
    this.site.addData(
      'documents',
      RecoverableData.recoveryPoints({
        vault,
        type: RestoredType.S3,
        sourceArn: `arn:aws:s3:::${this.bucketOf(region)}`,
        identifier: this.bucketOf(this.region),
      }),
    );
  }

  /** What answers users, as much of it as the strategy keeps here. */
  private serve(vpc: Vpc): void {
    const task = new FargateTaskDefinition(this, 'Task', { cpu: 512, memoryLimitMiB: 1024 });
    const secret = Secret.fromSecretNameV2(this, 'Login', 'orders/database');
    task.addContainer('api', {
      image: ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:stable'),
      portMappings: [{ containerPort: 80 }],
      logging: LogDriver.awsLogs({ streamPrefix: 'api' }),
      secrets: {
        PASSWORD: ContainerSecret.fromSecretsManager(secret, 'password'),
        // the address of a restored database is only known once it is there
        ...(this.site.keepsData
          ? {}
          : {
              HOST: ContainerSecret.fromSsmParameter(
                StringParameter.fromStringParameterName(this, 'Address', '/Orders/recovery/database/address'),
              ),
            }),
      },
    });
    const service = new FargateService(this, 'Service', {
      cluster: new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED }),
      taskDefinition: task,
      desiredCount: this.site.capacityOf(8),
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
    const balancer = new ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    balancer
      .addListener('Https', {
        port: 443,
        certificates: [Certificate.fromCertificateArn(this, 'Certificate', this.certificateArn())],
      })
      .addTargets('Service', {
        port: 80,
        protocol: ApplicationProtocol.HTTP,
        targets: [service],
        deregistrationDelay: Duration.seconds(30),
      });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: 'Z0123456789EXAMPLE', zoneName: 'example.com' });
    this.site.addCompute('api', RecoverableCompute.ecsService(service, { count: 8 }));
    this.site.addProbe(Probe.http(`https://${this.region}.orders.example.com/health`));
    this.site.routeTraffic({ zone, recordName: 'orders', target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)) });
  }

  private bucketOf(region: string): string {
    return `orders-documents-${this.account}-${region}`;
  }

  private certificateArn(): string {
    return `arn:aws:acm:${this.region}:${this.account}:certificate/11112222-3333-4444-5555-666677778888`;
  }
}
