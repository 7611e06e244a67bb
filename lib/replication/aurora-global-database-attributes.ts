import type { IClusterEngine } from 'aws-cdk-lib/aws-rds';

/** What is known of a global database that this app does not define. */
export interface AuroraGlobalDatabaseAttributes {
  /** The name of the global database. */
  readonly globalClusterIdentifier: string;
  /** The Region of its primary cluster, such as `ap-northeast-1`. */
  readonly primaryRegion: string;
  /** The engine with the full version of the primary cluster. */
  readonly engine: IClusterEngine;
  /**
   * Whether it is encrypted.
   * @default true
   */
  readonly storageEncrypted?: boolean;
}
