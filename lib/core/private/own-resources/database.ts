import { type CfnResource, Stack } from 'aws-cdk-lib/core';
import { checkBackupReplication, type Problem } from '../../../model/limits';
import { known } from '../known';
import { gives, numberIn, templateOf, textIn } from './properties';

/** Automated backups of a database instance that are replicated to another Region. */
export function judgeDatabase(cfn: CfnResource): readonly Problem[] {
  const database = gives(cfn, 'AutomaticBackupReplicationRegion') ? templateOf(cfn) : {};
  return database.AutomaticBackupReplicationRegion === undefined
    ? []
    : checkBackupReplication({
        engine: textIn(database.Engine),
        member: database.DBClusterIdentifier !== undefined,
        sourceRegion: known(Stack.of(cfn).region),
        destinationRegion: textIn(database.AutomaticBackupReplicationRegion),
        retentionDays: numberIn(database.AutomaticBackupReplicationRetentionPeriod),
        sourceRetentionDays: numberIn(database.BackupRetentionPeriod),
        encrypted: database.StorageEncrypted === true || database.StorageEncrypted === 'true',
        key: database.AutomaticBackupReplicationKmsKeyId !== undefined,
      });
}
