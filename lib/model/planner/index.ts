export * from './cadence';
export * from './plan-rules';
