import {
  CfnRestoreTestingPlan,
  type CfnRestoreTestingPlanProps,
  CfnRestoreTestingSelection,
  type CfnRestoreTestingSelectionProps,
} from 'aws-cdk-lib/aws-backup';
import { App, CfnParameter, Stack } from 'aws-cdk-lib/core';
import { RecoveryRecord } from '../../lib/core/private/record';

const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
const hours = new CfnParameter(stack, 'Hours', { type: 'Number' }).valueAsNumber;
const times = (count: number, entry: (n: number) => string) => Array.from({ length: count }, (_, n) => entry(n));
const arns = (count: number) => times(count, (n) => `arn:aws:s3:::bucket-${n}`);
const tags = (count: number) => times(count, String).map((key) => ({ key: `aws:ResourceTag/${key}`, value: 'x' }));
let id = 0;

/** Codes of what is said about a plan or a selection that an app writes itself. */
function told(plan: Partial<CfnRestoreTestingPlanProps>, selection: Partial<CfnRestoreTestingSelectionProps> = {}): string[] {
  id++;
  const own = new CfnRestoreTestingPlan(stack, `Plan${id}`, {
    restoreTestingPlanName: 'plan',
    scheduleExpression: 'cron(0 5 ? * * *)',
    recoveryPointSelection: { algorithm: 'LATEST_WITHIN_WINDOW', includeVaults: ['*'], recoveryPointTypes: ['SNAPSHOT'] },
    ...plan,
  });
  const ofOwn = new CfnRestoreTestingSelection(stack, `Selection${id}`, {
    restoreTestingPlanName: 'plan',
    restoreTestingSelectionName: 'selection',
    iamRoleArn: 'arn:aws:iam::111122223333:role/restore',
    protectedResourceType: 'S3',
    ...selection,
  });
  const findings = RecoveryRecord.of(stack)
    .assess()
    .findings.map(({ code, at }) => `${code} at ${at}`);
  stack.node.tryRemoveChild(own.node.id);
  stack.node.tryRemoveChild(ofOwn.node.id);
  return findings.map((finding) => finding.replace(`${id}`, ''));
}

const points = (more: object) => ({
  recoveryPointSelection: { algorithm: 'LATEST_WITHIN_WINDOW', includeVaults: ['*'], recoveryPointTypes: ['SNAPSHOT'], ...more },
});

test.each<[string, Partial<CfnRestoreTestingPlanProps>, Partial<CfnRestoreTestingSelectionProps>, string[]]>([
  ['all defaults', {}, {}, []],
  ['windows at their limits', { startWindowHours: 168, ...points({ selectionWindowDays: 365 }) }, { validationWindowHours: 1 }, []],
  ['windows that only deployment tells', { startWindowHours: hours }, { validationWindowHours: hours }, []],
  ['a start window beyond a week', { startWindowHours: 169 }, {}, ['RestoreTestWindowOutOfRange at Orders/Plan']],
  ['recovery points of more than a year', points({ selectionWindowDays: 366 }), {}, ['RestoreTestWindowOutOfRange at Orders/Plan']],
  ['31 vaults', points({ includeVaults: times(31, String) }), {}, ['TooManyForRestoreTest at Orders/Plan']],
  ['31 vaults left out', points({ excludeVaults: times(31, String) }), {}, ['TooManyForRestoreTest at Orders/Plan']],
  ['no hour for checks', {}, { validationWindowHours: 0 }, ['RestoreTestWindowOutOfRange at Orders/Selection']],
  ['30 resources', {}, { protectedResourceArns: arns(30) }, []],
  ['31 resources', {}, { protectedResourceArns: arns(31) }, ['TooManyForRestoreTest at Orders/Selection']],
  ['30 conditions', {}, { protectedResourceConditions: { stringEquals: tags(20), stringNotEquals: tags(10) } }, []],
  [
    '31 conditions',
    {},
    { protectedResourceArns: ['*'], protectedResourceConditions: { stringEquals: tags(20), stringNotEquals: tags(11) } },
    ['TooManyForRestoreTest at Orders/Selection'],
  ],
  [
    'resources and conditions',
    {},
    { protectedResourceArns: arns(1), protectedResourceConditions: { stringEquals: tags(1) } },
    ['ListedAndConditional at Orders/Selection'],
  ],
])('a restore testing plan and selection of your own with %s', (_case, plan, selection, expected) => {
  expect(told(plan, selection)).toEqual(expected);
});
