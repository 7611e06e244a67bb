import type { CfnReportPlan } from 'aws-cdk-lib/aws-backup';
import { AccountRootPrincipal, ArnPrincipal, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type Bucket, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { retainedBucket } from '../../core/private/retained-bucket';
import { LIMITS } from '../../model/limits';

const ID = 'AuditReports';
const KEPT_DAYS = 365;

/** The bucket for all reports of a stack, made when first asked for. */
export function bucketForReports(scope: IConstruct): Bucket {
  const stack = Stack.of(scope);
  return (stack.node.tryFindChild(ID) as Bucket | undefined) ?? newBucket(stack);
}

/**
 * Lets the service-linked role put reports into a bucket; answers whether that was possible. AWS Backup makes the role together with
 * the first framework or report plan, and S3 refuses a policy for a role that does not exist: so the policy waits for the plan.
 */
export function letReportsIn(scope: IConstruct, bucket: IBucket, prefix: string | undefined, plan: CfnReportPlan | undefined): boolean {
  const { policyDependable, statementAdded } = bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ArnPrincipal(reportsRoleArn(Stack.of(scope)))],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(prefix === undefined ? '*' : `${prefix}/*`)],
      conditions: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
    }),
  );
  if (plan && policyDependable) {
    bucket.policy?.node.addDependency(plan);
  }
  return statementAdded;
}

function newBucket(stack: Stack): Bucket {
  return retainedBucket(stack, ID, {
    encryptionKey: newKey(stack),
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [
      {
        id: 'ExpireReports',
        expiration: Duration.days(KEPT_DAYS),
        noncurrentVersionExpiration: Duration.days(KEPT_DAYS),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
    ],
    unlogged: 'holds reports about backups, no data; who reads one is told by CloudTrail, whose data events also cover the key',
  });
}

function newKey(stack: Stack): Key {
  return new Key(stack, `${ID}Key`, {
    description: `Encrypts the audit reports of ${stack.node.path}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(LIMITS.keyWaitingPeriod.value.max),
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement({ sid: 'AdministerByIam', principals: [new AccountRootPrincipal()], actions: ['kms:*'], resources: ['*'] }),
        // the role may not exist yet, and a key policy cannot name what does not exist; its own policy has no key in it
        new PolicyStatement({
          sid: 'EncryptReports',
          principals: [new StarPrincipal()],
          actions: ['kms:GenerateDataKey', 'kms:Encrypt'],
          resources: ['*'],
          conditions: {
            StringEquals: { 'kms:CallerAccount': stack.account },
            ArnEquals: { 'aws:PrincipalArn': reportsRoleArn(stack) },
          },
        }),
      ],
    }),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

function reportsRoleArn({ partition, account }: Stack): string {
  return `arn:${partition}:iam::${account}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports`;
}
