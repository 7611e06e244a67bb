import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { RESTORE_TESTING_LIMITS } from '../../model/limits';
import { abilitiesOf, labelOf, type ResourceType } from '../../model/services';
import { targetOf } from '../../services';
import type { Target } from '../../services/service';
import type { RestoredType } from '../restored-type';

/** Resources that go into one selection of AWS Backup. */
export interface SelectionPart {
  /** Tells it from others of the same call: the type, and a number from the second on. */
  readonly name: string;
  readonly type: ResourceType;
  readonly part: readonly IConstruct[];
}

/** Resources by type, in parts that one selection takes; earlier ones stay where they are when others are added at the end. */
export function splitByType(scope: IConstruct, resources: readonly IConstruct[]): readonly SelectionPart[] {
  if (resources.length === 0) {
    throw new ConfigurationError('RestoresNothing', "'resources' is empty, so that nothing is restored: list at least one resource", scope);
  }
  const byType = new Map<ResourceType, Map<string, IConstruct>>();
  for (const resource of resources) {
    const { id, type } = requireTestable(scope, targetOf(scope, resource));
    const list = byType.get(type) ?? new Map<string, IConstruct>();
    byType.set(type, list.set(id, resource));
  }
  const size = RESTORE_TESTING_LIMITS.arnsPerSelection.value;
  return [...byType].flatMap(([type, list]) => {
    const all = [...list.values()];
    return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => ({
      name: `${type}${index === 0 ? '' : index + 1}`,
      type,
      part: all.slice(index * size, (index + 1) * size),
    }));
  });
}

/** Refuses what AWS Backup does not restore for a test. */
export function requireTestable(scope: IConstruct, target: Target): Target {
  if (restoredTypeOf(target.type) === undefined) {
    throw new ConfigurationError(
      'TypeNotTestable',
      `'${target.id}' is ${labelOf(target.type)}, which AWS Backup does not restore for tests: leave it out, and restore it by hand now and then`,
      scope,
    );
  }
  return target;
}

/** What a restore testing selection calls a type; nothing where it cannot be tested. */
export function restoredTypeOf(type: ResourceType): RestoredType | undefined {
  return abilitiesOf(type).restoreTesting as RestoredType | undefined;
}
