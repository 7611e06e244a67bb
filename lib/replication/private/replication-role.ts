import { type Conditions, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import type { KeyAccess } from './bucket-keys';
import { ENCRYPT } from './made-replica';

/** What a role replicates. */
export interface Replicated {
  readonly source: {
    readonly arn: string;
    readonly region: string;
    /** Keys of its objects. */
    readonly keys: readonly KeyAccess[];
    /** Whether its objects may have a retention or a legal hold, which go with them. */
    readonly isLocked: boolean;
  };
  readonly destinations: readonly {
    readonly arn: string;
    readonly region: string;
    readonly key?: KeyAccess;
    readonly isOtherAccount: boolean;
  }[];
  /** What the role is called where policies of another account name it. */
  readonly roleName?: string;
}

/** The role with which S3 replicates one bucket. */
export function replicationRole(scope: Construct, id: string, replicated: Replicated): Role {
  const role = new Role(scope, id, {
    roleName: replicated.roleName,
    description: 'S3 replicates the objects of a bucket with it',
    assumedBy: new ServicePrincipal('s3.amazonaws.com'),
  });
  const statements = statementsFor(scope, replicated);
  for (const statement of statements) {
    role.addToPolicy(statement);
  }
  acknowledgeWildcards(role, {
    resources: statements.flatMap(({ resources }) => resources),
    reason: 'replication is of all objects of a bucket, and a key that is known by its alias only is named by a condition on that alias',
  });
  return role;
}

/** Exactly the calls that the S3 User Guide lists: "Setting up permissions for live replication", "Replicating encrypted objects", "Object Lock considerations". */
function statementsFor(scope: Construct, { source, destinations }: Replicated): PolicyStatement[] {
  const { urlSuffix } = Stack.of(scope);
  const via = (region: string) => `s3.${region}.${urlSuffix}`;
  const held = source.isLocked ? ['s3:GetObjectRetention', 's3:GetObjectLegalHold'] : [];
  return [
    allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], source.arn),
    allow(['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging', ...held], `${source.arn}/*`),
    ...source.keys.map((key) => allowKey(['kms:Decrypt'], key, source.arn, via(source.region))),
    ...destinations.flatMap(({ arn, region, key, isOtherAccount }) => [
      allow(
        [
          's3:ReplicateObject',
          's3:ReplicateDelete',
          's3:ReplicateTags',
          ...(isOtherAccount ? ['s3:ObjectOwnerOverrideToBucketOwner'] : []),
        ],
        `${arn}/*`,
      ),
      ...(key ? [allowKey(ENCRYPT, key, arn, via(region))] : []),
    ]),
  ];
}

/** The encryption context is the object, or the bucket where S3 Bucket Keys are on. */
function allowKey(actions: string[], { resource, alias }: KeyAccess, bucketArn: string, service: string): PolicyStatement {
  return allow(actions, resource, {
    StringEquals: { 'kms:ViaService': service },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
    ...(alias === undefined ? {} : { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } }),
  });
}

function allow(actions: string[], resource: string, conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({ effect: Effect.ALLOW, actions, resources: [resource], conditions });
}
