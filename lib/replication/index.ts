export * from './database-backup-replication';
export * from './database-read-replica';
export * from './database-read-replica-props';
