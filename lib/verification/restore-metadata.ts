import type { Stack } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../core/private/errors';
import type {
  RestoredBucketOptions,
  RestoredClusterOptions,
  RestoredDatabaseOptions,
  RestoredFileServerOptions,
  RestoredFileSystemOptions,
  RestoredInstanceOptions,
  RestoredTableOptions,
  RestoredVolumeOptions,
} from './restore-metadata-options';
import { RestoredType } from './restored-type';

/**
 * What AWS Backup restores differently from the original in a test. Each type has its own; only keys that the AWS Backup Developer
 * Guide (restore testing inferred metadata) lets a test override can be given.
 */
export class RestoreMetadata {
  /** For RDS DB instances. */
  public static databaseInstance(options: RestoredDatabaseOptions): RestoreMetadata {
    const { subnetGroup, securityGroups, instanceClass, parameterGroup, optionGroup, iamAuthentication, logExports, ...rest } = options;
    return new RestoreMetadata([RestoredType.RDS], {
      ...rest,
      dbSubnetGroupName: subnetGroup?.dbSubnetGroupRef.dbSubnetGroupName,
      vpcSecurityGroupIds: securityGroups?.map(({ securityGroupRef }) => securityGroupRef.securityGroupId),
      dbInstanceClass: instanceClass,
      dbParameterGroupName: parameterGroup,
      optionGroupName: optionGroup,
      enableIamDatabaseAuthentication: iamAuthentication,
      enableCloudwatchLogsExports: logExports,
    });
  }

  /** For clusters of Aurora, DocumentDB and Neptune, and Multi-AZ DB clusters of RDS. AWS Backup restores them without an instance. */
  public static databaseCluster(options: RestoredClusterOptions): RestoreMetadata {
    const { subnetGroup, securityGroups, parameterGroup, iamAuthentication, logExports, encryptionKey, ...rest } = options;
    return new RestoreMetadata([RestoredType.AURORA, RestoredType.DOCUMENTDB, RestoredType.NEPTUNE, RestoredType.RDS], {
      ...rest,
      dbSubnetGroupName: subnetGroup?.dbSubnetGroupRef.dbSubnetGroupName,
      vpcSecurityGroupIds: securityGroups?.map(({ securityGroupRef }) => securityGroupRef.securityGroupId),
      dbClusterParameterGroupName: parameterGroup,
      enableIamDatabaseAuthentication: iamAuthentication,
      enableCloudwatchLogsExports: logExports,
      kmsKeyId: encryptionKey?.keyRef.keyArn,
    });
  }

  /** For DynamoDB tables. */
  public static table(options: RestoredTableOptions): RestoreMetadata {
    const { encryptionKey } = options;
    return new RestoreMetadata(
      [RestoredType.DYNAMODB],
      encryptionKey ? { encryptionType: 'KMS', kmsMasterKeyArn: encryptionKey.keyRef.keyArn } : {},
    );
  }

  /** For EBS volumes. */
  public static volume(options: RestoredVolumeOptions): RestoreMetadata {
    const { volumeType, volumeSize, encryptionKey, ...rest } = options;
    return new RestoreMetadata([RestoredType.EBS], {
      ...rest,
      volumetype: volumeType,
      volumesize: volumeSize?.toGibibytes(),
      kmsKeyId: encryptionKey?.keyRef.keyArn,
    });
  }

  /** For EC2 instances. */
  public static instance(options: RestoredInstanceOptions): RestoreMetadata {
    const { subnet, securityGroups, keepInstanceProfile, instanceType, requireImdsV2 } = options;
    return new RestoreMetadata([RestoredType.EC2], {
      subnetId: subnet?.subnetRef.subnetId,
      securityGroupIds: securityGroups?.map(({ securityGroupRef }) => securityGroupRef.securityGroupId),
      iamInstanceProfileName: keepInstanceProfile === undefined ? undefined : keepInstanceProfile ? 'UseBackedUpValue' : 'null',
      instanceType,
      requireImdsV2,
    });
  }

  /** For EFS file systems. */
  public static fileSystem(options: RestoredFileSystemOptions): RestoreMetadata {
    const { encryptionKey, performanceMode } = options;
    return new RestoreMetadata([RestoredType.EFS], { kmsKeyId: encryptionKey?.keyRef.keyArn, performanceMode });
  }

  /** For S3 buckets. */
  public static bucket(options: RestoredBucketOptions): RestoreMetadata {
    const { encryptionKey, restoreAcls } = options;
    return new RestoreMetadata([RestoredType.S3], {
      ...(encryptionKey && { encryptionType: 'SSE-KMS', kmsKey: encryptionKey.keyRef.keyArn }),
      restoreACLs: restoreAcls,
    });
  }

  /** For FSx file systems for Lustre and Windows File Server. */
  public static fileServer(options: RestoredFileServerOptions): RestoreMetadata {
    const { subnets, securityGroups, encryptionKey, activeDirectoryId } = options;
    if (subnets.length === 0) {
      throw new ConfigurationError(
        'NoSubnets',
        "'subnets' is empty, but FSx restores into subnets that are named: give one, or two for Multi-AZ",
      );
    }
    return new RestoreMetadata([RestoredType.FSX], {
      subnetIds: subnets.map(({ subnetRef }) => subnetRef.subnetId),
      securityGroupIds: securityGroups?.map(({ securityGroupRef }) => securityGroupRef.securityGroupId),
      kmsKeyId: encryptionKey?.keyRef.keyArn,
      activeDirectoryId,
    });
  }

  private constructor(
    /** Types that it is for. */
    public readonly types: RestoredType[],
    private readonly values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
  ) {}

  /**
   * The same, on top of others of the type.
   * @internal
   */
  public _over(base: RestoreMetadata): RestoreMetadata {
    const given = Object.entries(this.values).filter(([, value]) => value !== undefined);
    return new RestoreMetadata(this.types, { ...base.values, ...Object.fromEntries(given) });
  }

  /**
   * Text by key, lists as JSON: this is how AWS Backup takes them.
   * @internal
   */
  public _render(stack: Stack): Record<string, string> | undefined {
    const given = Object.entries(this.values).filter(([, value]) => value !== undefined);
    return given.length === 0
      ? undefined
      : Object.fromEntries(given.map(([key, value]) => [key, Array.isArray(value) ? stack.toJsonString(value) : `${value}`]));
  }
}
