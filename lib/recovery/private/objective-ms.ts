import type { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import type { RecoveryObjective } from '../../core/recovery-objective';
import { Disruption } from '../../model/disruption';
import type { ObjectiveMs } from '../../model/recovery/expected-times';

/** What an objective promises when a Region is lost, in ms. */
export function objectiveMs(objective: RecoveryObjective, scope?: IConstruct): ObjectiveMs {
  const { rpo, rto } = objective._exceptions.get(Disruption.REGION_LOSS) ?? objective;
  return { rpoMs: plainMs('rpo', rpo, scope), rtoMs: plainMs('rto', rto, scope) };
}

/** A span in ms; nothing can be judged against one that only deployment knows. */
export function plainMs(property: string, span: Duration, scope?: IConstruct): number {
  if (span.isUnresolved()) {
    throw new ConfigurationError(
      'DurationUnknown',
      `'${property}' is only known at deploy time and cannot be judged: give a plain Duration`,
      scope,
    );
  }
  return span.toMilliseconds({ integral: false });
}
