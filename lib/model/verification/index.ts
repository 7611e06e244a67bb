export * from './check-contract';
export * from './check-permissions';
export * from './check-spec';
export * from './config';
export * from './names';
export * from './restore-test';
export * from './results-of';
export * from './workflow';
