import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { type CheckSpec, permissionsOf, RESTORED_PREFIX } from '../../model/verification';
import type { BoundData } from './bound-data';

/** Why roles of functions that look at data have wildcards. */
export const CHECK_WILDCARDS =
  'Objects and indexes are below what holds them, secrets that are known by name have ARNs with six letters more, and data may be encrypted with any key that the service uses for them.';

/** What looking at live data takes: what looking at restored data does, but of these data alone. */
export function liveStatements(stack: Stack, item: BoundData, specs: readonly CheckSpec[]): PolicyStatement[] {
  const arns = arnsOf(stack, item);
  return [...new Set(specs.map(({ kind }) => kind))].flatMap(permissionsOf).flatMap(({ actions, resources, condition }) => {
    const live = resources.flatMap((resource) => liveResources(stack, resource, arns));
    return live.length === 0
      ? []
      : [
          new PolicyStatement({
            actions: [...actions],
            resources: live,
            ...(condition && { conditions: { [condition.operator]: { [condition.key]: placed(stack, condition.value) } } }),
          }),
        ];
  });
}

/** In place of everything that is restored for a test, whose names begin alike, stand these data; nothing is compared with a source. */
function liveResources(stack: Stack, resource: string, arns: readonly string[]): readonly string[] {
  const [, below] = resource.split(`${RESTORED_PREFIX}*`);
  if (below !== undefined) {
    return arns.map((arn) => `${arn}${below}`);
  }
  return /\{(source|reader)\}/.test(resource) ? [] : [placed(stack, resource)];
}

/** The data themselves; where they are only restored, what that makes in a failover and in a rehearsal. */
function arnsOf(stack: Stack, { target, type, restoredName }: BoundData): readonly string[] {
  if (target) {
    return [target.arn];
  }
  const names = restoredName === undefined ? [] : [restoredName, `${restoredName}-rehearsal`];
  return names.map((resourceName) =>
    type === 'S3'
      ? stack.formatArn({ service: 's3', region: '', account: '', resource: resourceName, arnFormat: ArnFormat.NO_RESOURCE_NAME })
      : stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName }),
  );
}

function placed({ partition, region, account, urlSuffix }: Stack, text: string): string {
  const parts: Readonly<Record<string, string>> = { partition, region, account, suffix: urlSuffix };
  return text.replace(/\{(partition|region|account|suffix)\}/g, (_, part: string) => parts[part] as string);
}
