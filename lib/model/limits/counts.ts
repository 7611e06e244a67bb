import { LIMITS } from './limits';
import { error, type Problem, warning } from './problem';

const COUNTS = {
  rules: { limit: LIMITS.rulesPerPlan, code: 'TooManyRules', remedy: 'split the plan' },
  copyActions: { limit: LIMITS.copiesPerRule, code: 'TooManyCopyActions', remedy: 'split the rule, or chain copies from the destination' },
  recoveryPointTags: { limit: LIMITS.recoveryPointTags, code: 'TooManyRecoveryPointTags', remedy: 'leave some out' },
  selections: { limit: LIMITS.selectionsPerPlan, code: 'TooManySelections', remedy: 'select by tag, or split the plan' },
  tagSelections: { limit: LIMITS.tagSelectionsPerPlan, code: 'TooManyTagSelections', remedy: 'join them, or split the plan' },
  arns: { limit: LIMITS.arnsPerSelection, code: 'TooManyArns', remedy: 'split the selection, or select by tag' },
  frameworks: { limit: LIMITS.frameworksPerRegion, code: 'TooManyFrameworks', remedy: 'join some' },
  auditControls: { limit: LIMITS.auditControlsPerRegion, code: 'TooManyAuditControls', remedy: 'leave some out' },
  reportPlans: { limit: LIMITS.reportPlansPerRegion, code: 'TooManyReportPlans', remedy: 'leave some out' },
  conditions: { limit: LIMITS.conditionsPerSelection, code: 'TooManyConditions', remedy: 'split the selection' },
} as const;

/** What AWS Backup takes only so many of. */
export type Counted = keyof typeof COUNTS;

/** Checks a number of things against the quota of AWS Backup. */
export function checkCount(counted: Counted, count: number | undefined): Problem | undefined {
  const { limit, code, remedy } = COUNTS[counted];
  if (count === undefined || count <= limit.value) {
    return undefined;
  }
  const message = `'${counted}' has ${count} entries, but AWS Backup takes at most ${limit.value} ${limit.unit}: ${remedy}`;
  return limit.confidence === 'unconfirmed' ? warning(code, message) : error(code, message);
}
