import type { IConstruct } from 'constructs';
import type { TagCondition } from '../../protection/tag-condition';
import type { RestoredType } from '../restored-type';

/** What a selection of a restore testing plan is to restore. */
export type TestedSpec =
  | { readonly kind: 'list'; readonly resources: readonly IConstruct[] }
  | { readonly kind: 'arns'; readonly type: RestoredType; readonly arns: readonly string[] }
  | {
      readonly kind: 'tagged';
      readonly type: RestoredType;
      readonly conditions: readonly TagCondition[];
      /** Without any condition it would be wider than it says. */
      readonly conditional?: true;
    };
