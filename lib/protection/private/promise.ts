import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs } from '../../core/private/known';
import type { RecoveryObjective } from '../../core/recovery-objective';
import type { RecoveryTier } from '../../core/recovery-tier';
import { DISRUPTIONS, Disruption } from '../../model/disruption';
import type { ObjectiveFact } from '../../model/facts';

/** Who promises something, in the words of a user. */
export interface Promising {
  readonly tier?: RecoveryTier;
  readonly objective?: RecoveryObjective;
  readonly survives?: Disruption[];
}

/** What is promised, settled and in plain numbers. */
export type Promised = Pick<ObjectiveFact, 'tier' | 'rpoMs' | 'rtoMs' | 'survives'>;

/** Settles what is promised; `offSite` says whether another Region gets copies. */
export function promiseOf(scope: IConstruct, promising: Promising, offSite: boolean): Promised {
  const { tier } = promising;
  const objective = promising.objective ?? tier?.objective;
  if (!objective) {
    throw new ConfigurationError(
      'NoObjective',
      "'tier' and 'objective' are both missing, so there is no promise to keep: give one of them",
      scope,
    );
  }
  return {
    tier: tier?.name,
    rpoMs: requireMs(scope, 'rpo', objective.rpo),
    rtoMs: requireMs(scope, 'rto', objective.rto),
    survives: survivals(scope, promising, objective, offSite),
  };
}

function survivals(scope: IConstruct, { survives }: Promising, objective: RecoveryObjective, offSite: boolean): Promised['survives'] {
  const usual = [Disruption.OPERATOR_ERROR, Disruption.ZONE_LOSS, ...(offSite ? [Disruption.REGION_LOSS] : [])];
  const wanted = new Set([...(survives ?? usual), ...objective._exceptions.keys()]);
  return DISRUPTIONS.filter((disruption) => wanted.has(disruption)).map((disruption) => {
    const { rpo, rto } = objective._exceptions.get(disruption) ?? objective;
    return { disruption, rpoMs: requireMs(scope, 'rpo', rpo), rtoMs: requireMs(scope, 'rto', rto) };
  });
}
