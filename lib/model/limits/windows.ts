import { LIMITS } from './limits';
import { error, outside, type Problem, warning } from './problem';

/** Checks the minutes that a job may wait for its start. */
export function checkStartWindow(minutes: number | undefined): Problem | undefined {
  const { min, max } = LIMITS.startWindow.value;
  return outside(minutes, LIMITS.startWindow.value)
    ? error(
        'StartWindowOutOfRange',
        `'startWindow' is ${minutes} minutes, but AWS Backup takes ${min} to ${max} whole minutes: give it at least an hour`,
      )
    : undefined;
}

/** Checks the minutes within which a job has to end. */
export function checkCompletionWindow(minutes: number | undefined): Problem | undefined {
  const { min, max } = LIMITS.completionWindow.value;
  return outside(minutes, LIMITS.completionWindow.value)
    ? error(
        'CompletionWindowOutOfRange',
        `'completionWindow' is ${minutes} minutes, but AWS Backup takes ${min} to ${max} whole minutes: give it a span in that range`,
      )
    : undefined;
}

/** Checks that a job which starts as late as it may has time to end; absent windows have the defaults of AWS Backup. */
export function checkWindows(startMinutes: number | undefined, completionMinutes: number | undefined): Problem | undefined {
  const room = LIMITS.completionAfterStart.value;
  if (startMinutes === undefined || completionMinutes === undefined || completionMinutes - startMinutes >= room) {
    return undefined;
  }
  return warning(
    'CompletionWindowTight',
    `'completionWindow' is ${completionMinutes} minutes and 'startWindow' ${startMinutes} minutes, but a job that starts late needs at least ${room} minutes to end: make 'completionWindow' ${startMinutes + room} minutes or more`,
  );
}
