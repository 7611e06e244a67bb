import { Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BackupRepository, PostgresBackup, RecoveryTier } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** A database that people run themselves: dumps that are verified before they count, in two Regions, watched for failure and absence. */
export class SelfManagedDatabasesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const vpc = new Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1, flowLogs: { all: {} } });
    const servers = new SecurityGroup(this, 'Servers', { vpc, description: 'Database servers' });
    const alarmActions = [new SnsAction(new Topic(this, 'OnCall', { enforceSSL: true }))];
    const repository = new BackupRepository(this, 'Repository', { recoveryRegion: 'ap-northeast-3', alarmActions });

    const orders = new PostgresBackup(this, 'Orders', {
      repository,
      server: {
        host: 'orders.db.example.com',
        database: 'orders',
        credentials: Secret.fromSecretNameV2(this, 'OrdersReader', 'orders/reader'),
        vpc,
      },
      tier: RecoveryTier.STANDARD,
      expects: { dataSize: Size.gibibytes(40), restoreTime: Duration.hours(2) },
      alarmActions,
    });
    orders.connections.allowTo(servers, Port.POSTGRES);

    servers.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Packages and AWS');
  }
}
