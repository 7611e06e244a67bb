export * from './core';
export { Disruption } from './model/disruption';
export * from './observability';
export * from './protection';
export * from './recovery';
export * from './replication';
export * from './self-managed';
export * from './vault';
export * from './verification';
