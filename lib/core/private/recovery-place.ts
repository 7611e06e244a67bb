import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from './errors';
import { requireEnvironment } from './support-stack';

/** Where copies are to go, as the user says it. */
export interface RecoveryPlace {
  readonly region: string;
  /** Left out: the account of the data. */
  readonly account?: string;
  /** What names the Region; left out: `recoveryRegion`. */
  readonly property?: string;
  /** What to do instead; left out: `choose another Region`. */
  readonly remedy?: string;
}

/** Refuses what is no place, or is the place of the data, whose loss would take the copies too. */
export function requireElsewhere(scope: IConstruct, data: IConstruct, place: RecoveryPlace): void {
  const { region, account, property = 'recoveryRegion', remedy = 'choose another Region' } = place;
  requireEnvironment(scope, { region, account });
  const home = Stack.of(data);
  if (region === home.region && (account === undefined || account === home.account)) {
    throw new ConfigurationError(
      'RecoveryRegionIsOwn',
      `'${property}' is ${region}, the Region of the data, so that both would be lost together: ${remedy}`,
      scope,
    );
  }
}
