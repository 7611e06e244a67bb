import type { Role } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';

/** Tells auditing rules why a policy of a role has to have these wildcards: actions such as `s3:GetObject*`, or resources. */
export function acknowledgeWildcards(
  role: Role,
  {
    actions = [],
    resources = [],
    reason,
  }: { readonly actions?: readonly string[]; readonly resources?: readonly string[]; readonly reason: string },
): void {
  const findings = [
    ...actions.map((action) => `Action::${action}`),
    ...resources.map((resource) => `Resource::${flat(Stack.of(role).resolve(resource))}`),
  ];
  for (const finding of findings) {
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
