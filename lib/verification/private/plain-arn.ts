import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { known } from '../../core/private/known';
import type { ResourceType } from '../../model/services';
import type { Target } from '../../services/service';

interface Named {
  /** Property of the L1 with the name. */
  readonly property: string;
  arn(place: { readonly region: string; readonly account: string }, name: string): string;
}

/** Resources whose ARN follows from a name that a user may give. */
const NAMED: Readonly<Partial<Record<ResourceType, Named>>> = {
  RDS: { property: 'dbInstanceIdentifier', arn: ({ region, account }, name) => `rds:${region}:${account}:db:${name.toLowerCase()}` },
  RDSCluster: {
    property: 'dbClusterIdentifier',
    arn: ({ region, account }, name) => `rds:${region}:${account}:cluster:${name.toLowerCase()}`,
  },
  Aurora: { property: 'dbClusterIdentifier', arn: ({ region, account }, name) => `rds:${region}:${account}:cluster:${name.toLowerCase()}` },
  DynamoDB: { property: 'tableName', arn: ({ region, account }, name) => `dynamodb:${region}:${account}:table/${name}` },
  S3: { property: 'bucketName', arn: (_place, name) => `s3:::${name}` },
};

/** The ARN of a resource as another stack may write it; nothing where only deployment tells it. */
export function plainArnOf(asker: IConstruct, { type, arn, cfn }: Target): string | undefined {
  if (cfn === undefined) {
    return known(arn);
  }
  const named = NAMED[type];
  const home = Stack.of(cfn);
  const name = known((cfn as unknown as Record<string, string | undefined>)[named?.property ?? '']);
  if (named === undefined || name === undefined || (type !== 'S3' && Token.isUnresolved(home.region))) {
    return undefined;
  }
  const account = known(home.account) ?? Stack.of(asker).account;
  return `arn:${Stack.of(asker).partition}:${named.arn({ region: home.region, account }, name)}`;
}
