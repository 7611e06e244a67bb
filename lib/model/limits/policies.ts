import { documented } from './limit';
import { error, type Problem } from './problem';

/** How large policies of resources may be, by the property that has them. */
export const POLICY_LIMITS = {
  keyPolicy: documented(32_768, 'bytes of the policy of a key', 'AWS KMS Developer Guide: resource quotas'),
  policyDocument: documented(20_480, 'bytes of the policy of a bucket', 'S3 User Guide: bucket policies'),
} as const;

/** Words for who sets the limit, and for what is too many. */
const WORDS = {
  keyPolicy: { service: 'AWS KMS', remedy: 'use several keys' },
  policyDocument: { service: 'S3', remedy: 'use several buckets' },
} as const;

/**
 * Checks the size of a policy, which grows with everybody who is let in: AWS refuses it when it is deployed only. Of what deployment
 * tells, the shortest is counted that it may be.
 */
export function checkPolicySize(property: keyof typeof POLICY_LIMITS, document: unknown): Problem | undefined {
  const most = POLICY_LIMITS[property].value;
  const least = shortest(document);
  const { service, remedy } = WORDS[property];
  return least > most
    ? error(
        'PolicyTooLarge',
        `'${property}' has at least ${least} characters, but ${service} takes ${most} bytes: let in an organization or an organizational unit instead of accounts or roles one by one, or ${remedy}`,
      )
    : undefined;
}

/** The shortest that a reference to one of these may be. */
const REFERENCES: Readonly<Record<string, number>> = { 'AWS::AccountId': 12, 'AWS::Partition': 3, 'AWS::Region': 9, 'AWS::URLSuffix': 13 };

/** Characters of a value in JSON without white space. */
function shortest(value: unknown): number {
  if (typeof value !== 'object' || value === null) {
    return value === undefined ? 0 : JSON.stringify(value).length;
  }
  if (Array.isArray(value)) {
    return bracketed(value.map(shortest));
  }
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  const [name, argument] = entries.length === 1 ? entries[0] : [];
  if (name === 'Ref' || name?.startsWith('Fn::')) {
    return '""'.length + textOf(name, argument);
  }
  return bracketed(entries.map(([key, part]) => JSON.stringify(key).length + 1 + shortest(part)));
}

function bracketed(lengths: readonly number[]): number {
  return 2 + Math.max(0, lengths.length - 1) + lengths.reduce((sum, length) => sum + length, 0);
}

/** Characters of the text that an intrinsic function gives: joined parts, and references that are never shorter. */
function textOf(name: string, argument: unknown): number {
  if (name === 'Ref') {
    return REFERENCES[String(argument)] ?? 0;
  }
  const [separator, parts] = name === 'Fn::Join' && Array.isArray(argument) ? argument : [];
  return Array.isArray(parts)
    ? Math.max(0, parts.length - 1) * String(separator).length + parts.reduce((sum: number, part) => sum + shortest(part) - 2, 0)
    : 0;
}
