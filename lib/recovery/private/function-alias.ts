import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import type { RecoverableConcurrencyOptions } from '../recoverable-compute-options';
import { type BoundCompute, type ComputePlace, itemOf } from './bound-compute';

/** An alias of a function, by the names of both. */
export function bindAlias(place: ComputePlace, alias: IAlias, { provisioned }: RecoverableConcurrencyOptions): BoundCompute {
  const item = itemOf(place, alias, 'provisioned', provisioned);
  const { functionName, functionArn } = alias.version.lambda;
  const { aliasName } = alias;
  return {
    config: () => ({ kind: 'lambda', ...item, functionName, alias: aliasName }),
    statements: () => [
      new PolicyStatement({
        actions: [
          'lambda:DeleteProvisionedConcurrencyConfig',
          'lambda:GetProvisionedConcurrencyConfig',
          'lambda:PutProvisionedConcurrencyConfig',
        ],
        resources: [`${functionArn}:${aliasName}`],
      }),
      // reserving nothing keeps a fenced function from running; a tag says since when
      new PolicyStatement({
        actions: ['lambda:DeleteFunctionConcurrency', 'lambda:GetFunctionConcurrency', 'lambda:ListTags', 'lambda:PutFunctionConcurrency'],
        resources: [functionArn],
      }),
      new PolicyStatement({ actions: ['lambda:GetFunctionConfiguration'], resources: [functionArn, `${functionArn}:${aliasName}`] }),
      new PolicyStatement({
        actions: ['lambda:TagResource', 'lambda:UntagResource'],
        resources: [functionArn],
        conditions: { 'ForAllValues:StringLike': { 'aws:TagKeys': ['cdk-recovery:*'] } },
      }),
    ],
  };
}
