import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IChainable, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DAY, HOUR } from '../../model/time';
import { type Engine, engineOf } from '../../replication/private/exports/engine';
import { rhythmOf } from '../../replication/private/exports/rhythm';
import { type Made, whenAlone } from '../../replication/private/exports/steps';
import { START_MS } from '../../replication/private/exports/times';
import type { SelfManagedOptions } from '../self-managed-options';
import type { Timing } from './rhythm-for';

/** What runs on a schedule, and how that is told from the rest. */
export interface Chores {
  /** The name of what is backed up. */
  readonly of: string;
  readonly timing: Timing;
  backup(steps: Construct): IChainable;
  verification(steps: Construct): IChainable;
  retirement(steps: Construct): IChainable;
}

/** What was made for it. */
export interface Scheduled {
  readonly machine: StateMachine;
  readonly verificationMachine: StateMachine;
  readonly retirementMachine: StateMachine;
  readonly failureAlarm: Alarm;
  readonly absenceAlarm: Alarm;
  readonly alarms: Alarm[];
}

/** After that a verification or retirement has failed, whatever becomes of it. */
const CHORE_MS = 12 * HOUR;
const WEEK = Duration.millis(7 * DAY);

/** Backs up on a schedule, verifies what is stored, and retires what is not kept any more; each is watched for failure and absence. */
export function backUpOnSchedule(
  scope: Construct,
  options: SelfManagedOptions & { readonly verifyEvery?: Duration },
  chores: Chores,
): Scheduled {
  const { of, timing } = chores;
  const { timeZone, alarmActions, verifyEvery = WEEK } = options;
  const backup = engineOf(scope, {
    of,
    made: 'backup',
    rhythm: timing.rhythm,
    timeZone,
    times: timing.times,
    alarmActions,
    chainIn: (steps) => whenAlone(steps, chores.backup(steps), 'backup'),
  });
  const chore = (id: string, made: Made, every: Duration, first: (steps: Construct) => IChainable): Engine => {
    const place = new Construct(scope, id);
    const rhythm = rhythmOf(place, { every, timeZone });
    const timeoutMs = Math.min(CHORE_MS, rhythm.shortestGapMs / 2);
    const times = { exportMs: timeoutMs, declared: false, timeoutMs, missedMs: rhythm.longestGapMs + START_MS + timeoutMs + HOUR };
    return engineOf(place, { of, made, rhythm, timeZone, times, alarmActions, chainIn: (steps) => whenAlone(steps, first(steps), made) });
  };
  const verification = chore('Verification', 'verification', verifyEvery, (steps) => chores.verification(steps));
  const retirement = chore('Retirement', 'retirement', Duration.millis(DAY), (steps) => chores.retirement(steps));
  return {
    machine: backup.machine,
    verificationMachine: verification.machine,
    retirementMachine: retirement.machine,
    failureAlarm: backup.failureAlarm,
    absenceAlarm: backup.absenceAlarm,
    alarms: [backup, verification, retirement].flatMap(({ failureAlarm, absenceAlarm }) => [failureAlarm, absenceAlarm]),
  };
}
