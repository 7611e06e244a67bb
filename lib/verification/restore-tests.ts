import type { CronOptions } from 'aws-cdk-lib/aws-events';
import { Duration, type TimeZone } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { RestoreTesting } from '../core/restore-testing';
import { arrangeVerification } from './private/arrange';
import type { TestRhythm } from './private/test-rhythm';
import { RecoveryPointSelection } from './recovery-point-selection';

/** When and from what restores are tested. */
export interface RestoreTestsOptions {
  /**
   * Which recovery point is restored.
   * @default RecoveryPointSelection.latestWithin(Duration.days(30))
   */
  readonly recoveryPoints?: RecoveryPointSelection;
  /**
   * When tests start.
   * @default - at 03:00: on Sundays where weekly, on the first of the month where monthly
   */
  readonly schedule?: CronOptions;
  /**
   * Time zone of the schedule.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
  /**
   * How long a test may wait for its start, 1 to 168 whole hours; AWS Backup picks a moment in it.
   * @default Duration.hours(8)
   */
  readonly startWindow?: Duration;
  /**
   * How long what was restored is kept at most, 1 to 168 whole hours; it is deleted earlier, as soon as there is a verdict.
   * @default Duration.hours(4)
   */
  readonly validationWindow?: Duration;
}

/**
 * How often restores are tested, and from which recovery points. Each test restores everything once and costs what that costs.
 * @example
 * new Protection(this, 'Protection', { tier: RecoveryTier.STANDARD, restoreTests: RestoreTests.monthly() });
 */
export class RestoreTests extends RestoreTesting {
  /** Once a week; this is what happens where checks are given and nothing else is said. */
  public static weekly(options: RestoreTestsOptions = {}): RestoreTests {
    return RestoreTests.of('Weekly', { weekDay: 'SUN', hour: '3', minute: '0' }, options);
  }

  /** Once a month. */
  public static monthly(options: RestoreTestsOptions = {}): RestoreTests {
    return RestoreTests.of('Monthly', { day: '1', hour: '3', minute: '0' }, options);
  }

  /**
   * At times of your own.
   * @param name construct id of the restore testing plan, letters and digits
   * @param times when tests start
   * @param options everything else
   */
  public static scheduled(name: string, times: CronOptions, options: RestoreTestsOptions = {}): RestoreTests {
    if (!/^[A-Za-z][A-Za-z0-9]{0,29}$/.test(name)) {
      throw new ConfigurationError(
        'InvalidName',
        `'name' is '${name}', but has to be 1 to 30 letters or digits, the first a letter: choose another name`,
      );
    }
    return RestoreTests.of(name, times, { ...options, schedule: times });
  }

  /**
   * Never: nobody finds out whether backups restore, before they have to.
   * @param reason why this is fine; throws `ExclusionWithoutReason` where it is empty
   */
  public static none(reason: string): RestoreTests {
    if (reason.trim() === '') {
      throw new ConfigurationError('ExclusionWithoutReason', "'reason' is empty: say why restores need not be tested");
    }
    return new RestoreTests(undefined, reason);
  }

  private static of(name: string, usual: CronOptions, options: RestoreTestsOptions): RestoreTests {
    const { recoveryPoints = RecoveryPointSelection.latestWithin(Duration.days(30)), schedule = usual, timeZone } = options;
    const { startWindow = Duration.hours(8), validationWindow = Duration.hours(4) } = options;
    return new RestoreTests({ name, schedule, recoveryPoints, timeZone, startWindow, validationWindow });
  }

  private constructor(
    /** @internal */
    public readonly _rhythm: TestRhythm | undefined,
    /** Why restores are not tested. */
    public readonly reason?: string,
  ) {
    super();
  }

  /** @internal */
  public get _isNever(): boolean {
    return this._rhythm === undefined;
  }

  /** @internal */
  public _arrange(protection: Construct): void {
    if (this._rhythm) {
      arrangeVerification(protection);
    }
  }
}
