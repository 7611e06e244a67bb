import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import type { DataConfig } from '../../model/recovery';
import { labelOf, type ResourceType } from '../../model/services';
import { placeOf, targetOf } from '../../services';
import type { Target } from '../../services/service';

/** Where data are an item of a recovery. */
export interface DataPlace {
  /** Name of the item. */
  readonly name: string;
  readonly order: number;
  /** Region of the site. */
  readonly region: string;
  /** Name of the recovery. */
  readonly recovery: string;
  /** Whoever says that it is an item: errors are shown there. */
  readonly by: IConstruct;
}

/** Data as a site treats them. */
export interface BoundData {
  readonly kind: DataConfig['kind'];
  /** Type of what holds the data. */
  readonly type: ResourceType;
  /** What facts are about; nothing where there are only recovery points. */
  readonly target?: Target;
  /** Asked once the tree is complete. */
  config(at: AgentPlace): DataConfig;
  /** What the agent of the site may do with it besides what concerns no data. */
  statements(at: AgentPlace): readonly PolicyStatement[];
}

/** Where an agent is. */
export interface AgentPlace {
  readonly stack: Stack;
  readonly otherRegions: readonly string[];
}

/** How data become an item: asked where a site is told of them. */
export type DataBinding = (place: DataPlace) => BoundData;

/** What a user hands over as data of a type, at its own site. */
export function targetAt({ by, name, region }: DataPlace, construct: IConstruct, types: readonly ResourceType[]): Target {
  const target = targetOf(construct, construct);
  if (!types.includes(target.type)) {
    throw new ConfigurationError(
      'DataOfOtherType',
      `'${name}' is '${target.id}' (${labelOf(target.type)}), but ${types.map((type) => labelOf(type)).join(' or ')} was asked for: take the factory of RecoverableData for it`,
      by,
    );
  }
  const there = placeOf(target).region;
  if (there !== region) {
    throw new ConfigurationError(
      'SiteElsewhere',
      `'${name}' is '${target.id}' in ${there ?? 'a Region that is only known at deploy time'}, but the site is in ${region}: make what belongs to a site in a stack with 'env: site.env', and import there what exists`,
      by,
    );
  }
  return target;
}
