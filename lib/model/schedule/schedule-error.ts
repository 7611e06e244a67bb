/** The part of a schedule that is wrong. */
export type ScheduleField = 'expression' | 'time zone' | 'minutes' | 'hours' | 'day-of-month' | 'month' | 'day-of-week' | 'year';

/** Thrown for a schedule that AWS Backup would refuse. Whoever knows the construct turns it into a ConfigurationError. */
export class ScheduleError extends Error {
  /**
   * @param field the part that is wrong
   * @param value what was given for it
   * @param problem what is wrong, with the limit
   * @param remedy what to write instead
   */
  constructor(
    public readonly field: ScheduleField,
    public readonly value: string,
    problem: string,
    public readonly remedy: string,
  ) {
    super(`${field} '${value}' ${problem}: ${remedy}`);
    this.name = 'ScheduleError';
  }
}
