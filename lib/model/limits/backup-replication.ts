import { differ } from '../differ';
import { backupReplicationGap, backupReplicationRegions } from './backup-regions';
import { error, inDays, outside, type Problem, warning } from './problem';
import { SERVICE_LIMITS } from './services';

/** Automated backups of a database instance that RDS sends to another Region; what is only known at deploy time is left out. */
export interface BackupReplication {
  readonly engine?: string;
  /** Whether the instance is part of a cluster. */
  readonly member: boolean;
  readonly sourceRegion?: string;
  readonly destinationRegion?: string;
  /** Days that the replicated backups are kept. */
  readonly retentionDays?: number;
  /** Days that the instance keeps its own. */
  readonly sourceRetentionDays?: number;
  readonly encrypted?: boolean;
  /** Whether a key of the destination's Region is named. */
  readonly key: boolean;
}

/** Checks the replication of automated backups, which RDS only judges while CloudFormation deploys. */
export function checkBackupReplication(replication: BackupReplication): readonly Problem[] {
  return [checkSource(replication), checkRegions(replication), checkRetentions(replication), checkKey(replication)].filter(
    (problem) => problem !== undefined,
  );
}

const PROPERTY = 'automaticBackupReplicationRegion';

function checkSource({ engine, member }: BackupReplication): Problem | undefined {
  const what = engine?.startsWith('aurora') ? `of engine ${engine}` : member ? 'part of a cluster' : undefined;
  return what === undefined
    ? undefined
    : error(
        'BackupReplicationUnsupported',
        `'${PROPERTY}' is set on an instance that is ${what}, but RDS replicates automated backups of single instances only: copy the recovery points of the cluster, or use a global database`,
      );
}

function checkRegions({ sourceRegion, destinationRegion }: BackupReplication): Problem | undefined {
  if (differ(sourceRegion, destinationRegion) === undefined) {
    return undefined;
  }
  if (sourceRegion === destinationRegion) {
    return error(
      'BackupReplicationRegion',
      `'${PROPERTY}' is ${destinationRegion}, the Region of the instance itself: name another Region`,
    );
  }
  const gap = backupReplicationGap(sourceRegion!, destinationRegion!);
  if (gap !== undefined) {
    return error('BackupReplicationRegion', `'${PROPERTY}' is ${destinationRegion}, but ${gap}: choose one of them`);
  }
  const regions = backupReplicationRegions(sourceRegion!);
  return regions.includes(destinationRegion!)
    ? undefined
    : warning(
        'BackupReplicationRegion',
        `'${PROPERTY}' is ${destinationRegion}, which is not among the Regions that RDS is known to replicate automated backups of ${sourceRegion} to: see whether 'aws rds describe-source-regions --region ${destinationRegion}' has it, or choose ${regions.length === 0 ? 'another Region' : `one of ${regions.join(', ')}`}`,
      );
}

function checkRetentions({ retentionDays, sourceRetentionDays }: BackupReplication): Problem | undefined {
  if (sourceRetentionDays === 0) {
    return error(
      'BackupReplicationWithoutBackups',
      `'backupRetention' is 0 days, but '${PROPERTY}' needs automated backups to replicate: keep them at least 1 day`,
    );
  }
  const { min, max } = SERVICE_LIMITS.replicatedBackupRetention.value;
  return outside(retentionDays, { min, max })
    ? error(
        'BackupReplicationRetention',
        `'automaticBackupReplicationRetentionPeriod' is ${inDays(retentionDays!)}, but RDS keeps replicated backups ${min} to ${max} whole days: choose such a number`,
      )
    : undefined;
}

function checkKey({ encrypted, key }: BackupReplication): Problem | undefined {
  return encrypted === true && !key
    ? error(
        'BackupReplicationKeyMissing',
        `'automaticBackupReplicationKmsKeyId' is left out, but RDS replicates encrypted backups under a key of the destination's Region only: name one there`,
      )
    : undefined;
}
