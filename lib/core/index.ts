export * from './copy-rule';
export * from './data-class';
export * from './recovery-coverage';
export * from './recovery-objective';
export * from './recovery-tier';
export * from './retention-policy';
export * from './retention-rung';
export * from './week-day';
