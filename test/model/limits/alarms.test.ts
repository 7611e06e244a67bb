import { checkBackupAlarm, checkReplicationAlarm, REPLICATION_METRICS } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

describe('alarms of AWS Backup', () => {
  const alarm = (
    dimensions: readonly string[] | undefined,
    treatsMissingData = true,
    name: string | undefined = 'NumberOfCopyJobsFailed',
  ) => checkBackupAlarm({ metrics: [{ name, dimensions }], treatsMissingData });
  accepts([
    ['a vault', alarm(['BackupVaultName'])],
    ['a vault and a type', alarm(['ResourceType', 'BackupVaultName'])],
    ['dimensions known only at deploy time', alarm(undefined)],
  ]);
  refuses([
    [
      'no dimensions',
      alarm([]),
      'warning',
      'AlarmWithoutVault',
      /'dimensions' of the alarm on NumberOfCopyJobsFailed of AWS Backup is empty, but .*: add 'BackupVaultName'/,
    ],
    ['a type alone', alarm(['ResourceType']), 'warning', 'AlarmWithoutVault', /has only 'ResourceType', but/],
    [
      'a metric known only at deploy time',
      checkBackupAlarm({ metrics: [{ dimensions: [] }], treatsMissingData: true }),
      'warning',
      'AlarmWithoutVault',
      /alarm on a metric of AWS Backup/,
    ],
    [
      'one metric of many without a vault',
      checkBackupAlarm({ metrics: [{ dimensions: ['BackupVaultName'] }, { name: 'Late', dimensions: [] }], treatsMissingData: true }),
      'warning',
      'AlarmWithoutVault',
      /on Late of/,
    ],
    [
      'nothing said of missing data',
      alarm(['BackupVaultName'], false),
      'warning',
      'MissingDataUntreated',
      /'treatMissingData' .* is left out, but AWS Backup publishes no zeros.*: set notBreaching for failures, breaching/,
    ],
  ]);

  test('tells both at once', () => {
    expect(alarm([], false).map(({ code }) => code)).toEqual(['AlarmWithoutVault', 'MissingDataUntreated']);
  });
});

describe('alarms of replication', () => {
  const [tokyo, osaka] = ['ap-northeast-1', 'ap-northeast-3'];
  const between = { sourceRegion: tokyo, destinationRegion: osaka };

  test.each([...REPLICATION_METRICS.value])('%s belongs into the Region of the %s', (metric, publisher) => {
    const [right, wrong] = publisher === 'source' ? [tokyo, osaka] : [osaka, tokyo];
    expect(checkReplicationAlarm({ metric, region: right, ...between })).toBeUndefined();
    const found = checkReplicationAlarm({ metric, region: wrong, ...between });
    expect(found).toMatchObject({ code: 'ReplicationAlarmElsewhere', severity: 'warning' });
    expect(found?.message).toContain(`is alarmed on in ${wrong}, but S3 publishes it in the Region of the ${publisher}, ${right},`);
  });

  accepts([
    [
      'both buckets in one Region',
      checkReplicationAlarm({ metric: 'ReplicationLatency', region: tokyo, sourceRegion: tokyo, destinationRegion: tokyo }),
    ],
    ['a destination that nobody knows', checkReplicationAlarm({ metric: 'ReplicationLatency', region: tokyo, sourceRegion: tokyo })],
    [
      'a source that nobody knows',
      checkReplicationAlarm({ metric: 'OperationsFailedReplication', region: osaka, destinationRegion: osaka }),
    ],
    ['an alarm in a Region known only at deploy time', checkReplicationAlarm({ metric: 'ReplicationLatency', ...between })],
    ['another metric of S3', checkReplicationAlarm({ metric: '4xxErrors', region: tokyo, ...between })],
  ]);
  refuses([
    [
      'an alarm in a third Region',
      checkReplicationAlarm({ metric: 'ReplicationLatency', region: 'us-east-1', ...between }),
      'warning',
      'ReplicationAlarmElsewhere',
      /put the alarm into a stack of ap-northeast-3/,
    ],
  ]);
});
