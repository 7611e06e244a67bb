import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { LIMITS } from '../../model/limits';

/** A key of the copies' own, whose loss would be theirs: rotated, retained, and as long in waiting as KMS lets it before it is gone. */
export function ownKey(
  scope: Construct,
  id: string,
  { description, alias }: { readonly description: string; readonly alias?: string },
): Key {
  return new Key(scope, id, {
    alias,
    description,
    enableKeyRotation: true,
    pendingWindow: Duration.days(LIMITS.keyWaitingPeriod.value.max),
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement({ sid: 'AdministerByIam', principals: [new AccountRootPrincipal()], actions: ['kms:*'], resources: ['*'] }),
      ],
    }),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
