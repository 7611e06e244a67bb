import type { Duration } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../core/private/errors';
import { RecoveryPointType } from './recovery-point-type';

/** Which recovery point a restore test takes of each resource. */
export class RecoveryPointSelection {
  /**
   * The newest recovery point: proves that the last backup restores.
   * @param window how old it may be, 1 to 365 whole days; a resource with no recovery point in it is silently left out by AWS Backup
   * @param types kinds of recovery points that are eligible; left out: all
   */
  public static latestWithin(window: Duration, types?: RecoveryPointType[]): RecoveryPointSelection {
    return new RecoveryPointSelection('LATEST_WITHIN_WINDOW', window, types ?? ALL);
  }

  /**
   * A random recovery point: proves, over time, that old backups restore too.
   * @param window how old it may be, 1 to 365 whole days; a resource with no recovery point in it is silently left out by AWS Backup
   * @param types kinds of recovery points that are eligible; left out: all
   */
  public static randomWithin(window: Duration, types?: RecoveryPointType[]): RecoveryPointSelection {
    return new RecoveryPointSelection('RANDOM_WITHIN_WINDOW', window, types ?? ALL);
  }

  private constructor(
    /** What AWS Backup calls it. */
    public readonly algorithm: string,
    /** How old a recovery point may be. */
    public readonly window: Duration,
    /** Kinds of recovery points that are eligible. */
    public readonly types: RecoveryPointType[],
  ) {
    if (types.length === 0) {
      throw new ConfigurationError(
        'NoRecoveryPointTypes',
        "'types' is empty, so that no recovery point is eligible: leave it out, or name one",
      );
    }
  }
}

const ALL: RecoveryPointType[] = [RecoveryPointType.SNAPSHOT, RecoveryPointType.CONTINUOUS];
