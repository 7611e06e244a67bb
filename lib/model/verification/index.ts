export * from './check-contract';
export * from './check-spec';
export * from './config';
export * from './restore-test';
