import type { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { ConcernFact, CopyFact, ResourceFact, Term } from '../model/facts';
import type { ResourceType } from '../model/services';

/** Something that holds data, as a user hands it over: a construct of this app or a reference to what exists already. */
export interface Target {
  /** What facts call it: the path of the user's construct. */
  readonly id: string;
  readonly type: ResourceType;
  readonly arn: string;
  readonly construct: IConstruct;
  /** The L1, where this app defines it: only then can its properties be read and set. */
  readonly cfn?: CfnResource;
}

/** What a plan is going to do with a resource. */
export interface Needs {
  /** A rule with continuous backup selects it. */
  readonly continuous: boolean;
  /** A rule copies its recovery points to another vault. */
  readonly copied: boolean;
  /** Days that the service's own automated backups are kept, where the service and not AWS Backup owns them. */
  readonly serviceRetentionDays?: number;
  /** Minutes of the UTC day at which start windows of the plan open: they should not meet a maintenance window. */
  readonly backupMinutes?: readonly number[];
}

/** All that this library knows about one service: nothing else asks for the type of a resource. */
export interface ServiceAdapter {
  readonly types: readonly ResourceType[];
  /** The resource itself: where it lies, under which key, and what becomes of it when a zone is lost. */
  describe(target: Target): ResourceFact;
  /**
   * Copies that the service makes by itself, as its own properties say: automated backups, point-in-time recovery, replicas.
   *
   * `needs` says whether AWS Backup owns the continuous backup, which is then the plan's copy and not the service's.
   */
  copies(target: Target, restore: readonly Term[], needs?: Needs): readonly CopyFact[];
  /**
   * Sets what the plan needs on a resource of this app; says what to set on one that it cannot reach.
   *
   * May be called again, for another plan or once the tree is complete: what the user set in between is then seen.
   */
  prepare(target: Target, needs: Needs): Concerns;
}

/** What stands against something as the tree is when this is called: an app is prepared more often than it is judged. */
export type Concerns = () => readonly ConcernFact[];
