import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  type CfnDBInstance,
  DatabaseInstance,
  DatabaseInstanceReadReplica,
  type IDatabaseInstance,
  type IInstanceEngine,
  ParameterGroup,
  type StorageType,
} from 'aws-cdk-lib/aws-rds';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { SERVICE_RETENTION_DAYS } from '../../model/retention';
import type { Target } from '../../services/service';
import { numberOf, settingOf, textOf } from '../../services/settings';
import type { DatabaseReadReplicaProps } from '../database-read-replica-props';

/** What a replica takes from elsewhere than its props. */
export interface ReplicaOrigin {
  readonly target: Target;
  readonly sourceArn: string;
  readonly sourceRegion: string;
  readonly keyArn?: string;
}

/** The engine in words of the API, such as `postgres`, as far as it is known. */
export function engineOf({ cfn }: Target, engine: IInstanceEngine | undefined): string | undefined {
  return engine?.engineType ?? (cfn && textOf(cfn, 'engine'));
}

/** An L1 has a property of the same name, which is plain text. */
function engineOfSource(source: IConstruct): IInstanceEngine | undefined {
  const { engine } = source as Partial<IDatabaseInstance>;
  return typeof engine === 'object' ? engine : undefined;
}

/** Makes the instance of a replica; the L2 knows everything but that its source is elsewhere. */
export function replicaInstance(scope: Construct, props: DatabaseReadReplicaProps, origin: ReplicaOrigin): DatabaseInstanceReadReplica {
  const { target, sourceArn, sourceRegion, keyArn } = origin;
  const {
    source,
    sourceIdentifier,
    engine,
    parameters,
    maxLag,
    recoveryAlarmActions,
    promoted,
    storageEncrypted,
    storageEncryptionKey,
    ...rest
  } = props;
  const own = settingsOfSource(target);
  const replica = new DatabaseInstanceReadReplica(scope, 'Resource', {
    ...rest,
    storageType: rest.storageType ?? own.storageType,
    iops: rest.iops ?? own.iops,
    storageThroughput: rest.storageThroughput ?? own.storageThroughput,
    sourceDatabaseInstance: standIn(scope),
    instanceType: rest.instanceType ?? classOf(scope, target),
    parameterGroup: rest.parameterGroup ?? (parameters && parameterGroup(scope, props, target)),
    backupRetention: rest.backupRetention ?? usualRetention(props, target),
    deletionProtection: rest.deletionProtection ?? rest.removalPolicy !== RemovalPolicy.DESTROY,
    deleteAutomatedBackups: rest.deleteAutomatedBackups ?? false,
  });
  const cfn = replica.node.defaultChild as CfnDBInstance;
  cfn.kmsKeyId = keyArn;
  // RDS takes it from the source, and CloudFormation refuses both
  cfn.storageEncrypted = undefined;
  // the Region stays in the template for ever: to take it out would replace the instance
  cfn.sourceRegion = sourceRegion;
  cfn.sourceDbInstanceIdentifier = promoted ? undefined : sourceArn;
  if (rest.storageType === undefined && own.storageType === undefined) {
    cfn.storageType = undefined;
  }
  acknowledge(replica, props, keyArn);
  return replica;
}

/** The L2 asks its source for an ARN only, and would name it in its own Region. */
function standIn(scope: Construct): IDatabaseInstance {
  return DatabaseInstance.fromDatabaseInstanceAttributes(scope, 'Source', {
    instanceIdentifier: 'source',
    instanceEndpointAddress: 'source',
    port: 1,
    securityGroups: [],
  });
}

function settingsOfSource({ cfn }: Target) {
  return {
    storageType: cfn && (textOf(cfn, 'storageType') as StorageType | undefined),
    iops: cfn && numberOf(cfn, 'iops'),
    storageThroughput: cfn && numberOf(cfn, 'storageThroughput'),
  };
}

function classOf(scope: Construct, { cfn, id }: Target): InstanceType {
  // the L2 has it in a lazy value
  const name: unknown = cfn && Stack.of(cfn).resolve(settingOf(cfn, 'dbInstanceClass'));
  if (typeof name !== 'string') {
    throw new ConfigurationError(
      'InstanceTypeUnknown',
      `'instanceType' is left out, but the class of '${id}' is not known here: give the class of the replica`,
      scope,
    );
  }
  return new InstanceType(name.replace(/^db\./, ''));
}

function parameterGroup(scope: Construct, { source, engine, parameters }: DatabaseReadReplicaProps, { id }: Target): ParameterGroup {
  const known = engine ?? engineOfSource(source);
  if (known === undefined) {
    throw new ConfigurationError(
      'EngineUnknown',
      `'parameters' are given, but '${id}' does not say which engine they are for: give 'engine' too`,
      scope,
    );
  }
  return new ParameterGroup(scope, 'Parameters', { engine: known, parameters });
}

/** PostgreSQL backs up replicas as of version 14; SQL Server never does, and of Db2 it is not known. */
function usualRetention({ source, engine, promoted }: DatabaseReadReplicaProps, target: Target): Duration | undefined {
  const known = engine ?? engineOfSource(source);
  const version = known?.engineVersion?.majorVersion ?? (target.cfn && textOf(target.cfn, 'engineVersion'));
  const type = engineOf(target, known) ?? '';
  const able = type === 'postgres' ? Number.parseInt(version ?? '14', 10) >= 14 : !/^(sqlserver|db2)/.test(type);
  return able || promoted ? Duration.days(SERVICE_RETENTION_DAYS) : undefined;
}

/** Auditing rules find here what the source or the user decides. */
function acknowledge(replica: DatabaseInstanceReadReplica, { multiAz, port }: DatabaseReadReplicaProps, keyArn: string | undefined): void {
  const left = [
    {
      open: keyArn !== undefined,
      id: 'AwsSolutions-RDS2',
      reason: 'the replica is encrypted with the key that it names; RDS takes StorageEncrypted from the source and not from the template',
    },
    {
      open: !multiAz,
      id: 'AwsSolutions-RDS3',
      reason: 'the replica is itself a copy of a database in another Region; multiAz gives it a standby of its own',
    },
    { open: port === undefined, id: 'AwsSolutions-RDS11', reason: 'the replica listens on the port of its source' },
  ];
  for (const { id, reason } of left.filter(({ open }) => open)) {
    Validations.of(replica).acknowledge({ id, reason });
  }
}
