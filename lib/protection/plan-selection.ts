import { CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import { type IResource, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { isAttached, uniqueName } from '../core/private/inventory';
import { known } from '../core/private/known';
import { insist } from '../core/private/problems';
import { differ } from '../model/differ';
import { checkName, LIMITS } from '../model/limits';
import { abilitiesOf, RESOURCE_TYPES, type ResourceType } from '../model/services';
import { requireProtectable, targetOf } from '../services';
import type { Target } from '../services/service';
import type { Expectations } from './expectations';
import { type ExpectedTimes, expectedTimes, refine } from './private/job-times';
import { placeOfStack } from './private/places';
import type { ListedResource } from './private/plan-members';
import { resourceTypesOf } from './private/resource-arns';
import { formsOf, type SelectionForm } from './private/selection-form';
import type { SelectionSpec } from './private/selection-spec';
import type { ProtectionPlan } from './protection-plan';
import type { Selection } from './selection';

/** Leaves room for the number of a part, which has three digits at most. */
const NAME_ROOM = LIMITS.nameLength.value - '-100'.length;

const PROTECTABLE = RESOURCE_TYPES.filter((type) => abilitiesOf(type).awsBackup);

/** Options of a selection in a plan. */
export interface PlanSelectionOptions {
  /**
   * Name of the selection: 1 to 50 letters, digits, `-`, `_` or `.`; where it has to be split, the parts are numbered.
   * @default - the construct id where it is such a name, otherwise a unique name
   */
  readonly selectionName?: string;
  /**
   * The role that AWS Backup uses for these resources; it trusts `backup.amazonaws.com`.
   * @default - the role of the plan
   */
  readonly role?: IRoleRef;
  /**
   * What is known about the data of these resources.
   * @default - sizes and times are estimated
   */
  readonly expects?: Expectations;
}

/** Properties of a PlanSelection. */
export interface PlanSelectionProps extends PlanSelectionOptions {
  /** The plan that protects the resources. */
  readonly plan: ProtectionPlan;
  /** Which resources are protected. */
  readonly selection: Selection;
}

/**
 * A selection of a plan: as many backup selections of AWS as its meaning needs.
 *
 * Usually made by `plan.select()`. Resources that are added later never move earlier ones to another backup selection.
 */
export class PlanSelection extends Construct {
  private readonly plan: ProtectionPlan;
  private readonly spec: SelectionSpec;
  private readonly baseName: string;
  private readonly givenRole?: IRoleRef;
  private readonly expected: ExpectedTimes;
  private readonly listed: ListedResource[] = [];
  private readonly constructs = new Map<string, IConstruct>();
  private readonly types = new Set<ResourceType>();
  /** Listed resources of each part; none for other kinds of selections. */
  private readonly lists: Target[][] = [];
  private parts = 0;

  constructor(scope: Construct, id: string, props: PlanSelectionProps) {
    super(scope, id);
    const { plan, selection, selectionName, role, expects } = props;
    insist(this, checkName('selection', 'selectionName', known(selectionName)));
    this.plan = plan;
    this.spec = selection._spec;
    this.givenRole = role;
    this.expected = expectedTimes(this, expects);
    this.baseName = selectionName ?? (checkName('selection', 'id', id) ? uniqueName(this, NAME_ROOM) : id);
    const exceptions = this.spec.exceptions.map((resource) => targetOf(this, resource));
    const exceptionArns = exceptions.map(({ arn }) => arn);
    const forms = formsOf(this, this.spec, exceptionArns);
    const exceptionIds = new Set(exceptions.map((target) => target.id));
    plan._register({ owner: this, spec: this.spec, expected: this.expected, listed: this.listed, exceptionIds });
    if (this.spec.kind === 'resources') {
      this.node.addValidation({ validate: () => this.refuseEmpty() });
      this.spec.resources.forEach((resource) => {
        this.addResource(resource);
      });
      return;
    }
    this.learn(this.spec.types.length > 0 ? resourceTypesOf(this.spec.types) : PROTECTABLE);
    forms.forEach((form) => {
      this.addPart(form);
    });
  }

  /**
   * Adds a resource to a selection that lists its resources; one that is in it already stays as it is.
   * @param resource a construct of this app, a reference or an imported resource
   * @param expects what is known about its data; goes before what the selection says
   */
  public addResource(resource: IConstruct, expects?: Expectations): void {
    if (this.spec.kind !== 'resources') {
      const message = `'addResource' extends selections that list resources, but this one is by ${this.spec.kind}: make another selection`;
      throw new ConfigurationError('SelectionNotExtendable', message, this);
    }
    const target = targetOf(this, resource);
    const earlier = this.constructs.get(target.id);
    if (earlier && isAttached(earlier)) {
      return;
    }
    this.checkReach(target);
    this.constructs.set(target.id, target.construct);
    this.learn([target.type]);
    let list = this.lists.at(-1);
    if (list === undefined || list.length >= LIMITS.arnsPerSelection.value) {
      const targets: Target[] = [];
      list = targets;
      this.lists.push(targets);
      this.addPart({ resources: Lazy.list({ produce: () => present(targets).map(({ arn }) => arn) }) });
    }
    list.push(target);
    this.listed.push({ target, expected: expects ? refine(this.expected, expectedTimes(this, expects)) : this.expected });
  }

  /** An empty list would even be left out of the template, and select everything. */
  private refuseEmpty(): string[] {
    const message =
      "'resources' of the selection is empty, or all that was in it has been taken out of the app: add a resource, or leave out the selection";
    return this.lists.length > 0 && this.lists.every((list) => present(list).length > 0)
      ? []
      : [new ConfigurationError('EmptySelection', message, this).message];
  }

  private addPart(form: SelectionForm): void {
    this.parts++;
    this.plan._countPart(this);
    const suffix = this.parts === 1 ? '' : `${this.parts}`;
    new CfnBackupSelection(this, `Resource${suffix}`, {
      backupPlanId: this.plan.backupPlanId,
      backupSelection: {
        ...form,
        selectionName: suffix ? `${this.baseName.slice(0, NAME_ROOM)}-${suffix}` : this.baseName,
        iamRoleArn: this.givenRole ? this.givenRole.roleRef.roleArn : this.plan._roleFor(this.types).roleRef.roleArn,
      },
    });
  }

  /** The role of the plan grows with the types that it has to back up. */
  private learn(types: Iterable<ResourceType>): void {
    const fresh = [...types].filter((type) => !this.types.has(type));
    for (const type of fresh) {
      this.types.add(type);
    }
    if (fresh.length > 0 && !this.givenRole) {
      this.plan._roleFor(new Set(fresh));
    }
  }

  private checkReach(target: Target): void {
    requireProtectable(this, target);
    const { id, arn, construct, cfn } = target;
    const here = placeOfStack(this);
    const env = cfn ? Stack.of(cfn) : (construct as Partial<IResource>).env;
    const [, , , region, account] = Token.isUnresolved(arn) ? [] : arn.split(':');
    const there = [region || known(env?.region), account || known(env?.account)];
    if (differ(there[0], here.region) || differ(there[1], here.account)) {
      const place = there.filter((part) => part !== undefined).join(' of account ');
      const message = `'${id}' is in ${place}, but a plan protects the Region and account that it is in: give it a plan there`;
      throw new ConfigurationError('ResourceElsewhere', message, this);
    }
  }
}

function present(targets: readonly Target[]): readonly Target[] {
  return targets.filter(({ construct }) => isAttached(construct));
}
