import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Eight characters that differ where two subjects do, whatever of them only deployment tells. */
export function hashOf(scope: Construct, subject: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(Stack.of(scope).resolve(subject)))
    .digest('hex')
    .slice(0, 8);
}
