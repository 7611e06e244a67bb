/** Data of a site, as the agent of the site has to treat it. */
export type DataConfig = GlobalClusterConfig | ReplicaInstanceConfig | GlobalTableConfig | BucketConfig | FileSystemConfig | RestoredConfig;

interface Item {
  /** The same at all sites. */
  readonly name: string;
  /** Items of a lower number are recovered first; those of one number together. */
  readonly order: number;
}

/** A cluster of an Aurora global database. */
export interface GlobalClusterConfig extends Item {
  readonly kind: 'aurora-global';
  readonly globalCluster: string;
  readonly cluster: string;
  readonly clusterArn: string;
  /** The instance that a cluster without any is given before it takes over. */
  readonly instance?: { readonly identifier: string; readonly instanceClass: string; readonly engine: string };
}

/** A database instance that is the source at one site and a read replica at the other; promoting it takes them apart. */
export interface ReplicaInstanceConfig extends Item {
  readonly kind: 'rds-replica';
  readonly instance: string;
  readonly instanceArn: string;
  /** Its security groups, and the one without any rule that it has while it is fenced. */
  readonly securityGroups: readonly string[];
  readonly fenceSecurityGroup: string;
  /** What a replica is made with, when this site is made a standby again. */
  readonly rebuild: {
    readonly subnetGroup?: string;
    readonly parameterGroup?: string;
    readonly keyArn?: string;
    readonly multiAz?: boolean;
    /** Role by which enhanced monitoring is written, where the agent may hand it over. */
    readonly monitoringRoleArn?: string;
  };
  /** For how long its backups are kept once it is promoted, and when they are made; a replica has none by itself. */
  readonly backups?: { readonly days: number; readonly window?: string };
}

/** A table that has a replica at each site and takes writes at all of them. */
export interface GlobalTableConfig extends Item {
  readonly kind: 'dynamodb-global';
  readonly table: string;
}

/** A bucket whose objects are replicated to, and where it is set so also from, the other site. */
export interface BucketConfig extends Item {
  readonly kind: 'bucket';
  readonly bucket: string;
  readonly twoWay: boolean;
}

/** A file system that follows that of the other site until it is made writeable. */
export interface FileSystemConfig extends Item {
  readonly kind: 'efs';
  readonly fileSystem: string;
}

/** Data that is restored from the newest recovery point in a vault of this site. */
export interface RestoredConfig extends Item {
  readonly kind: 'recovery-points';
  readonly vault: string;
  /** Type as AWS Backup calls it. */
  readonly resourceType: string;
  /** ARN of what was backed up, by convention or as the other site has told. */
  readonly sourceArn?: string;
  /** The other site tells the ARN as long as it can be asked, for AWS has made up its name. */
  readonly learnsSource?: boolean;
  readonly roleArn: string;
  /** Identifier of what is made, so that a second try finds what the first has made. */
  readonly identifier: string;
  /** The instance that a restored cluster is given: AWS Backup restores it without any. */
  readonly instance?: { readonly instanceClass: string; readonly engine: string };
  /** Restore metadata that go before those of the recovery point. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Parameters of AWS Systems Manager that get what the application has to know: `<path>/address`, `/port`, `/arn`, `/id`. */
  readonly parameterPath: string;
}
