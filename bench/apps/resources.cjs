const { App, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib/core');
const { AttributeType, TableV2 } = require('aws-cdk-lib/aws-dynamodb');
const { InstanceClass, InstanceSize, InstanceType, SecurityGroup, SubnetType, Vpc } = require('aws-cdk-lib/aws-ec2');
const { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion, SubnetGroup } = require('aws-cdk-lib/aws-rds');
const { Bucket } = require('aws-cdk-lib/aws-s3');

/** An app with one stack; as many databases, buckets and tables as the first argument says. */
function application() {
  const size = Number(process.argv[2]);
  const app = new App({ context: { '@aws-cdk/core:stackResourceLimit': 0, '@aws-cdk/core.slowSynthThreshold': 0 } });
  const stack = new Stack(app, 'Bench', { env: { account: '123456789012', region: 'ap-northeast-1' } });
  return { app, stack, size };
}

/** N databases, N buckets and N tables as an application has them; `prepared` adds what their backup needs. */
function resources(stack, size, prepared) {
  const vpc = new Vpc(stack, 'Network', {
    availabilityZones: ['ap-northeast-1a', 'ap-northeast-1c'],
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
  const subnetGroup = new SubnetGroup(stack, 'Subnets', { vpc, vpcSubnets, description: 'databases' });
  const securityGroups = [new SecurityGroup(stack, 'Group', { vpc })];
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
  const instanceType = InstanceType.of(InstanceClass.R7G, InstanceSize.LARGE);
  const partitionKey = { name: 'id', type: AttributeType.STRING };
  return Array.from({ length: size }, (_, index) => ({
    database: new DatabaseInstance(stack, `Database${index}`, {
      engine,
      vpc,
      vpcSubnets,
      subnetGroup,
      securityGroups,
      instanceType,
      multiAz: true,
      storageEncrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...prepared?.database,
    }),
    bucket: new Bucket(stack, `Bucket${index}`, {
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(35) }],
      ...prepared?.bucket,
    }),
    table: new TableV2(stack, `Table${index}`, { partitionKey, ...prepared?.table }),
  }));
}

/** Synthesises and tells the peak memory and the processor time of this process. */
function finish(app) {
  app.synth();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ rssKiB: maxRSS, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
}

module.exports = { application, finish, resources };
