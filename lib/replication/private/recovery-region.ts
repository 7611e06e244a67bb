import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireEnvironment } from '../../core/private/support-stack';

/** Refuses what is no Region, or is the Region of the data, whose loss would take the copy too. */
export function requireRecoveryRegion(scope: IConstruct, region: string, data: IConstruct, property = 'recoveryRegion'): void {
  requireEnvironment(scope, { region });
  if (region === Stack.of(data).region) {
    throw new ConfigurationError(
      'RecoveryRegionIsOwn',
      `'${property}' is ${region}, the Region of the data, so that both would be lost together: choose another Region`,
      scope,
    );
  }
}
