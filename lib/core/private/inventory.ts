import { CfnResource, Names, Stack, Stage, TagManager, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { StatefulResource } from '../../model/facts';
import { labelOf, type Properties, type ResourceType, statefulTypeOf } from '../../model/services';

/** A stateful resource of the application, with what selections ask about it. */
export interface InventoryItem extends StatefulResource {
  readonly type: ResourceType;
  readonly cfn: CfnResource;
  readonly stack: Stack;
  /** Tags as they stand in the template; a value that is only known at deploy time is left out. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Every stateful resource of one stage, by the id that facts call it. */
export type Inventory = ReadonlyMap<string, InventoryItem>;

/**
 * Walks the tree of a stage once, past `meet` with every resource; of the stages in it only those that `enters` lets in,
 * for others have an inventory of their own.
 */
export function takeInventory(
  stage: Stage,
  enters: (nested: Stage) => boolean = () => false,
  meet: (cfn: CfnResource) => void = () => undefined,
): Inventory {
  const items = new Map<string, InventoryItem>();
  const walk = (node: IConstruct): void => {
    if (CfnResource.isCfnResource(node)) {
      meet(node);
      const type = statefulTypeOf(node.cfnResourceType, node as unknown as Properties);
      if (type) {
        const id = resourceId(node);
        const label = labelOf(type, engineOf(node));
        items.set(id, {
          id,
          name: id,
          type,
          label,
          cfn: node,
          stack: Stack.of(node),
          get tags() {
            return tagsOf(node);
          },
        });
      }
    }
    for (const child of node.node.children) {
      if (!Stage.isStage(child) || enters(child)) {
        walk(child);
      }
    }
  };
  walk(stage);
  return items;
}

/** The id of a resource in facts: the path of the construct that a user wrote, not of the L1 inside it. */
export function resourceId(construct: IConstruct): string {
  const owner = construct.node.scope;
  return CfnResource.isCfnResource(construct) && owner && !Stack.isStack(owner) && owner.node.defaultChild === construct
    ? owner.node.path
    : construct.node.path;
}

/** The L1 of a construct that is defined in this app; nothing where it is imported. */
export function cfnOf(construct: IConstruct): CfnResource | undefined {
  if (CfnResource.isCfnResource(construct)) {
    return construct;
  }
  const child = construct.node.defaultChild;
  return child && CfnResource.isCfnResource(child) ? child : undefined;
}

/** Whether a construct is still part of its app: `tryRemoveChild()` takes it out, but not what points at it. */
export function isAttached(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || (scope.node.tryFindChild(id) === construct && isAttached(scope));
}

function engineOf(cfn: CfnResource): string | undefined {
  const { engine } = cfn as unknown as { engine?: unknown };
  return typeof engine === 'string' && !Token.isUnresolved(engine) ? engine : undefined;
}

function tagsOf(cfn: CfnResource): Record<string, string> {
  const known: Record<string, string> = {};
  for (const [key, value] of Object.entries(TagManager.of(cfn)?.tagValues() ?? replicaTags(cfn))) {
    if (typeof value === 'string' && !Token.isUnresolved(value) && !Token.isUnresolved(key)) {
      known[key] = value;
    }
  }
  return known;
}

/** A global table has no tags itself: those of the replica in the stack's own Region count there. */
function replicaTags(cfn: CfnResource): Record<string, unknown> {
  const stack = Stack.of(cfn);
  const replicas = (stack.resolve((cfn as { replicas?: unknown }).replicas) ?? []) as {
    readonly region?: unknown;
    readonly tags?: readonly { readonly key: string; readonly value: unknown }[];
  }[];
  const own = replicas.find(({ region }) => region === stack.resolve(stack.region) || typeof region !== 'string') ?? replicas.at(0);
  return Object.fromEntries((own?.tags ?? []).map(({ key, value }) => [key, value]));
}

/** A name that AWS accepts, unique for the construct and stable between synths. */
export function uniqueName(construct: IConstruct, maxLength: number): string {
  return Names.uniqueResourceName(construct, { maxLength, separator: '-', allowedSpecialCharacters: '-_' });
}
