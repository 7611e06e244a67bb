import type { IConstruct } from 'constructs';
import type { SelectionSpec } from './private/selection-spec';
import type { ProtectedResourceType } from './protected-resource-type';
import type { TagCondition } from './tag-condition';

/** Says that a selection without any filter is meant: AWS Backup selects by it whatever exists, whoever made it. */
export enum UnfilteredSelection {
  /** Every supported resource of the account and Region is backed up and paid for, those of other teams and of the future too. */
  EVERY_SUPPORTED_RESOURCE_OF_THE_ACCOUNT_AND_REGION = 'EVERY_SUPPORTED_RESOURCE_OF_THE_ACCOUNT_AND_REGION',
}

/**
 * Which resources a plan protects.
 *
 * A selection is never empty and never wider than it says: conditions of `allOf` all have to hold, of those of `anyOf` one
 * suffices, and both hold together with types and exclusions.
 * @example
 * Selection.allOf(TagCondition.equalTo('env', 'prod'), TagCondition.notLike('backup', 'no*')).except(scratch)
 */
export class Selection {
  /** These resources: constructs of this app, references and imported resources; others can be added later. */
  public static resources(...resources: IConstruct[]): Selection {
    return new Selection({ kind: 'resources', resources, conditions: [], types: [], exceptions: [] });
  }

  /**
   * Resources by ARN, for what no construct stands for.
   *
   * `*` stands for a whole part of an ARN or ends it, such as `arn:aws:s3:::orders-*`. The report counts nothing as
   * protected that is selected so: prefer `resources()`, with imported resources where needed.
   */
  public static arns(...arns: string[]): Selection {
    return new Selection({ kind: 'arns', arns, resources: [], conditions: [], types: [], exceptions: [] });
  }

  /** Every resource, of the types given by `ofTypes` or of any type, whose tags meet all conditions. */
  public static allOf(...conditions: TagCondition[]): Selection {
    return new Selection({ kind: 'allOf', resources: [], conditions, types: [], exceptions: [] });
  }

  /** Every resource, of the types given by `ofTypes` or of any type, whose tags meet at least one condition. */
  public static anyOf(...conditions: TagCondition[]): Selection {
    return new Selection({ kind: 'anyOf', resources: [], conditions, types: [], exceptions: [] });
  }

  /** Every resource of these types in the account and Region, whoever made it. */
  public static byType(...types: ProtectedResourceType[]): Selection {
    return new Selection({ kind: 'types', resources: [], conditions: [], types, exceptions: [] });
  }

  /**
   * Every resource that AWS Backup supports in the account and Region.
   * @param _acknowledgement says that this is meant
   */
  public static everything(_acknowledgement: UnfilteredSelection): Selection {
    return new Selection({ kind: 'everything', resources: [], conditions: [], types: [], exceptions: [] });
  }

  /**
   * Resources that are added one by one.
   * @internal
   */
  public static _growing(): Selection {
    return new Selection({ kind: 'resources', resources: [], conditions: [], types: [], exceptions: [], growing: true });
  }

  private constructor(
    /** @internal */
    public readonly _spec: SelectionSpec,
  ) {}

  /** The same selection, of these types only; for selections by tag. */
  public ofTypes(...types: ProtectedResourceType[]): Selection {
    return new Selection({ ...this._spec, types: [...this._spec.types, ...types], narrowed: true });
  }

  /** The same selection without these resources; for selections by tag, by type and of everything. */
  public except(...resources: IConstruct[]): Selection {
    return new Selection({ ...this._spec, exceptions: [...this._spec.exceptions, ...resources] });
  }
}
