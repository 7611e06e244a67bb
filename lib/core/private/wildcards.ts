import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';

/** Tells auditing rules why the resources of these statements of a role have wildcards. */
export function acknowledgeWildcards(role: Role, statements: readonly PolicyStatement[], reason: string): void {
  const resources = statements.flatMap((statement) => statement.resources).map((resource) => flat(Stack.of(role).resolve(resource)));
  for (const resource of new Set(resources.filter((one) => one.includes('*')))) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
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
