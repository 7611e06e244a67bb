import { type BackupReplication, checkBackupReplication } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

const replication = (change: Partial<BackupReplication> = {}) =>
  checkBackupReplication({
    engine: 'postgres',
    member: false,
    sourceRegion: 'ap-northeast-1',
    destinationRegion: 'ap-northeast-3',
    retentionDays: 7,
    sourceRetentionDays: 7,
    encrypted: true,
    key: true,
    ...change,
  });

describe('replication of automated backups', () => {
  accepts([
    ['Tokyo to Osaka', replication()],
    ['Osaka to Tokyo', replication({ sourceRegion: 'ap-northeast-3', destinationRegion: 'ap-northeast-1' })],
    ['Tokyo to Taipei', replication({ destinationRegion: 'ap-east-2' })],
    ['a pair of the older list', replication({ sourceRegion: 'eu-west-1', destinationRegion: 'us-west-1' })],
    ['the only Region of a row', replication({ sourceRegion: 'ap-south-2', destinationRegion: 'ap-south-1' })],
    ['a source Region known only at deploy time', replication({ sourceRegion: undefined })],
    ['a destination known only at deploy time', replication({ destinationRegion: undefined })],
    ['a day', replication({ retentionDays: 1, sourceRetentionDays: 1 })],
    ['35 days', replication({ retentionDays: 35 })],
    ['days of the source, or known only at deploy time', replication({ retentionDays: undefined, sourceRetentionDays: undefined })],
    ['an instance that is not encrypted, without a key', replication({ encrypted: false, key: false })],
    ['encryption known only at deploy time, without a key', replication({ encrypted: undefined, key: false })],
    ['an engine known only at deploy time', replication({ engine: undefined })],
  ]);
  refuses([
    ...['aurora', 'aurora-mysql', 'aurora-postgresql'].map(
      (engine) =>
        [
          engine,
          replication({ engine, member: true }),
          'error',
          'BackupReplicationUnsupported',
          new RegExp(`is set on an instance that is of engine ${engine}, but`),
        ] as const,
    ),
    ['an instance of a cluster', replication({ member: true }), 'error', 'BackupReplicationUnsupported', /is part of a cluster, but/],
    [
      'Osaka to anywhere but Tokyo',
      replication({ sourceRegion: 'ap-northeast-3', destinationRegion: 'ap-northeast-2' }),
      'error',
      'BackupReplicationRegion',
      /is ap-northeast-2, but RDS replicates automated backups of ap-northeast-3 to ap-northeast-1 only: choose one of them$/,
    ],
    [
      'N. Virginia to Osaka, which is known to be in no list',
      replication({ sourceRegion: 'us-east-1' }),
      'error',
      'BackupReplicationRegion',
      /RDS does not replicate automated backups of us-east-1 to ap-northeast-3, but to ap-south-1, .*: choose one of them$/,
    ],
    [
      'a pair that the older list does not have',
      replication({ sourceRegion: 'eu-west-1', destinationRegion: 'ap-east-2' }),
      'warning',
      'BackupReplicationRegion',
      /is ap-east-2, which is not among .* of eu-west-1 to: see whether 'aws rds describe-source-regions --region ap-east-2' has it/,
    ],
    [
      'a source of which nobody has read',
      replication({ sourceRegion: 'mx-central-1', destinationRegion: 'us-east-1' }),
      'warning',
      'BackupReplicationRegion',
      /of mx-central-1 to: .*, or choose another Region$/,
    ],
    [
      'Tokyo to Frankfurt',
      replication({ destinationRegion: 'eu-central-1' }),
      'error',
      'BackupReplicationRegion',
      /to ap-east-1, .* only: choose one of them$/,
    ],
    [
      'the own Region, in the table or not',
      replication({ sourceRegion: 'eu-west-1', destinationRegion: 'eu-west-1' }),
      'error',
      'BackupReplicationRegion',
      /is eu-west-1, the Region of the instance itself: name another/,
    ],
    ['no day', replication({ retentionDays: 0 }), 'error', 'BackupReplicationRetention', /is 0 days, but .* 1 to 35 whole days/],
    ['36 days', replication({ retentionDays: 36 }), 'error', 'BackupReplicationRetention', /is 36 days/],
    [
      'an instance without automated backups',
      replication({ sourceRetentionDays: 0 }),
      'error',
      'BackupReplicationWithoutBackups',
      /'backupRetention' is 0 days, but .*: keep them at least 1 day/,
    ],
    [
      'an encrypted instance without a key there',
      replication({ key: false }),
      'error',
      'BackupReplicationKeyMissing',
      /'automaticBackupReplicationKmsKeyId' is left out/,
    ],
  ]);
});
