export * from './cron-schedule';
export * from './hourly-floor';
export * from './schedule-error';
