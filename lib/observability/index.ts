export * from './alarm-actions';
export * from './audit-control';
export * from './audit-framework';
export * from './audit-scope';
export * from './audited-resource-type';
export * from './iaudit-framework';
export * from './recovery-watch';
