import type { IConstruct } from 'constructs';
import type { InventoryItem } from '../../core/private/inventory';
import { known } from '../../core/private/known';
import { differ } from '../../model/differ';
import { abilitiesOf } from '../../model/services';
import { placeOfStack } from './places';
import type { PlanMember } from './plan-members';
import { resourceTypesOf } from './resource-arns';
import { meets, meetsByAbsence } from './tag-matching';

/** How a selection by tag or type has a resource of the application. */
export interface SelectionMatch {
  /** Tag keys whose absence alone makes a condition hold. */
  readonly absent: readonly string[];
}

/** Whether a selection by tag, by type or of everything really has a resource, as AWS Backup will find it; one that lists finds none. */
export function selects(
  plan: IConstruct,
  { spec, exceptionIds }: Pick<PlanMember, 'spec' | 'exceptionIds'>,
  item: InventoryItem,
): SelectionMatch | undefined {
  const { kind, types, conditions } = spec;
  if (kind === 'resources' || kind === 'arns') {
    return undefined;
  }
  const reachable = abilitiesOf(item.type).awsBackup && !exceptionIds.has(item.id) && sameEnvironment(plan, item);
  if (!reachable || (types.length > 0 && !resourceTypesOf(types).has(item.type))) {
    return undefined;
  }
  const holding = conditions.filter((condition) => meets(item.tags, condition));
  if (kind === 'anyOf') {
    const sure = holding.some((condition) => !meetsByAbsence(item.tags, condition));
    return holding.length === 0 ? undefined : { absent: sure ? [] : holding.map(({ key }) => key) };
  }
  if (kind === 'allOf' && holding.length < conditions.length) {
    return undefined;
  }
  return { absent: holding.filter((condition) => meetsByAbsence(item.tags, condition)).map(({ key }) => key) };
}

function sameEnvironment(plan: IConstruct, { stack }: InventoryItem): boolean {
  const { region, account } = placeOfStack(plan);
  return !differ(region, known(stack.region)) && !differ(account, known(stack.account));
}
