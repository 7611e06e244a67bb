import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { type Inventory, isAttached } from '../../core/private/inventory';
import type { ObjectiveFact } from '../../model/facts';
import type { Target } from '../../services/service';
import type { PromisedResource } from '../promised-resource';
import type { PlanMember } from './plan-members';
import { selects } from './selection-match';
import type { Wishes } from './wishes';

interface Search {
  readonly member: Pick<PlanMember, 'spec' | 'exceptionIds'>;
  readonly wishes: Wishes;
  /** Somebody has said why restores of what it finds are not tested. */
  readonly isNeverTested: boolean;
}

/** What a Protection has promised of which resources: of single ones, and of whatever its selections find. */
export class Promises {
  private readonly single = new Map<string, PromisedResource>();
  private readonly searches: Search[] = [];

  constructor(private readonly owner: IConstruct) {}

  public get isEmpty(): boolean {
    return this.single.size === 0 && this.searches.length === 0;
  }

  /** Whether it is left to tags and types what is protected, and to nobody why its restores are not tested; what is listed is known one by one. */
  public get hasUntestedSearches(): boolean {
    return this.searches.some(({ member, isNeverTested }) => member.spec.kind !== 'resources' && !isNeverTested);
  }

  public add(target: Target, wishes: Wishes, tests: Omit<PromisedResource, 'target' | 'objective'>): void {
    const { id } = target;
    const earlier = this.single.get(id);
    if (earlier && isAttached(earlier.target.construct)) {
      throw new ConfigurationError('ProtectedTwice', `'${id}' is protected here already: leave one call out`, this.owner);
    }
    // languages without types let through an entry that is nothing, and the resource would go untested without a word
    if (tests.checks.some((check) => !check)) {
      throw new ConfigurationError('InvalidCheck', `'checks' of '${id}' has an entry that is none: take it out of the list`, this.owner);
    }
    this.single.set(id, { target, objective: this.objectiveFor(id, wishes), ...tests });
  }

  public addSearch(member: Search['member'], wishes: Wishes, isNeverTested: boolean): void {
    this.searches.push({ member, wishes, isNeverTested });
  }

  /** Resources that are protected one by one, as the tree stands. */
  public present(): readonly PromisedResource[] {
    return [...this.single.values()].filter(({ target }) => isAttached(target.construct));
  }

  public facts(inventory: Inventory): readonly ObjectiveFact[] {
    const found = new Map(this.present().map(({ target, objective }) => [target.id, objective]));
    for (const item of this.searches.length > 0 ? inventory.values() : []) {
      const search = this.searches.find(({ member }) => selects(this.owner, member, item));
      if (search && !found.has(item.id)) {
        found.set(item.id, this.objectiveFor(item.id, search.wishes));
      }
    }
    return [...found.values()];
  }

  private objectiveFor(resource: string, { tier, rpoMs, rtoMs, survives, copyRule }: Wishes): ObjectiveFact {
    return { kind: 'objective', resource, by: this.owner.node.path, tier, rpoMs, rtoMs, survives, copyRule };
  }
}
