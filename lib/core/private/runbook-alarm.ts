import { Alarm, type AlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { descriptionOf } from './descriptions';

/** The page whose sections alarms and messages name. */
export const RUNBOOK = 'docs/runbook.md';

/** An alarm as this library makes them: with a section of the runbook, and with its opinion on missing data. */
export interface RunbookAlarmProps extends Omit<AlarmProps, 'alarmDescription' | 'treatMissingData'> {
  /** What is wrong, in a sentence without a full stop. It is cut where it is longer than a description may be. */
  readonly wrong: string;
  /** Heading of docs/runbook.md, as it stands in links. */
  readonly section: string;
  readonly treatMissingData: NonNullable<AlarmProps['treatMissingData']>;
}

/** Makes an alarm that tells what is wrong and where it says what to do. */
export function runbookAlarm(scope: Construct, id: string, { wrong, section, ...props }: RunbookAlarmProps): Alarm {
  return new Alarm(scope, id, { ...props, alarmDescription: descriptionOf('alarm', wrong, `; runbook: ${RUNBOOK}#${section}`) });
}
