export { CronSchedule, type Gap, HORIZON_START, HORIZON_YEARS } from './cron-schedule';
export { hourlyFloor } from './hourly-floor';
export { ScheduleError, type ScheduleField } from './schedule-error';
