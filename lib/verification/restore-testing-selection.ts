import { CfnRestoreTestingSelection, type IRestoreTestingPlanRef, type RestoreTestingSelectionReference } from 'aws-cdk-lib/aws-backup';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import { type Duration, type IResolvable, Names, Resource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { restoreRoleOf } from '../core/private/backup-roles';
import { ConfigurationError } from '../core/private/errors';
import { known, wholeUnits } from '../core/private/known';
import { watchOverrides } from '../core/private/overrides';
import { insist } from '../core/private/problems';
import { checkName, checkTestCount, checkTestWindow, LIMITS } from '../model/limits';
import { RESOURCE_TYPES, type ResourceType } from '../model/services';
import { targetOf } from '../services';
import { conditionsOf } from './private/conditions';
import { requireTestable, restoredTypeOf } from './private/split-selections';
import type { RestoreMetadata } from './restore-metadata';
import type { RestoredType } from './restored-type';
import type { TestedResources } from './tested-resources';

/** How resources are restored for a test. */
export interface RestoreTestingOptions {
  /**
   * How long what was restored is kept for checks, 1 to 168 whole hours.
   * @default - it is deleted as soon as it is restored
   */
  readonly validationWindow?: Duration;
  /**
   * The role that AWS Backup restores with; it trusts `backup.amazonaws.com` and may use the keys of the vault and of the resource.
   * @default - a role of the stack that may restore the types that are tested
   */
  readonly restoreRole?: IRoleRef;
}

/** Options of `RestoreTestingPlan.select()`. */
export interface RestoredResourcesOptions extends RestoreTestingOptions {
  /**
   * What is restored differently from the original, once for each type.
   * @default - as AWS Backup infers it: databases and instances go to the default VPC
   */
  readonly metadata?: RestoreMetadata[];
}

/** Options of a selection in a restore testing plan. */
export interface RestoreTestingSelectionOptions extends RestoreTestingOptions {
  /** What is restored. */
  readonly resources: TestedResources;
  /**
   * Name of the selection: 1 to 50 letters, digits or `_`. Another name replaces the selection.
   * @default - derived from the path of the construct
   */
  readonly restoreTestingSelectionName?: string;
  /**
   * What is restored differently from the original.
   * @default - as AWS Backup infers it: databases and instances go to the default VPC
   */
  readonly metadata?: RestoreMetadata;
}

/** Properties of a RestoreTestingSelection. */
export interface RestoreTestingSelectionProps extends RestoreTestingSelectionOptions {
  /** The plan that restores them. */
  readonly plan: IRestoreTestingPlanRef;
}

/**
 * Resources of one type that a restore testing plan restores.
 *
 * Usually made by `plan.addSelection()` or `plan.select()`. CloudFormation replaces a selection by deleting it first.
 */
export class RestoreTestingSelection extends Resource {
  /** The type that is restored. */
  public readonly restoredType: RestoredType;
  /**
   * The name of the selection.
   * @attribute
   */
  public readonly restoreTestingSelectionName: string;
  /** A reference to the selection. */
  public readonly restoreTestingSelectionRef: RestoreTestingSelectionReference;

  constructor(scope: Construct, id: string, props: RestoreTestingSelectionProps) {
    super(scope, id);
    const { plan, resources, metadata, validationWindow, restoreRole } = props;
    const hours = validationWindow && wholeUnits(this, 'validationWindow', validationWindow, 'hours');
    insist(
      this,
      checkName('restore testing selection', 'restoreTestingSelectionName', known(props.restoreTestingSelectionName)),
      checkTestWindow('validationWindow', known(hours)),
    );
    const { type, types, arns, conditions } = this.settle(resources);
    this.restoredType = type;
    if (metadata && !metadata.types.includes(type)) {
      throw new ConfigurationError(
        'MetadataOfOtherType',
        `'metadata' is for ${metadata.types.join(', ')}, but ${type} is restored: give RestoreMetadata for ${type}, or leave it out`,
        this,
      );
    }
    const name =
      props.restoreTestingSelectionName ??
      Names.uniqueResourceName(this, { maxLength: LIMITS.nameLength.value, separator: '_', allowedSpecialCharacters: '_' });
    const role = restoreRole ?? restoreRoleOf(this, types);
    const selection = new CfnRestoreTestingSelection(this, 'Resource', {
      restoreTestingPlanName: plan.restoreTestingPlanRef.restoreTestingPlanName,
      restoreTestingSelectionName: name,
      protectedResourceType: type,
      iamRoleArn: role.roleRef.roleArn,
      protectedResourceArns: arns,
      protectedResourceConditions: conditions,
      restoreMetadataOverrides: metadata?._render(Stack.of(this)),
      validationWindowHours: hours,
    });
    watchOverrides(this, selection);
    this.restoreTestingSelectionName = name;
    this.restoreTestingSelectionRef = selection.restoreTestingSelectionRef;
  }

  private settle({ _spec: spec }: TestedResources): Settled {
    if (spec.kind !== 'list') {
      const types = RESOURCE_TYPES.filter((type) => restoredTypeOf(type) === spec.type);
      if (spec.kind === 'arns') {
        return { type: spec.type, types, arns: [...spec.arns] };
      }
      if (spec.conditional && spec.conditions.length === 0) {
        const message =
          "'tagged' has no condition, so that every resource of the type would be restored: give one, or use TestedResources.ofType()";
        throw new ConfigurationError('RestoresNothing', message, this);
      }
      return { type: spec.type, types, arns: ['*'], conditions: conditionsOf(this, spec.conditions) };
    }
    const targets = spec.resources.map((resource) => requireTestable(this, targetOf(this, resource)));
    const found = [...new Set(targets.map((target) => restoredTypeOf(target.type) as RestoredType))];
    if (found.length === 0) {
      throw new ConfigurationError(
        'RestoresNothing',
        "'resources' is empty, so that nothing is restored: list at least one resource",
        this,
      );
    }
    if (found.length > 1) {
      throw new ConfigurationError(
        'SeveralTypes',
        `'resources' has ${found.join(' and ')}, but a restore testing selection takes one type: use RestoreTestingPlan.select()`,
        this,
      );
    }
    const arns = [...new Set(targets.map(({ arn }) => arn))];
    insist(this, checkTestCount('resources', arns.length));
    return { type: found[0] as RestoredType, types: [...new Set(targets.map((target) => target.type))], arns };
  }
}

interface Settled {
  readonly type: RestoredType;
  readonly types: readonly ResourceType[];
  readonly arns: string[];
  readonly conditions?: CfnRestoreTestingSelection.ProtectedResourceConditionsProperty | IResolvable;
}
