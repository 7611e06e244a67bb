import type { CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { insist } from '../../core/private/problems';
import { checkCount, LIMITS } from '../../model/limits';
import { type TagCondition, TagOperator } from '../tag-condition';
import { placeOfStack } from './places';
import { arnPatternsOf, wildcardsFit } from './resource-arns';
import type { SelectionSpec } from './selection-spec';

/** What one `AWS::Backup::BackupSelection` selects; several together mean what the user wrote. */
export interface SelectionForm {
  readonly resources?: string[];
  readonly notResources?: string[];
  readonly conditions?: Record<string, { ConditionKey: string; ConditionValue: string }[]>;
  readonly listOfTags?: CfnBackupSelection.ConditionResourceTypeProperty[];
}

const PREFIX = 'aws:ResourceTag/';

/**
 * Splits a selection by tag, type or ARN into forms that AWS Backup takes.
 *
 * `Resources` are joined by OR, so they may be split; `Conditions` narrow them and are joined by AND, so they may not.
 * `ListOfTags` next to `Resources` would widen the selection, so it only ever stands alone.
 */
export function formsOf(scope: IConstruct, spec: SelectionSpec, exceptions: readonly string[]): readonly SelectionForm[] {
  checkSpec(scope, spec);
  insist(scope, checkCount('arns', exceptions.length));
  const partition = Stack.of(scope).partition;
  const notResources = exceptions.length > 0 ? [...exceptions] : undefined;
  const patterns = spec.types.length > 0 ? arnPatternsOf(partition, spec.types) : ['*'];
  const narrowed = (conditions?: SelectionForm['conditions']) =>
    chunks(patterns, LIMITS.wildcardArnsPerSelection.value).map((resources) => ({ resources, notResources, conditions }));
  switch (spec.kind) {
    case 'resources':
      return [];
    case 'arns':
      return arnForms(scope, spec.arns ?? []);
    case 'allOf':
      insist(scope, checkCount('conditions', spec.conditions.length));
      checkConsistent(scope, spec.conditions);
      return narrowed(conditionsOf(spec.conditions));
    case 'anyOf':
      if (spec.types.length === 0 && !notResources && spec.conditions.every(({ operator }) => operator === TagOperator.EQUALS)) {
        return chunks(spec.conditions, LIMITS.tagsPerSelection.value).map((conditions) => ({ listOfTags: conditions.map(tagOf) }));
      }
      return spec.conditions.flatMap((condition) => narrowed(conditionsOf([condition])));
    default:
      return narrowed();
  }
}

/** Cuts a list into parts of at most `size` elements. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, part) => list.slice(part * size, (part + 1) * size));
}

function conditionsOf(conditions: readonly TagCondition[]): SelectionForm['conditions'] {
  const byOperator: Record<string, { ConditionKey: string; ConditionValue: string }[]> = {};
  for (const { key, value, operator } of conditions) {
    byOperator[operator] ??= [];
    byOperator[operator].push({ ConditionKey: `${PREFIX}${key}`, ConditionValue: value });
  }
  return byOperator;
}

function tagOf({ key, value }: TagCondition): CfnBackupSelection.ConditionResourceTypeProperty {
  return { conditionType: 'STRINGEQUALS', conditionKey: key, conditionValue: value };
}

function arnForms(scope: IConstruct, arns: readonly string[]): readonly SelectionForm[] {
  const wild = arns.filter((arn) => !Token.isUnresolved(arn) && arn.includes('*'));
  const misplaced = wild.find((arn) => !wildcardsFit(arn));
  if (misplaced !== undefined) {
    throw new ConfigurationError(
      'MisplacedWildcard',
      `'arns' has '${misplaced}', but '*' may only stand for a whole part of an ARN or end it: write a prefix, or select by tag`,
      scope,
    );
  }
  if (arns.includes('*')) {
    throw new ConfigurationError(
      'UnfilteredSelection',
      "'arns' has '*', which selects every supported resource: use Selection.everything() where that is meant",
      scope,
    );
  }
  arns
    .filter((arn) => !Token.isUnresolved(arn))
    .forEach((arn) => {
      checkArn(scope, arn);
    });
  const plain = arns.filter((arn) => !wild.includes(arn));
  return [...chunks(plain, LIMITS.arnsPerSelection.value), ...chunks(wild, LIMITS.wildcardArnsPerSelection.value)].map((resources) => ({
    resources,
  }));
}

/** What is no ARN, or that of another Region or account, would be selected in vain; one without a service selects too much. */
function checkArn(scope: IConstruct, arn: string): void {
  const [prefix, partition, service, region, account, ...resource] = arn.split(':');
  if (prefix !== 'arn' || !partition || !service || resource.join(':') === '') {
    throw new ConfigurationError(
      'InvalidArn',
      `'arns' has '${arn}', but an ARN is 'arn:<partition>:<service>:<region>:<account>:<resource>': correct it`,
      scope,
    );
  }
  if (service.includes('*')) {
    throw new ConfigurationError(
      'UnfilteredSelection',
      `'arns' has '${arn}', which selects resources of every service: name the service, or use Selection.everything() where that is meant`,
      scope,
    );
  }
  const here = placeOfStack(scope);
  const elsewhere = (part: string | undefined, own: string | undefined) => part && !part.includes('*') && own !== undefined && part !== own;
  if (elsewhere(region, here.region) || elsewhere(account, here.account)) {
    throw new ConfigurationError(
      'ResourceElsewhere',
      `'arns' has '${arn}', but a plan protects the Region and account that it is in: give it a plan there`,
      scope,
    );
  }
}

/** No resource has two values of one tag. */
function checkConsistent(scope: IConstruct, conditions: readonly TagCondition[]): void {
  const values = new Map<string, string>();
  for (const { key, value } of conditions.filter(({ operator }) => operator === TagOperator.EQUALS)) {
    const earlier = values.get(key);
    if (earlier !== undefined && earlier !== value && !Token.isUnresolved([earlier, value, key])) {
      throw new ConfigurationError(
        'EmptySelection',
        `'allOf' wants tag '${key}' to be '${earlier}' and '${value}' at once, which selects nothing: use 'anyOf', or leave one out`,
        scope,
      );
    }
    values.set(key, value);
  }
}

function checkSpec(scope: IConstruct, { kind, arns, resources, conditions, types, exceptions, narrowed, growing }: SelectionSpec): void {
  const size = {
    resources: resources.length,
    arns: arns?.length ?? 0,
    allOf: conditions.length,
    anyOf: conditions.length,
    types: types.length,
    everything: 1,
  };
  if ((size[kind] === 0 && !growing) || (narrowed && types.length === 0)) {
    throw new ConfigurationError(
      'EmptySelection',
      `'${kind === 'types' ? 'byType' : size[kind] === 0 ? kind : 'ofTypes'}' of the selection is empty, and AWS Backup takes an empty filter for everything: give it at least one entry`,
      scope,
    );
  }
  if (narrowed && kind !== 'allOf' && kind !== 'anyOf') {
    throw new ConfigurationError(
      'SelectionNotNarrowable',
      `'ofTypes' narrows selections by tag, but this one is by ${kind}: leave it out`,
      scope,
    );
  }
  if (exceptions.length > 0 && (kind === 'resources' || kind === 'arns')) {
    throw new ConfigurationError(
      'SelectionNotNarrowable',
      `'except' narrows selections by tag or type, but this one lists its resources: leave them out of the list`,
      scope,
    );
  }
  for (const { key } of conditions) {
    if (key.startsWith(PREFIX) || key === '') {
      throw new ConfigurationError(
        'InvalidTagKey',
        `'key' of a tag condition is '${key}', but the plain tag key is wanted: leave out '${PREFIX}'`,
        scope,
      );
    }
  }
}
