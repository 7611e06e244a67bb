import { type ISecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnDBCluster,
  DatabaseCluster,
  type IClusterEngine,
  type IDatabaseCluster,
  InstanceType,
  ParameterGroup,
  SubnetGroup,
} from 'aws-cdk-lib/aws-rds';
import { Duration, Lazy, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { descriptionOf } from '../../core/private/descriptions';
import { wholeUnits } from '../../core/private/known';
import { SERVICE_RETENTION_DAYS } from '../../model/retention';
import type { Target } from '../../services/service';
import { numberOf, settingOf } from '../../services/settings';
import type { AuroraSecondaryClusterProps } from '../aurora-secondary-cluster-props';

/** What a secondary cluster takes from elsewhere than its props. */
export interface SecondaryOrigin {
  readonly engine: IClusterEngine;
  readonly primary?: Target;
  readonly primaryRegion: string;
  readonly keyArn?: string;
}

/** A secondary cluster with what belongs to it in its own Region. */
export interface SecondaryParts {
  readonly cfn: CfnDBCluster;
  /** The cluster as the L2 sees it, for endpoints and for instances to join. */
  readonly cluster: IDatabaseCluster;
}

/**
 * Makes the cluster, which the L2 of aws-cdk-lib cannot: it gives a cluster a master user, and those of a secondary are the users of
 * its primary.
 */
export function secondaryClusterOf(scope: Construct, props: AuroraSecondaryClusterProps, origin: SecondaryOrigin): SecondaryParts {
  const { engine, primary, primaryRegion, keyArn } = origin;
  const securityGroups = props.securityGroups ?? [ownSecurityGroup(scope, props)];
  const removalPolicy = props.removalPolicy ?? RemovalPolicy.SNAPSHOT;
  const serverless = { used: false };
  const cfn = new CfnDBCluster(scope, 'Resource', {
    engine: engine.engineType,
    engineVersion: engine.engineVersion?.fullVersion,
    // the empty name takes it out of the global database
    globalClusterIdentifier: props.detached ? '' : props.globalDatabase.globalClusterIdentifier,
    dbClusterIdentifier: props.clusterIdentifier,
    storageEncrypted: keyArn === undefined ? undefined : true,
    kmsKeyId: keyArn,
    // it stays in the template for ever: to take it out would replace the cluster
    sourceRegion: keyArn === undefined ? undefined : primaryRegion,
    dbSubnetGroupName: (props.subnetGroup ?? ownSubnetGroup(scope, props)).subnetGroupName,
    vpcSecurityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
    dbClusterParameterGroupName: parameterGroup(scope, props, engine)?.bindToCluster({}).parameterGroupName,
    backupRetentionPeriod: wholeUnits(scope, 'backupRetention', props.backupRetention ?? Duration.days(SERVICE_RETENTION_DAYS), 'days'),
    preferredBackupWindow: props.preferredBackupWindow,
    preferredMaintenanceWindow: props.preferredMaintenanceWindow,
    copyTagsToSnapshot: true,
    deletionProtection: props.deletionProtection ?? removalPolicy !== RemovalPolicy.DESTROY,
    enableGlobalWriteForwarding: props.detached ? undefined : props.globalWriteForwarding,
    enableIamDatabaseAuthentication: props.iamAuthentication ?? like(primary, 'enableIamDatabaseAuthentication'),
    enableCloudwatchLogsExports: props.cloudwatchLogsExports ?? like(primary, 'enableCloudwatchLogsExports'),
    port: props.port ?? (primary?.cfn && numberOf(primary.cfn, 'port')),
    serverlessV2ScalingConfiguration: Lazy.any({ produce: () => scaling(props, primary, serverless.used) }),
  });
  cfn.applyRemovalPolicy(removalPolicy);
  acknowledge(cfn, props);
  const cluster = DatabaseCluster.fromDatabaseClusterAttributes(scope, 'Cluster', {
    clusterIdentifier: cfn.ref,
    clusterResourceIdentifier: cfn.attrDbClusterResourceId,
    clusterEndpointAddress: cfn.attrEndpointAddress,
    readerEndpointAddress: cfn.attrReadEndpointAddress,
    port: Token.asNumber(cfn.attrEndpointPort),
    engine,
    securityGroups,
  });
  for (const reader of props.readers ?? []) {
    const { type } = reader.bind(scope, cluster, { removalPolicy });
    serverless.used ||= type === InstanceType.SERVERLESS_V2;
  }
  return { cfn, cluster };
}

function ownSecurityGroup(scope: Construct, { vpc }: AuroraSecondaryClusterProps): ISecurityGroup {
  return new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: descriptionOf('securityGroup', `Of the secondary cluster ${scope.node.path}`),
  });
}

function ownSubnetGroup(scope: Construct, { vpc, vpcSubnets, removalPolicy }: AuroraSecondaryClusterProps): SubnetGroup {
  return new SubnetGroup(scope, 'Subnets', {
    vpc,
    vpcSubnets,
    description: `Subnets of the secondary cluster ${scope.node.path}`,
    removalPolicy: removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN : undefined,
  });
}

function parameterGroup(scope: Construct, props: AuroraSecondaryClusterProps, engine: IClusterEngine) {
  const { parameters } = props;
  return props.parameterGroup ?? (parameters && new ParameterGroup(scope, 'Parameters', { engine, parameters }));
}

/** A setting of the primary, where this app defines it; a token of another Region stays there. */
function like<T>(primary: Target | undefined, setting: string): T | undefined {
  const value = primary?.cfn && settingOf(primary.cfn, setting);
  return Token.isUnresolved(value) ? undefined : (value as T | undefined);
}

/** Capacity of serverless instances, as at the primary where nobody says otherwise. */
function scaling(props: AuroraSecondaryClusterProps, primary: Target | undefined, used: boolean) {
  const { serverlessV2MinCapacity: min, serverlessV2MaxCapacity: max } = props;
  const there = primary?.cfn && Stack.of(primary.cfn).resolve(settingOf(primary.cfn, 'serverlessV2ScalingConfiguration'));
  if (min === undefined && max === undefined && there === undefined && !used) {
    return undefined;
  }
  return { ...there, minCapacity: min ?? there?.minCapacity ?? 0.5, maxCapacity: max ?? there?.maxCapacity ?? 2 };
}

const AS_PRIMARY = 'the secondary cluster of a global database follows its primary, where the user decides this';

/** What the user says for the primary holds here too, and a global database has no backtrack. */
function acknowledge(cfn: CfnDBCluster, props: AuroraSecondaryClusterProps): void {
  const left = {
    'AwsSolutions-RDS6': props.iamAuthentication === undefined,
    'AwsSolutions-RDS11': props.port === undefined,
    'AwsSolutions-RDS14': true,
    'AwsSolutions-RDS16': props.cloudwatchLogsExports === undefined,
  };
  for (const [id] of Object.entries(left).filter(([, open]) => open)) {
    Validations.of(cfn).acknowledge({ id, reason: AS_PRIMARY });
  }
}
