import { Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import {
  DatabaseReadReplica,
  DisasterRecovery,
  type DisasterRecoveryProps,
  Probe,
  RecoverableCompute,
  RecoverableData,
  type RecoverySite,
  RecoveryStrategy,
  RestoredType,
} from '../../lib';
import { SITE_CONFIG_STATE, type SiteConfig } from '../../lib/model/recovery';

export const TOKYO = 'ap-northeast-1';
export const OSAKA = 'ap-northeast-3';
export const ACCOUNT = '111122223333';
export const DATABASE = 'orders';

const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });

/** An application of one database and one service, at either site. */
export class Orders extends Stack {
  public readonly vpc: ec2.IVpc;
  public readonly service: ecs.FargateService;
  public database?: rds.DatabaseInstance;

  constructor(
    scope: Construct,
    id: string,
    public readonly site: RecoverySite,
    source?: rds.IDBInstanceRef,
  ) {
    super(scope, id, { env: site.env });
    this.vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    if (source) {
      const { instance } = new DatabaseReadReplica(this, 'Database', { source, vpc: this.vpc, instanceIdentifier: DATABASE });
      site.addData('orders', RecoverableData.databaseInstance(instance));
    } else if (site.isHome) {
      this.database = new rds.DatabaseInstance(this, 'Database', {
        engine: postgres,
        vpc: this.vpc,
        instanceIdentifier: DATABASE,
        storageEncrypted: true,
      });
      site.addData('orders', RecoverableData.databaseInstance(this.database));
    } else {
      const vault = BackupVault.fromBackupVaultArn(this, 'Vault', `arn:aws:backup:${site.region}:${ACCOUNT}:backup-vault:orders`);
      const sourceArn = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:${DATABASE}`;
      site.addData('orders', RecoverableData.recoveryPoints({ vault, type: RestoredType.RDS, sourceArn, identifier: DATABASE }));
    }
    const task = new ecs.FargateTaskDefinition(this, 'Task');
    task.addContainer('app', { image: ecs.ContainerImage.fromRegistry('app') });
    this.service = new ecs.FargateService(this, 'Service', {
      cluster: ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName: 'orders', vpc: this.vpc, securityGroups: [] }),
      taskDefinition: task,
      desiredCount: site.capacityOf(8),
    });
    site.addCompute('api', RecoverableCompute.ecsService(this.service, { count: 8 }));
    site.addProbe(Probe.http(`https://${site.region}.example.com/health`));
  }

  /** Leads requests here. */
  public route(props: Partial<Parameters<RecoverySite['routeTraffic']>[0]> = {}): this {
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    const target = route53.RecordTarget.fromIpAddresses('192.0.2.1');
    this.site.routeTraffic({ zone, recordName: 'api', target, ...props });
    return this;
  }
}

/** The application at both sites. */
export interface TwoSites {
  readonly app: App;
  readonly recovery: DisasterRecovery;
  readonly tokyo: Orders;
  readonly osaka: Orders;
}

export function recoveryIn(scope: Construct, props: Partial<DisasterRecoveryProps> = {}): DisasterRecovery {
  return new DisasterRecovery(scope, 'Orders', {
    strategy: RecoveryStrategy.warmStandby(),
    primaryRegion: TOKYO,
    recoveryRegion: OSAKA,
    account: ACCOUNT,
    ...props,
  });
}

export function twoSites(props: Partial<DisasterRecoveryProps> = {}): TwoSites {
  const app = new App();
  const recovery = recoveryIn(app, props);
  const tokyo = new Orders(app, 'Tokyo', recovery.primary);
  const osaka = new Orders(app, 'Osaka', recovery.recovery, recovery.recovery.keepsData ? tokyo.database : undefined);
  return { app, recovery, tokyo, osaka };
}

/** The stack in which a site has what recovers it. */
export function recoveryStackOf(site: RecoverySite): Stack {
  return site.node.findChild('Recovery') as Stack;
}

/** The configuration that the machine of a site has, with what only deployment knows as JSON in angle brackets. */
export function configOf(site: RecoverySite): SiteConfig {
  const template = Template.fromStack(recoveryStackOf(site));
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts: unknown[] = machine.Properties.DefinitionString['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : `<${JSON.stringify(part).replaceAll('"', "'")}>`)).join('');
  return JSON.parse(text).States[SITE_CONFIG_STATE].Result;
}

/** All that the agent of a site may do. */
export function statementsOf(
  site: RecoverySite,
): readonly { readonly Action: string | string[]; readonly Resource: unknown; readonly Condition?: unknown }[] {
  const policies = Template.fromStack(recoveryStackOf(site)).findResources('AWS::IAM::Policy');
  const [agent] = Object.entries(policies).filter(([id]) => id.startsWith('AgentRole'));
  return agent[1].Properties.PolicyDocument.Statement;
}
