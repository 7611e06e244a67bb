import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { kindOf, type PlanWatch } from '../../model/freshness';
import { abilitiesOf, RESOURCE_TYPES, type ResourceType } from '../../model/services';
import type { JobTimes } from '../../model/worst-case';
import type { BoundRule } from './bound-rule';
import { claimsForType } from './copy-facts';
import { type ExpectedTimes, jobTimes } from './job-times';
import { placeOfStack } from './places';
import type { PlanMember } from './plan-members';
import { resourceTypesOf } from './resource-arns';

/**
 * What has to be looked after once a plan is deployed: for each type that its selections may have, the places and how old
 * a recovery point is there at worst. Where resources of a type differ, the slowest counts: nothing is called stale too early.
 */
export function watchOf(
  plan: IConstruct & { readonly planName: string },
  rules: readonly BoundRule[],
  members: readonly PlanMember[],
): PlanWatch | undefined {
  if (members.length === 0 || rules.length === 0) {
    return undefined;
  }
  const slowest = new Map<ResourceType, JobTimes>();
  const learn = (type: ResourceType, expected: ExpectedTimes): void => {
    const times = jobTimes(type, expected);
    slowest.set(type, slower(times, slowest.get(type) ?? times));
  };
  for (const { listed, spec, expected } of members) {
    for (const { target, expected: own } of listed) {
      learn(target.type, own);
    }
    for (const type of spec.kind === 'resources' ? [] : spec.kind === 'arns' ? typesOf(spec.arns ?? []) : searched(spec.types)) {
      learn(type, expected);
    }
  }
  const promises = [...slowest].map(([type, times]) => ({
    type,
    copies: claimsForType(plan.node.path, rules, type, times).templates.flatMap(({ fact: { place, form, staleness, impossible } }) =>
      impossible !== undefined || form === 'replica' ? [] : [{ place, form, staleness }],
    ),
  }));
  return { by: plan.node.path, planName: plan.planName, place: placeOfStack(plan), promises };
}

function slower(one: JobTimes, other: JobTimes): JobTimes {
  const { basis } = [one, other].find((times) => times.basis === 'estimated') ?? one;
  return { backupMs: Math.max(one.backupMs, other.backupMs), copyMs: Math.max(one.copyMs, other.copyMs), basis };
}

function protectable(): readonly ResourceType[] {
  return RESOURCE_TYPES.filter((type) => abilitiesOf(type).awsBackup);
}

function searched(types: PlanMember['spec']['types']): Iterable<ResourceType> {
  return types.length > 0 ? resourceTypesOf(types) : protectable();
}

/** Types that ARNs tell; anything may be behind a pattern, or behind what is only known at deploy time. */
function typesOf(arns: readonly string[]): readonly ResourceType[] {
  return arns.flatMap((arn) => (Token.isUnresolved(arn) || arn.includes('*') ? protectable() : (kindOf(arn)?.types ?? protectable())));
}
