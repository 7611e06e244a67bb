import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnDeletionPolicy, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { labelOf } from '../../model/services';
import { targetOf } from '../../services';
import { defaultLockOf, type LockFact } from '../../services/object-lock';
import type { Target } from '../../services/service';
import { keepOnDelete, setDefault, settingOf, unwrapped } from '../../services/settings';

/** A bucket of this app whose objects are replicated. */
export interface BucketSource {
  readonly target: Target;
  readonly cfn: CfnBucket;
  /** The stack that the bucket is deployed with: of nested stacks, the one around them all. */
  readonly home: Stack;
  /** The path of the user's construct inside that stack. */
  readonly path: readonly string[];
  /** References for its own stack only. */
  readonly name: string;
  readonly arn: string;
  /** Object Lock is on: retention of its objects comes with them. */
  readonly isLocked: boolean;
  /** How its objects are locked that say nothing themselves. */
  readonly defaultLock?: LockFact;
}

/** Checks that a construct is a bucket whose replication can be set from `scope`; nothing is set yet. */
export function sourceOf(scope: IConstruct, construct: IConstruct): BucketSource {
  const target = targetOf(scope, construct);
  if (target.type !== 'S3') {
    throw new ConfigurationError('NotABucket', `'source' is '${target.id}', ${labelOf(target.type)}: give a bucket`, scope);
  }
  const cfn = target.cfn as CfnBucket | undefined;
  if (cfn === undefined) {
    throw new ConfigurationError(
      'SourceOutOfReach',
      `'source' is '${target.id}', which this app does not define, so that its replication cannot be set: make the BucketReplication where the bucket is defined`,
      scope,
    );
  }
  if (Stack.of(cfn) !== Stack.of(scope)) {
    throw new ConfigurationError(
      'SourceInOtherStack',
      `'source' is in the stack '${Stack.of(cfn).node.path}', but its role here would need it and it the role, so that neither deploys first: make the BucketReplication in the stack of the bucket`,
      scope,
    );
  }
  requireUnset(scope, cfn, target.id);
  const home = outermostStackOf(cfn);
  const scopes = target.construct.node.scopes;
  return {
    target,
    cfn,
    home,
    path: scopes.slice(scopes.indexOf(home) + 1).map(({ node }) => node.id),
    name: cfn.ref,
    arn: cfn.attrArn,
    ...lockOf(cfn),
  };
}

/** The account of a destination, where it is another than that of the source: policies there have to name that one. */
export function otherAccountOf(scope: IConstruct, { home }: BucketSource, account: string | undefined): string | undefined {
  if (account === undefined || account === home.account) {
    return undefined;
  }
  if (Token.isUnresolved(home.account)) {
    throw new ConfigurationError(
      'SourceAccountUnknown',
      `the destination is in account ${account}, but which account replicates into it is only known at deploy time: set 'env' of stack '${home.node.path}'`,
      scope,
    );
  }
  return account;
}

/** What replication needs of the source, where the user left it out. */
export function prepareSource({ cfn }: BucketSource): void {
  keepOnDelete(cfn, CfnDeletionPolicy.RETAIN);
  setDefault(cfn, 'versioningConfiguration', { status: 'Enabled' });
}

function requireUnset(scope: IConstruct, cfn: CfnBucket, id: string): void {
  if (settingOf(cfn, 'replicationConfiguration') !== undefined) {
    throw new ConfigurationError(
      'ReplicationAlreadySet',
      `'source' is '${id}', which has replication rules already, and a bucket has one list of them: take away 'replicationRules' or 'replicationConfiguration', and give all rules to one BucketReplication`,
      scope,
    );
  }
  const status = settingOf(cfn, 'versioningConfiguration.status');
  if (settingOf(cfn, 'versioningConfiguration') !== undefined && !Token.isUnresolved(status) && status !== 'Enabled') {
    throw new ConfigurationError(
      'SourceNotVersioned',
      `'versioned' of '${id}' is off, but S3 replicates versioned buckets only: set 'versioned: true' or leave it out`,
      scope,
    );
  }
}

/** How Object Lock is set on a bucket. */
export function lockOf(cfn: CfnBucket): Pick<BucketSource, 'isLocked' | 'defaultLock'> {
  const configuration = unwrapped(cfn, settingOf(cfn, 'objectLockConfiguration')) as object | undefined;
  return {
    isLocked: settingOf(cfn, 'objectLockEnabled') === true || configuration !== undefined,
    defaultLock: defaultLockOf(cfn),
  };
}
