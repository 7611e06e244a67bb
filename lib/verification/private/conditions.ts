import type { CfnRestoreTestingSelection } from 'aws-cdk-lib/aws-backup';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { insist } from '../../core/private/problems';
import { checkTestCount } from '../../model/limits';
import { type TagCondition, TagOperator } from '../../protection/tag-condition';

const PREFIX = 'aws:ResourceTag/';

/** Conditions on tags as a restore testing selection takes them: of the newest recovery point, exactly equal or not. */
export function conditionsOf(
  scope: IConstruct,
  conditions: readonly TagCondition[],
): CfnRestoreTestingSelection.ProtectedResourceConditionsProperty | undefined {
  if (conditions.length === 0) {
    return undefined;
  }
  insist(scope, checkTestCount('conditions', conditions.length));
  const pattern = conditions.find(({ operator }) => operator === TagOperator.LIKE || operator === TagOperator.NOT_LIKE);
  if (pattern) {
    throw new ConfigurationError(
      'PatternNotTestable',
      `tag '${pattern.key}' is compared with the pattern '${pattern.value}', but restore testing compares whole values only: use TagCondition.equalTo() or notEqualTo()`,
      scope,
    );
  }
  const of = (wanted: TagOperator) => {
    const found = conditions
      .filter(({ operator }) => operator === wanted)
      .map(({ key, value }) => ({ key: key.startsWith(PREFIX) || Token.isUnresolved(key) ? key : `${PREFIX}${key}`, value }));
    return found.length > 0 ? found : undefined;
  };
  return { stringEquals: of(TagOperator.EQUALS), stringNotEquals: of(TagOperator.NOT_EQUALS) };
}
