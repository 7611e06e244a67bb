export * from './backup-repository';
export * from './database-server';
export * from './network-backup-options';
export * from './postgres-backup';
export * from './self-managed-expectations';
export * from './self-managed-options';
