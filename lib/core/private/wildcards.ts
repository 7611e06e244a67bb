import type { Role } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';

/** Wildcards of a policy: actions such as `s3:GetObject*`, and resources with any. */
export interface Wildcards {
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly reason: string;
}

/** Tells auditing rules why a policy of a role has to have these wildcards. */
export function acknowledgeWildcards(role: Role, { actions = [], resources = [], reason }: Wildcards): void {
  const findings = [
    ...actions.map((action) => `Action::${action}`),
    ...resources
      .map((resource) => flat(Stack.of(role).resolve(resource)))
      .filter((resource) => resource.includes('*'))
      .map((resource) => `Resource::${resource}`),
  ];
  for (const finding of new Set(findings)) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
  }
}

/** An ARN as auditing rules write it: references in angle brackets. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const [[name, inner]] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return `<${inner}>`;
    case 'Fn::GetAtt':
      return `<${(inner as readonly string[]).join('.')}>`;
    case 'Fn::Join':
      return (inner as [string, readonly unknown[]])[1].map(flat).join((inner as [string])[0]);
    default:
      return JSON.stringify(value);
  }
}
