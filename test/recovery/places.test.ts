import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { RecoverableCompute, RecoverableData } from '../../lib';
import { configOf, Orders, recoveryIn, recoveryStackOf, TOKYO, twoSites } from './sites';

test('an account that nobody names is that of the deployment, at both sites', () => {
  const { app, recovery } = twoSites({ account: undefined });
  expect(() => app.synth()).not.toThrow();
  const agents = JSON.stringify(Template.fromStack(recoveryStackOf(recovery.recovery)).findResources('AWS::IAM::Policy'));
  expect(agents).toContain(':lambda:ap-northeast-1:",{"Ref":"AWS::AccountId"},":function:Orders-recovery-agent');
});

test('a stage has its own recovery, with its own runbook and names that other stages do not take', () => {
  const app = new App();
  for (const name of ['Test', 'Prod']) {
    const stage = new Stage(app, name);
    const recovery = recoveryIn(stage, { recoveryName: `orders-${name.toLowerCase()}` });
    const tokyo = new Orders(stage, 'Tokyo', recovery.primary);
    new Orders(stage, 'Osaka', recovery.recovery, tokyo.database);
  }
  const assembly = app.synth();
  expect(
    assembly.nestedAssemblies
      .flatMap(({ nestedAssembly }) => nestedAssembly.stacks.map(({ stackName }) => stackName))
      .filter((name) => name.includes('recovery'))
      .sort(),
  ).toEqual([
    'orders-prod-recovery-ap-northeast-1',
    'orders-prod-recovery-ap-northeast-3',
    'orders-test-recovery-ap-northeast-1',
    'orders-test-recovery-ap-northeast-3',
  ]);
});

test('what is in nested stacks of a site, and what is imported there, is recovered as well', () => {
  const app = new App();
  const recovery = recoveryIn(app);
  for (const site of recovery.sites) {
    const stack = new Stack(app, `Site-${site.region}`, { env: site.env });
    const nested = new NestedStack(stack, 'Nested');
    const vpc = ec2.Vpc.fromVpcAttributes(nested, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const database = new rds.CfnDBInstance(nested, 'Database', {
      engine: 'postgres',
      dbInstanceIdentifier: 'Orders',
      vpcSecurityGroups: ['sg-1'],
    });
    site.addData('database', RecoverableData.databaseInstance(database, { vpc }), { order: 2 });
    site.addData('table', RecoverableData.table(dynamodb.Table.fromTableName(stack, 'Table', 'orders')), { order: 1 });
    const arn = `arn:aws:ecs:${site.region}:111122223333:service/orders/api`;
    site.addCompute('api', RecoverableCompute.ecsService(ecs.BaseService.fromServiceArnWithCluster(stack, 'Service', arn), { count: 4 }));
  }
  const { data, compute } = configOf(recovery.primary);
  // RDS keeps names in lower case
  expect(data).toMatchObject([
    { name: 'database', order: 2, instance: 'orders', instanceArn: expect.stringContaining(`:rds:${TOKYO}:111122223333:db:orders`) },
    { name: 'table', order: 1, table: 'orders' },
  ]);
  expect(compute).toMatchObject([{ cluster: 'orders', service: 'api', full: 4, standby: 1 }]);
  expect(
    Object.keys(
      Template.fromStack(recovery.primary.node.root.node.findChild(`Site-${TOKYO}`).node.findChild('Nested') as Stack).findResources(
        'AWS::EC2::SecurityGroup',
      ),
    ),
  ).toHaveLength(1);
});

test('a service with auto scaling is scaled by its bounds, up to the greatest that it may have', () => {
  const { recovery, tokyo, osaka } = twoSites();
  for (const { service } of [tokyo, osaka]) {
    service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 20 });
  }
  expect(configOf(recovery.recovery).compute).toMatchObject([{ scaling: { resourceId: expect.stringContaining('service/'), max: 20 } }]);
});
