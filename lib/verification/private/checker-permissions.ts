import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import { type CheckPermission, type CheckSpec, permissionsOf } from '../../model/verification';

/** Why the role of the function that looks at restored resources has wildcards. */
export const CHECKER_WILDCARDS =
  'What AWS Backup restores for a test has a name that nobody knows before, and snapshots, status and commands know no names at all.';

/** What checks of these kinds take, for restores of what has such ARNs: the ones that are known in this Region. */
export function checkerStatements(stack: Stack, sources: ReadonlyMap<CheckSpec['kind'], readonly string[]>): PolicyStatement[] {
  return [...sources].flatMap(([kind, arns]) =>
    permissionsOf(kind).flatMap((permission) => {
      const resources = permission.resources.flatMap((resource) => resourcesFor(stack, resource, arns));
      return resources.length > 0
        ? [new PolicyStatement({ actions: [...permission.actions], resources, conditions: conditionsFor(stack, permission) })]
        : [];
    }),
  );
}

function resourcesFor(stack: Stack, resource: string, sources: readonly string[]): readonly string[] {
  return resource.includes('{source}') ? sources.map((arn) => resource.replace('{source}', arn)) : [placed(stack, resource)];
}

function conditionsFor(stack: Stack, { condition }: CheckPermission): Record<string, Record<string, string>> | undefined {
  return condition && { [condition.operator]: { [condition.key]: placed(stack, condition.value) } };
}

function placed({ partition, region, account, urlSuffix }: Stack, text: string): string {
  const parts: Readonly<Record<string, string>> = { partition, region, account, suffix: urlSuffix };
  return text.replace(/\{(partition|region|account|suffix)\}/g, (_, part: string) => parts[part] as string);
}
