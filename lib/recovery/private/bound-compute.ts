import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { type ComputeConfig, type StrategyPlan, standbyCountOf } from '../../model/recovery';
import type { DataPlace } from './bound-data';

/** Where compute is an item of a recovery. */
export interface ComputePlace extends DataPlace {
  readonly strategy: StrategyPlan;
}

/** Compute as a site treats it. */
export interface BoundCompute {
  /** Asked once the tree is complete. */
  config(): ComputeConfig;
  statements(stack: Stack): readonly PolicyStatement[];
}

/** How compute becomes an item: asked where a site is told of it. */
export type ComputeBinding = (place: ComputePlace) => BoundCompute;

/** What every item of compute says; refuses what is elsewhere, and numbers that nothing can be scaled to. */
export function itemOf(place: ComputePlace, construct: IConstruct, property: string, full: number) {
  const { name, order, region, by, strategy } = place;
  requireCount(place, property, full);
  const { env } = construct as unknown as { readonly env?: { readonly region: string } };
  const there = env?.region ?? Stack.of(construct).region;
  if (there !== region) {
    throw new ConfigurationError(
      'SiteElsewhere',
      `'${name}' is '${construct.node.path}' in ${Token.isUnresolved(there) ? 'a Region that is only known at deploy time' : there}, but the site is in ${region}: make what belongs to a site in a stack with 'env: site.env', and import there what exists`,
      by,
    );
  }
  return { name, order, full, standby: standbyCountOf(strategy, full) };
}

/** The most that scaling may make of something. */
export function mostOf(place: ComputePlace, given: number | undefined, said: unknown, full: number): number {
  if (given !== undefined) {
    requireCount(place, 'max', given);
  }
  const known = given ?? (typeof said === 'number' && !Token.isUnresolved(said) ? said : Number(said));
  return Number.isFinite(known) ? Math.max(known, full) : full;
}

function requireCount({ name, by }: ComputePlace, property: string, value: number): void {
  if (Token.isUnresolved(value) || !Number.isInteger(value) || value < 1) {
    throw new ConfigurationError(
      'InvalidCount',
      `'${property}' of '${name}' is ${Token.isUnresolved(value) ? 'only known at deploy time' : value}, but a failover scales to whole numbers from 1 on: give such a number`,
      by,
    );
  }
}
