// An application of a database and a service, in Tokyo and Osaka. Nothing in it knows of the demonstration.
import { App, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { DisasterRecovery, Probe, RecoverableData, RecoveryObjective, type RecoverySite, RecoveryStrategy } from '../../lib';
import { SiteStack } from '../../test/integ/fixtures/recovery-stack';

/** Connects to the database of its Region, as the application does. */
const LOOK = `
const { RDSClient, DescribeDBInstancesCommand } = require('@aws-sdk/client-rds');
const net = require('node:net');
exports.handler = async () => {
  const { DBInstances } = await new RDSClient({}).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
  const { Address, Port } = DBInstances[0].Endpoint;
  await new Promise((resolve, reject) => {
    const socket = net.connect(Port, Address, () => resolve(socket.destroy())).on('error', reject);
  });
};`;

class OrdersStack extends SiteStack {
  public readonly database?: DatabaseInstance;

  constructor(app: App, id: string, site: RecoverySite, source?: DatabaseInstance) {
    super(app, id, site);
    const database = this.postgres(source);
    this.database = database instanceof DatabaseInstance ? database : undefined;
    site.addData('orders', RecoverableData.databaseInstance(database));
    const look = new LambdaFunction(this, 'Look', {
      code: Code.fromInline(LOOK),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_22_X,
      initialPolicy: [new PolicyStatement({ actions: ['rds:DescribeDBInstances'], resources: ['*'] })],
    });
    this.serve(4, Probe.function(look, { name: 'the database answers' }));
  }
}

const app = new App();
const recovery = new DisasterRecovery(app, 'Orders', {
  strategy: RecoveryStrategy.warmStandby({ capacity: 0.25 }),
  objective: RecoveryObjective.of({ rpo: Duration.minutes(5), rto: Duration.hours(1) }),
  primaryRegion: 'ap-northeast-1',
  recoveryRegion: 'ap-northeast-3',
  account: '123456789012',
});
const tokyo = new OrdersStack(app, 'Tokyo', recovery.primary);
new OrdersStack(app, 'Osaka', recovery.recovery, tokyo.database);
recovery.drill();
app.synth();
