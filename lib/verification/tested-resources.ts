import type { IConstruct } from 'constructs';
import type { TagCondition } from '../protection/tag-condition';
import type { TestedSpec } from './private/tested-spec';
import type { RestoredType } from './restored-type';

/** Which resources a selection of a restore testing plan restores: all of one type. */
export class TestedResources {
  /**
   * These resources, 1 to 30 of one type; `RestoreTestingPlan.select()` takes any number of several types.
   * @param resources constructs of this app, references or imported resources
   */
  public static list(...resources: IConstruct[]): TestedResources {
    return new TestedResources({ kind: 'list', resources });
  }

  /** Every resource of a type that has a recovery point in the vaults of the plan, whoever made it. */
  public static ofType(type: RestoredType): TestedResources {
    return new TestedResources({ kind: 'tagged', type, conditions: [] });
  }

  /**
   * Resources of a type whose newest recovery point has tags that meet all conditions; 1 to 30 of them, by `equalTo` or `notEqualTo`.
   *
   * The tags of the recovery point count, not those that the resource has by now.
   */
  public static tagged(type: RestoredType, ...conditions: TagCondition[]): TestedResources {
    return new TestedResources({ kind: 'tagged', type, conditions, conditional: true });
  }

  /**
   * Resources of other stacks, by ARNs that are plain text.
   * @internal
   */
  public static _arns(type: RestoredType, arns: readonly string[]): TestedResources {
    return new TestedResources({ kind: 'arns', type, arns });
  }

  private constructor(
    /** @internal */
    public readonly _spec: TestedSpec,
  ) {}
}
