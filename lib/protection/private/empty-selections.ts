import type { IConstruct } from 'constructs';
import type { Inventory } from '../../core/private/inventory';
import type { ConcernFact } from '../../model/facts';
import type { PlanMember } from './plan-members';
import { selects } from './selection-match';

/** Selections by tag that have nothing of this app: a mistyped key or value looks like this. */
export function emptyConcerns(plan: IConstruct, members: readonly PlanMember[], inventory: Inventory): readonly ConcernFact[] {
  const byTag = members.filter(({ spec }) => spec.kind === 'allOf' || spec.kind === 'anyOf');
  const empty = byTag.filter((member) => ![...inventory.values()].some((item) => selects(plan, member, item)));
  return empty.map(({ owner, spec }) => ({
    kind: 'concern',
    severity: 'warning',
    code: 'SelectionFindsNothing',
    by: owner.node.path,
    message:
      `the conditions on tag '${[...new Set(spec.conditions.map(({ key }) => key))].join("', '")}' meet no resource of this app: ` +
      'correct key and value (letter case counts), or acknowledge this where only other resources of the account are meant',
  }));
}
