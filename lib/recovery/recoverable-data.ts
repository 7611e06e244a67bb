import type { ITableRef } from 'aws-cdk-lib/aws-dynamodb';
import type { IFileSystemRef } from 'aws-cdk-lib/aws-efs';
import type { IDBClusterRef, IDBInstanceRef } from 'aws-cdk-lib/aws-rds';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { IAuroraGlobalDatabase } from '../replication/iaurora-global-database';
import type { DataBinding } from './private/bound-data';
import { bindInstance } from './private/database-instance';
import { bindCluster } from './private/global-cluster';
import { bindPoints } from './private/recovery-points';
import { bindBucket, bindFileSystem, bindTable } from './private/stores';
import type {
  RecoverableBucketOptions,
  RecoverableClusterOptions,
  RecoverableInstanceOptions,
  RecoverablePointsOptions,
} from './recoverable-data-options';

/**
 * Data of a site, and how they are recovered there. Each site is told of its own: the source at one of them, its copy at the other, under one id.
 */
export class RecoverableData {
  /**
   * A database instance of RDS: the source at one site and its read replica at the other, such as `DatabaseReadReplica.instance`. The replica is
   * promoted; the former source is fenced by its security groups and later replaced by a replica of the same name.
   * @param instance an L2, an L1 or an import of the Region of the site
   * @param options what the construct does not tell
   */
  public static databaseInstance(instance: IDBInstanceRef, options: RecoverableInstanceOptions = {}): RecoverableData {
    return new RecoverableData((place) => bindInstance(place, instance, options));
  }

  /**
   * A cluster of an Aurora global database: the primary at one site, a secondary at the other, such as `AuroraSecondaryCluster.cluster`. A failover
   * makes it the primary, a switchover does so without loss; Aurora itself adds the former primary back.
   * @param globalDatabase the global database, by its name
   * @param cluster the cluster of this site: an L2, an L1 or an import
   * @param options what the construct does not tell
   */
  public static auroraGlobal(
    globalDatabase: IAuroraGlobalDatabase,
    cluster: IDBClusterRef,
    options: RecoverableClusterOptions = {},
  ): RecoverableData {
    return new RecoverableData((place) => bindCluster(place, globalDatabase, cluster, options));
  }

  /**
   * A DynamoDB table with a replica at each site, such as a TableReplication makes. It takes writes at all of them, so nothing is promoted.
   * @param table a `TableV2` or `CfnGlobalTable` at home, and its replica, imported by its name, at the other site
   */
  public static table(table: ITableRef): RecoverableData {
    return new RecoverableData((place) => bindTable(place, table));
  }

  /**
   * A global table, where the construct is no table but a `CfnGlobalTable`.
   * @param table the L1
   */
  public static globalTable(table: IConstruct): RecoverableData {
    return new RecoverableData((place) => bindTable(place, table));
  }

  /**
   * A bucket whose objects are replicated to the other site, such as a BucketReplication does. Nothing is promoted.
   * @param bucket of the Region of the site
   * @param options how objects get back
   */
  public static bucket(bucket: IBucketRef, options: RecoverableBucketOptions = {}): RecoverableData {
    return new RecoverableData((place) => bindBucket(place, bucket, options));
  }

  /**
   * An EFS file system that is replicated to or from the other site, such as a FileSystemReplication does. It is made writeable by ending replication.
   * @param fileSystem of the Region of the site
   */
  public static fileSystem(fileSystem: IFileSystemRef): RecoverableData {
    return new RecoverableData((place) => bindFileSystem(place, fileSystem));
  }

  /**
   * Nothing but recovery points in a vault of this Region: the newest one is restored when the site takes over. At home the item is what was backed up.
   * @param options what is restored, and how
   */
  public static recoveryPoints(options: RecoverablePointsOptions): RecoverableData {
    return new RecoverableData((place) => bindPoints(place, options));
  }

  private constructor(
    /** @internal */
    public readonly _bind: DataBinding,
  ) {}
}
