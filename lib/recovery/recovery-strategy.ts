import { Token } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../core/private/errors';
import type { RecoveryObjective } from '../core/recovery-objective';
import { cheapestStrategy } from '../model/recovery/expected-times';
import type { StrategyKind, StrategyPlan } from '../model/recovery/strategy';
import { objectiveMs } from './private/objective-ms';

/** What a warm standby keeps running. */
export interface WarmStandbyOptions {
  /**
   * Part of the full capacity that runs at the site without traffic: more than 0 and less than 1. Counts are rounded up.
   * @default 0.25
   */
  readonly capacity?: number;
}

/**
 * How much of an application runs in the recovery Region before anything happens: the more, the sooner it takes over, and the more it costs.
 * To go up or down a step is a change of one line; no store of data is replaced by it.
 */
export class RecoveryStrategy {
  /** Recovery points are copied to the recovery Region; data are restored and capacity is started there only when it has to take over. Hours. */
  public static backupAndRestore(): RecoveryStrategy {
    return new RecoveryStrategy({ kind: 'backup-and-restore', standbyCapacity: 0 });
  }

  /** Data are live in the recovery Region; nothing that computes runs there. Tens of minutes. */
  public static pilotLight(): RecoveryStrategy {
    return new RecoveryStrategy({ kind: 'pilot-light', standbyCapacity: 0 });
  }

  /**
   * Everything runs in the recovery Region, at a part of its size, and could take requests at once. Minutes.
   * Throws `InvalidCapacity` for a part that is not between 0 and 1.
   */
  public static warmStandby(options: WarmStandbyOptions = {}): RecoveryStrategy {
    const { capacity = 0.25 } = options;
    if (Token.isUnresolved(capacity) || !(capacity > 0 && capacity < 1)) {
      throw new ConfigurationError(
        'InvalidCapacity',
        `'capacity' is ${Token.isUnresolved(capacity) ? 'only known at deploy time' : capacity}, but a warm standby keeps a part between 0 and 1 running: give such a number, or take pilotLight() for 0 and hotStandby() for 1`,
      );
    }
    return new RecoveryStrategy({ kind: 'warm-standby', standbyCapacity: capacity });
  }

  /** Everything runs in the recovery Region in full, without requests of users. Near real time, once it is decided. */
  public static hotStandby(): RecoveryStrategy {
    return new RecoveryStrategy({ kind: 'hot-standby', standbyCapacity: 1 });
  }

  /** Every site takes requests all the time, each with room for all of them. */
  public static multiSite(): RecoveryStrategy {
    return new RecoveryStrategy({ kind: 'multi-site', standbyCapacity: 1 });
  }

  /** The cheapest strategy that keeps an objective. Throws `DurationUnknown` for one that is only known at deploy time. */
  public static forObjective(objective: RecoveryObjective): RecoveryStrategy {
    const made: Readonly<Record<StrategyKind, () => RecoveryStrategy>> = {
      'backup-and-restore': () => RecoveryStrategy.backupAndRestore(),
      'pilot-light': () => RecoveryStrategy.pilotLight(),
      'warm-standby': () => RecoveryStrategy.warmStandby(),
      'hot-standby': () => RecoveryStrategy.hotStandby(),
      'multi-site': () => RecoveryStrategy.multiSite(),
    };
    return made[cheapestStrategy(objectiveMs(objective))]();
  }

  private constructor(
    /** @internal */
    public readonly _plan: StrategyPlan,
  ) {}
}
