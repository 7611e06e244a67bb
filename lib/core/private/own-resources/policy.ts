import type { CfnResource } from 'aws-cdk-lib/core';
import { checkPolicySize, type Problem } from '../../../model/limits';
import { templateOf } from './properties';

/** The policy of a key. */
export function judgeKey(cfn: CfnResource): readonly Problem[] {
  return problemsOf(checkPolicySize('keyPolicy', templateOf(cfn).KeyPolicy));
}

/** The policy of a bucket. */
export function judgeBucketPolicy(cfn: CfnResource): readonly Problem[] {
  return problemsOf(checkPolicySize('policyDocument', templateOf(cfn).PolicyDocument));
}

function problemsOf(problem: Problem | undefined): readonly Problem[] {
  return problem ? [problem] : [];
}
