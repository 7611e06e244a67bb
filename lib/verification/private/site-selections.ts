import type { IConstruct } from 'constructs';
import { RESTORE_TESTING_LIMITS } from '../../model/limits';
import type { ResourceType } from '../../model/services';
import type { RestoredType } from '../restored-type';
import { TestedResources } from '../tested-resources';
import { plainArnOf } from './plain-arn';
import { restoredTypeOf } from './split-selections';
import type { TestedResource } from './tested-resources';

/** One selection of AWS Backup. */
export interface SelectionOfType {
  /** Construct id. */
  readonly name: string;
  readonly type: ResourceType;
  readonly resources: TestedResources;
}

/** Resources of this app, listed one by one. */
export function selectionsHere(resources: readonly TestedResource[]): readonly SelectionOfType[] {
  return byType(resources).flatMap(([type, own]) =>
    parts(own).map((part, index) => ({
      ...named(type, index),
      resources: TestedResources.list(...part.map(({ target }) => target.construct)),
    })),
  );
}

/**
 * Resources of another Region as the stack of their copies knows them: by ARNs that are plain text, or by their type alone, which
 * stands for all that the vault there has of it.
 */
export function selectionsAfar(scope: IConstruct, resources: readonly TestedResource[]): readonly SelectionOfType[] {
  return byType(resources).flatMap(([type, own]): SelectionOfType[] => {
    const arns = own.map(({ target }) => plainArnOf(scope, target)).filter((arn) => arn !== undefined);
    const restored = restoredTypeOf(type) as RestoredType;
    return arns.length < own.length
      ? [{ ...named(type, 0), resources: TestedResources.ofType(restored) }]
      : parts(arns).map((part, index) => ({ ...named(type, index), resources: TestedResources._arns(restored, part) }));
  });
}

function named(type: ResourceType, index: number): Pick<SelectionOfType, 'name' | 'type'> {
  return { name: `${type}${index === 0 ? '' : index + 1}`, type };
}

function byType(resources: readonly TestedResource[]): readonly (readonly [ResourceType, readonly TestedResource[]])[] {
  const found = new Map<ResourceType, TestedResource[]>();
  for (const resource of resources) {
    const { type } = resource.target;
    found.set(type, [...(found.get(type) ?? []), resource]);
  }
  return [...found];
}

function parts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const size = RESTORE_TESTING_LIMITS.arnsPerSelection.value;
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}
