// An application of a database and a service, in Tokyo and Osaka. Nothing in it knows of the demonstration.
import { App, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as route53 from 'aws-cdk-lib/aws-route53';
import {
  DatabaseReadReplica,
  DisasterRecovery,
  Probe,
  RecoverableCompute,
  RecoverableData,
  RecoveryObjective,
  type RecoverySite,
  RecoveryStrategy,
} from '../../lib';

const app = new App();
const { zone: hostedZoneId, password } = app.node.tryGetContext('demo') as { readonly zone: string; readonly password: string };

/** Connects to the database of its Region, as the application does. */
const LOOK = `
const { RDSClient, DescribeDBInstancesCommand } = require('@aws-sdk/client-rds');
const net = require('node:net');
exports.handler = async () => {
  const { DBInstances } = await new RDSClient({}).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'shop' }));
  const { Address, Port } = DBInstances[0].Endpoint;
  await new Promise((resolve, reject) => {
    const socket = net.connect(Port, Address, () => resolve(socket.destroy())).on('error', reject);
  });
};`;

class ShopStack extends Stack {
  public readonly database?: rds.DatabaseInstance;

  public override get availabilityZones(): string[] {
    return [`${this.region}a`, `${this.region}c`];
  }

  constructor(id: string, site: RecoverySite, source?: rds.DatabaseInstance) {
    super(app, id, { env: site.env });
    const network = { natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] };
    const vpc = new ec2.Vpc(this, 'Network', network);
    const place = { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, instanceIdentifier: 'shop' };
    if (source) {
      const replica = new DatabaseReadReplica(this, 'Database', { ...place, source });
      replica.instance.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock));
      site.addData('shop', RecoverableData.databaseInstance(replica.instance));
    } else {
      this.database = new rds.DatabaseInstance(this, 'Database', {
        ...place,
        engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16 }),
        instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
        databaseName: 'shop',
        credentials: rds.Credentials.fromPassword('app', SecretValue.unsafePlainText(password)),
        storageEncrypted: true,
        backupRetention: Duration.days(7),
      });
      this.database.connections.allowDefaultPortFrom(ec2.Peer.ipv4(vpc.vpcCidrBlock));
      site.addData('shop', RecoverableData.databaseInstance(this.database));
    }

    const task = new ecs.FargateTaskDefinition(this, 'Task');
    task.addContainer('web', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx') });
    const service = new ecs.FargateService(this, 'Service', {
      cluster: new ecs.Cluster(this, 'Cluster', { vpc, clusterName: 'shop' }),
      serviceName: 'web',
      taskDefinition: task,
      desiredCount: site.capacityOf(4),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    site.addCompute('web', RecoverableCompute.ecsService(service, { count: 4 }));

    const look = new lambda.Function(this, 'Look', {
      code: lambda.Code.fromInline(LOOK),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_22_X,
      initialPolicy: [new PolicyStatement({ actions: ['rds:DescribeDBInstances'], resources: ['*'] })],
    });
    site.addProbe(Probe.function(look, { name: 'the database answers' }));

    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: 'shop.example' });
    const target = route53.RecordTarget.fromIpAddresses(site.isHome ? '192.0.2.1' : '192.0.2.3');
    site.routeTraffic({ zone, recordName: 'www', target });
  }
}

const recovery = new DisasterRecovery(app, 'Shop', {
  strategy: RecoveryStrategy.warmStandby({ capacity: 0.25 }),
  objective: RecoveryObjective.of({ rpo: Duration.minutes(5), rto: Duration.hours(1) }),
  primaryRegion: 'ap-northeast-1',
  recoveryRegion: 'ap-northeast-3',
  account: '123456789012',
});
const tokyo = new ShopStack('ShopTokyo', recovery.primary);
new ShopStack('ShopOsaka', recovery.recovery, tokyo.database);
recovery.drill();
app.synth();
