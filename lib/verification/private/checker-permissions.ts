import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import { type CheckPermission, type CheckSpec, permissionsOf } from '../../model/verification';

/** Why the role of the function that looks at restored resources has wildcards. */
export const CHECKER_WILDCARDS =
  'What AWS Backup restores for a test has a name that nobody knows before, and snapshots, status and commands know no names at all.';

/** What stands for the resources that are known only where the function is made. */
export interface KnownArns {
  /** Of what was backed up, as far as its ARN is known in this Region. */
  readonly sources?: readonly string[];
  /** Of the function that mounts file systems, where there is one. */
  readonly reader?: string;
}

/** What checks of these kinds take, for restores of what has such ARNs. */
export function checkerStatements(stack: Stack, known: ReadonlyMap<CheckSpec['kind'], KnownArns>): PolicyStatement[] {
  return [...known].flatMap(([kind, arns]) => statementsOf(stack, permissionsOf(kind), arns));
}

/** Permissions as a role has them; those for a resource that nobody knows are left out. */
export function statementsOf(stack: Stack, permissions: readonly CheckPermission[], known: KnownArns = {}): PolicyStatement[] {
  return permissions.flatMap((permission) => {
    const resources = permission.resources.flatMap((resource) => resourcesFor(stack, resource, known));
    return resources.length > 0
      ? [new PolicyStatement({ actions: [...permission.actions], resources, conditions: conditionsFor(stack, permission) })]
      : [];
  });
}

function resourcesFor(stack: Stack, resource: string, { sources = [], reader }: KnownArns): readonly string[] {
  if (resource.includes('{source}')) {
    return sources.map((arn) => resource.replace('{source}', arn));
  }
  if (resource.includes('{reader}')) {
    return reader === undefined ? [] : [resource.replace('{reader}', reader)];
  }
  return [placed(stack, resource)];
}

function conditionsFor(stack: Stack, { condition }: CheckPermission): Record<string, Record<string, string>> | undefined {
  return condition && { [condition.operator]: { [condition.key]: placed(stack, condition.value) } };
}

function placed({ partition, region, account, urlSuffix }: Stack, text: string): string {
  const parts: Readonly<Record<string, string>> = { partition, region, account, suffix: urlSuffix };
  return text.replace(/\{(partition|region|account|suffix)\}/g, (_, part: string) => parts[part] as string);
}
