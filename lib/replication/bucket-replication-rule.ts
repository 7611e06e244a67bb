import type { StorageClass } from 'aws-cdk-lib/aws-s3';
import type { ReplicaBucket } from './replica-bucket';

/** Which objects of a bucket are replicated, and how. An object goes by the rule of the highest priority that has it. */
export interface BucketReplicationRule {
  /**
   * What metrics call the rule: 1 to 255 characters (S3 API model), unique for the bucket, without quotes.
   * @default - `all-objects` for a rule without filter, otherwise `rule-` and its place in the list
   */
  readonly id?: string;
  /**
   * Only objects whose key begins like this.
   * @default - all objects
   */
  readonly prefix?: string;
  /**
   * Only objects that have all these tags when they are written; S3 replicates no delete markers by such a rule.
   * @default - with any tags
   */
  readonly tags?: { [key: string]: string };
  /**
   * Which rule wins for an object that several have: the one with the highest number. Whole, from 0 on, unique for the bucket.
   * @default - rules that come first in the list win
   */
  readonly priority?: number;
  /**
   * Where the objects are replicated to.
   * @default - the destination of the BucketReplication
   */
  readonly destination?: ReplicaBucket;
  /**
   * Whether an object that is deleted in the source is deleted in the replica too. Its versions stay in any case.
   * @default - true, but false for a rule with tags, where S3 does not do it
   */
  readonly deleteMarkers?: boolean;
  /**
   * Whether changes of tags, access control lists and retention that are made to replicas come back to the source. Takes a rule in
   * the other direction as well.
   * @default - as `twoWay` says
   */
  readonly replicaModifications?: boolean;
  /**
   * The storage class of replicas.
   * @default - that of the destination, or else that of each object in the source
   */
  readonly storageClass?: StorageClass;
  /**
   * S3 Replication Time Control: 99.9 % of new objects within 15 minutes, by contract.
   * @default - as `timeControl` of the BucketReplication says
   */
  readonly timeControl?: boolean;
}
