import { type ISecurityGroup, type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnDBInstance, IDBInstanceRef } from 'aws-cdk-lib/aws-rds';
import { ArnFormat, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { descriptionOf } from '../../core/private/descriptions';
import { ConfigurationError } from '../../core/private/errors';
import type { ReplicaInstanceConfig } from '../../model/recovery';
import type { Target } from '../../services/service';
import { settingOf, textOf, unwrapped } from '../../services/settings';
import type { RecoverableInstanceOptions } from '../recoverable-data-options';
import { type AgentPlace, type BoundData, type DataPlace, derivedNames, lookAtNetwork, plainName, targetAt, useKey } from './bound-data';

interface Networked {
  readonly vpc?: IVpc;
  readonly connections?: { readonly securityGroups: ISecurityGroup[] };
}

/** A database instance that may be a source or a replica. */
export function bindInstance(place: DataPlace, instance: IDBInstanceRef, options: RecoverableInstanceOptions): BoundData {
  const target = targetAt(place, instance, ['RDS']);
  const reference = instance.dbInstanceRef.dbInstanceIdentifier;
  // RDS keeps names in lower case
  const plain = (plainName(reference) ?? (target.cfn && textOf(target.cfn, 'dbInstanceIdentifier')))?.toLowerCase();
  const name = plain ?? reference;
  const arnAt = (stack: Stack) => (plain === undefined ? target.arn : arnIn(stack, plain));
  const groups = groupsOf(place, target, options);
  const fence = fenceOf(place, instance, options);
  const backups = ownBackups(target);
  return {
    kind: 'rds-replica',
    type: 'RDS',
    target,
    name: plain,
    ...(backups && { backups }),
    config: ({ stack, others }): ReplicaInstanceConfig => ({
      kind: 'rds-replica',
      name: place.name,
      order: place.order,
      instance: name,
      instanceArn: arnAt(stack),
      securityGroups: groups,
      fenceSecurityGroup: fence.securityGroupId,
      rebuild: rebuildOf(target, options),
      ...backupsOf(backups, others),
    }),
    statements: (at) => statementsFor(at, name, arnAt(at.stack), rebuildOf(target, options)),
  };
}

/** The ARN of an instance of the Region of a stack. */
function arnIn(stack: Stack, name: string): string {
  return stack.formatArn({ service: 'rds', resource: 'db', resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** A group without any rule, which cuts off whoever still writes. */
function fenceOf({ name, recovery, by }: DataPlace, instance: IConstruct, options: RecoverableInstanceOptions): ISecurityGroup {
  const vpc = options.vpc ?? (instance as Networked).vpc;
  if (vpc === undefined) {
    throw new ConfigurationError(
      'NetworkUnknown',
      `'${name}' is '${instance.node.path}', which does not say its network, but what fences it is a security group there: give 'vpc'`,
      by,
    );
  }
  return new SecurityGroup(new Construct(Stack.of(instance), `${recovery}-${name}-Fence`), 'SecurityGroup', {
    vpc,
    description: descriptionOf('securityGroup', `Nobody reaches ${name} while ${recovery} is active elsewhere`),
    allowAllOutbound: false,
  });
}

function groupsOf({ name, by }: DataPlace, { construct, cfn }: Target, { securityGroups }: RecoverableInstanceOptions): readonly string[] {
  const given = securityGroups ?? (construct as Networked).connections?.securityGroups;
  const ids = given?.map(({ securityGroupId }) => securityGroupId) ?? (cfn && unwrapped(cfn, settingOf(cfn, 'vpcSecurityGroups')));
  if (!Array.isArray(ids) || ids.length === 0) {
    throw new ConfigurationError(
      'SecurityGroupsUnknown',
      `'${name}' is '${construct.node.path}', which does not say its security groups, but it gets them back after it was fenced: give 'securityGroups'`,
      by,
    );
  }
  return ids;
}

function rebuildOf({ cfn }: Target, options: RecoverableInstanceOptions): ReplicaInstanceConfig['rebuild'] {
  const own = cfn as CfnDBInstance | undefined;
  const said = {
    subnetGroup: options.subnetGroupName ?? own?.dbSubnetGroupName,
    parameterGroup: options.parameterGroupName ?? own?.dbParameterGroupName,
    keyArn: options.encryptionKey?.keyRef.keyArn ?? own?.kmsKeyId,
    multiAz: typeof own?.multiAz === 'boolean' ? own.multiAz : undefined,
    monitoringRoleArn: own?.monitoringRoleArn,
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** A promoted replica is backed up as its template says, or else as the source was. */
function backupsOf(own: ReplicaInstanceConfig['backups'], others: AgentPlace['others']): Pick<ReplicaInstanceConfig, 'backups'> {
  const backups = own ?? others.find((other) => other.backups)?.backups;
  return backups ? { backups } : {};
}

function ownBackups({ cfn }: Target): ReplicaInstanceConfig['backups'] {
  const { backupRetentionPeriod: days, preferredBackupWindow: window } = (cfn ?? {}) as Partial<CfnDBInstance>;
  if (days === undefined || Token.isUnresolved(days) || days === 0) {
    return undefined;
  }
  return { days, ...(window && !Token.isUnresolved(window) ? { window } : {}) };
}

function statementsFor(
  { stack, others }: AgentPlace,
  name: string,
  arn: string,
  { keyArn, monitoringRoleArn }: ReplicaInstanceConfig['rebuild'],
): PolicyStatement[] {
  const rds = (resource: string, resourceName: string, region?: string) =>
    stack.formatArn({ service: 'rds', resource, resourceName, region, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const groups = ['pg', 'subgrp', 'og'].map((group) => rds(group, '*'));
  const derived = derivedNames(name);
  const rehearsed = rds('db', derived.rehearsed);
  const snapshot = rds('snapshot', derived.rehearsed);
  return [
    new PolicyStatement({
      // the former instance keeps its data under a name that ends with the epoch
      actions: ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'],
      resources: [arn, rds('db', derived.kept), rehearsed],
    }),
    new PolicyStatement({ actions: ['rds:PromoteReadReplica', 'rds:RebootDBInstance'], resources: [arn] }),
    // a replica gets the tags of the instance whose name it takes: backups may be chosen by them
    new PolicyStatement({ actions: ['rds:AddTagsToResource'], resources: [arn] }),
    new PolicyStatement({
      actions: ['rds:AddTagsToResource', 'rds:RemoveTagsFromResource'],
      resources: [arn, rehearsed, snapshot],
      conditions: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['cdk-recovery:*'] } },
    }),
    new PolicyStatement({
      actions: ['rds:CreateDBInstanceReadReplica'],
      resources: [arn, ...groups, ...others.map(({ region, name: source }) => rds('db', source ?? '*', region))],
    }),
    new PolicyStatement({ actions: ['rds:CreateDBSnapshot', 'rds:DescribeDBSnapshots'], resources: [arn, snapshot] }),
    new PolicyStatement({ actions: ['rds:RestoreDBInstanceFromDBSnapshot'], resources: [rehearsed, snapshot, ...groups] }),
    new PolicyStatement({ actions: ['rds:DeleteDBInstance', 'rds:DeleteDBSnapshot'], resources: [rehearsed, snapshot] }),
    lookAtNetwork(),
    ...(keyArn === undefined ? [] : [useKey(stack, keyArn)]),
    ...(monitoringRoleArn === undefined
      ? []
      : [
          new PolicyStatement({
            actions: ['iam:PassRole'],
            resources: [monitoringRoleArn],
            conditions: { StringEquals: { 'iam:PassedToService': 'monitoring.rds.amazonaws.com' } },
          }),
        ]),
  ];
}
