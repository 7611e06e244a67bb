import type { CfnResource } from 'aws-cdk-lib/core';
import { checkConditionsOfTest, checkTestCount, checkTestWindow, type Problem } from '../../../model/limits';
import { judgeNames } from './names';
import { listIn, numberIn, partIn, templateOf } from './properties';

const planNames = judgeNames({ RestoreTestingPlanName: 'restore testing plan' });
const selectionNames = judgeNames({
  RestoreTestingPlanName: 'restore testing plan',
  RestoreTestingSelectionName: 'restore testing selection',
});

/** A restore testing plan: its name, its windows and its vaults. */
export function judgeRestoreTestingPlan(cfn: CfnResource): readonly Problem[] {
  const { StartWindowHours, RecoveryPointSelection } = templateOf(cfn);
  const points = partIn(RecoveryPointSelection);
  return [
    ...planNames(cfn),
    ...found(
      checkTestWindow('startWindow', numberIn(StartWindowHours)),
      checkTestWindow('window', numberIn(points?.SelectionWindowDays)),
      checkTestCount('vaults', listIn(points?.IncludeVaults).length),
      checkTestCount('vaults', listIn(points?.ExcludeVaults).length),
    ),
  ];
}

/** A restore testing selection: its name, its window, and what it selects. */
export function judgeRestoreTestingSelection(cfn: CfnResource): readonly Problem[] {
  const { ValidationWindowHours, ProtectedResourceArns, ProtectedResourceConditions } = templateOf(cfn);
  const arns = listIn(ProtectedResourceArns);
  const { StringEquals, StringNotEquals } = partIn(ProtectedResourceConditions) ?? {};
  const conditions = listIn(StringEquals).length + listIn(StringNotEquals).length;
  return [
    ...selectionNames(cfn),
    ...found(
      checkTestWindow('validationWindow', numberIn(ValidationWindowHours)),
      checkTestCount('resources', arns.length),
      checkTestCount('conditions', conditions),
      checkConditionsOfTest({ arns: arns.filter((arn) => arn !== '*').length, conditions }),
    ),
  ];
}

function found(...problems: readonly (Problem | undefined)[]): readonly Problem[] {
  return problems.filter((problem) => problem !== undefined);
}
