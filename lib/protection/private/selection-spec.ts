import type { IConstruct } from 'constructs';
import type { ProtectedResourceType } from '../protected-resource-type';
import type { TagCondition } from '../tag-condition';

/** What a Selection was told. */
export interface SelectionSpec {
  readonly kind: 'resources' | 'arns' | 'allOf' | 'anyOf' | 'types' | 'everything';
  readonly resources: readonly IConstruct[];
  readonly arns?: readonly string[];
  readonly conditions: readonly TagCondition[];
  readonly types: readonly ProtectedResourceType[];
  readonly exceptions: readonly IConstruct[];
  /** `ofTypes` was called: with no types it would widen, not narrow. */
  readonly narrowed?: boolean;
  /** Lists resources that come later: nothing is emitted while it is empty. */
  readonly growing?: boolean;
}
