import { Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { InstanceType, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Credentials, DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CopyRule, DatabaseExport, ObjectLock, Protection, RecoveryTier, TableExport } from 'cdk-recovery';
import type { Construct } from 'constructs';

/** Three media: the service itself, AWS Backup, and files that nobody deletes by mistake, in two Regions every day, and monthly as an archive. */
export class ExportedStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
    });
    const ledger = new DatabaseInstance(this, 'Ledger', {
      engine: DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17_6 }),
      instanceType: new InstanceType('m7g.large'),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      credentials: Credentials.fromGeneratedSecret('ledger', { excludeCharacters: ' %+~`#$&*()|[]{}:;<>?!\'/@"\\' }),
      storageEncrypted: true,
      multiAz: true,
    });
    const accounts = new TableV2(this, 'Accounts', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const topic = new Topic(this, 'OnCall', { enforceSSL: true });
    const alarmActions = [new SnsAction(topic)];
    const offSite = { lock: ObjectLock.governance(), recoveryRegion: 'ap-northeast-3', alarmActions };

    const protection = new Protection(this, 'Protection', {
      tier: RecoveryTier.STANDARD,
      copyRule: CopyRule.atLeast({ copies: 3, media: 3, offSite: 1, immutable: 1 }),
    });
    protection.protect(ledger);
    protection.protect(accounts);

    new TableExport(this, 'DailyAccounts', {
      source: accounts,
      expects: { dataSize: Size.gibibytes(40) },
      ...offSite,
    });
    new DatabaseExport(this, 'DailyLedger', { source: ledger, ...offSite });
    new DatabaseExport(this, 'MonthlyLedger', {
      source: ledger,
      schedule: Schedule.cron({ minute: '0', hour: '4', day: '1' }),
      keep: Duration.days(7 * 366),
      alarmActions,
    });
  }
}
