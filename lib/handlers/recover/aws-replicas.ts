import { CreateDBInstanceReadReplicaCommand, type CreateDBInstanceReadReplicaCommandInput, type DBInstance } from '@aws-sdk/client-rds';
import type { ReplicaInstanceConfig } from '../../model/recovery';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { Followed } from './ports';

const THERE = ['DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists'];

/** Tags that belong to an instance and not to what it is for. */
const OWN_TAGS = /^(aws|cdk-recovery):/;

/**
 * Makes a replica that is to the application what the instance was whose name it gets. Most settings are those of the source or of AWS
 * unless they are given, and some must be given across Regions (RDS API Reference: CreateDBInstanceReadReplica).
 */
export async function createReplica(
  clients: AwsClients,
  config: ReplicaInstanceConfig,
  { source }: Followed,
  former: DBInstance | undefined,
): Promise<void> {
  const command = new CreateDBInstanceReadReplicaCommand({
    ...(former ? settingsOf(former, config.rebuild) : {}),
    ...given({
      DBInstanceClass: source.instanceClass || former?.DBInstanceClass,
      DBSubnetGroupName: config.rebuild.subnetGroup ?? former?.DBSubnetGroup?.DBSubnetGroupName,
      DBParameterGroupName: config.rebuild.parameterGroup ?? own(former?.DBParameterGroups?.[0]?.DBParameterGroupName),
      OptionGroupName: own(former?.OptionGroupMemberships?.[0]?.OptionGroupName),
      KmsKeyId: config.rebuild.keyArn ?? former?.KmsKeyId,
      MultiAZ: config.rebuild.multiAz ?? former?.MultiAZ,
    }),
    DBInstanceIdentifier: config.instance,
    SourceDBInstanceIdentifier: source.arn,
    VpcSecurityGroupIds: [...config.securityGroups],
    CopyTagsToSnapshot: former?.CopyTagsToSnapshot ?? true,
  });
  await unless(THERE, clients.rds().send(command));
}

/** Key and role are what the agent may use: insights under another key get that of AWS, monitoring under another role is left out. */
function settingsOf(
  former: DBInstance,
  { keyArn, monitoringRoleArn }: ReplicaInstanceConfig['rebuild'],
): Partial<CreateDBInstanceReadReplicaCommandInput> {
  const tags = former.TagList?.filter(({ Key = '' }) => !OWN_TAGS.test(Key)) ?? [];
  const insights = former.PerformanceInsightsEnabled === true;
  const insightsKey = former.PerformanceInsightsKMSKeyId;
  return given({
    PubliclyAccessible: former.PubliclyAccessible ?? false,
    EnableIAMDatabaseAuthentication: former.IAMDatabaseAuthenticationEnabled,
    DeletionProtection: former.DeletionProtection,
    AutoMinorVersionUpgrade: former.AutoMinorVersionUpgrade,
    CACertificateIdentifier: former.CACertificateIdentifier,
    MaxAllocatedStorage: former.MaxAllocatedStorage,
    EnableCloudwatchLogsExports: former.EnabledCloudwatchLogsExports?.length ? former.EnabledCloudwatchLogsExports : undefined,
    Tags: tags.length > 0 ? tags : undefined,
    ...(insights ? { EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: former.PerformanceInsightsRetentionPeriod } : {}),
    ...(insights && insightsKey === (keyArn ?? former.KmsKeyId) ? { PerformanceInsightsKMSKeyId: insightsKey } : {}),
    ...(former.MonitoringInterval && monitoringRoleArn
      ? { MonitoringInterval: former.MonitoringInterval, MonitoringRoleArn: monitoringRoleArn }
      : {}),
  });
}

/** A group that AWS has made for all is also taken without being given. */
function own(group: string | undefined): string | undefined {
  return group === undefined || /^default[.:]/.test(group) ? undefined : group;
}

function given<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
