export * from './database-backup-replication';
export * from './database-read-replica';
export * from './database-read-replica-props';
export * from './file-system-replication';
export * from './file-system-replication-props';
export * from './table-consistency';
export * from './table-replication';
export * from './table-replication-props';
