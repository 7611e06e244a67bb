import type { CfnResource } from 'aws-cdk-lib/core';
import { checkBackupPolicySize, type Problem } from '../../../model/limits';
import { isPlain, templateOf } from './properties';

/** Backup policies of AWS Organizations. */
export function judgeOrganizationPolicy(cfn: CfnResource): readonly Problem[] {
  const { Type, Content } = templateOf(cfn);
  const sized = typeof Content === 'string' || (typeof Content === 'object' && Content !== null);
  const problem = Type === 'BACKUP_POLICY' && sized && isPlain(Content) ? checkBackupPolicySize(Content) : undefined;
  return problem ? [problem] : [];
}
