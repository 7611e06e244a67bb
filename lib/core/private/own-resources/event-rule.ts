import type { CfnResource } from 'aws-cdk-lib/core';
import { checkEventPattern, type Problem } from '../../../model/limits';
import { mentions, partIn, templateOf } from './properties';

/** Rules of EventBridge that wait for events of AWS Backup. */
export function judgeEventRule(cfn: CfnResource): readonly Problem[] {
  if (!mentions(cfn, 'EventPattern', ['aws.backup'])) {
    return [];
  }
  const { EventPattern: pattern } = templateOf(cfn);
  return checkEventPattern(partIn(typeof pattern === 'string' ? parsed(pattern) : pattern) ?? {});
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
