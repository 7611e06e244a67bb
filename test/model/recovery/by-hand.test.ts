import { commandsFor } from '../../../lib/model/recovery/by-hand';
import { OSAKA, siteConfig } from './sites';

test('a file system is made writeable by hand without the Region that is lost', () => {
  const config = siteConfig(OSAKA, { data: [{ kind: 'efs', name: 'files', order: 1, fileSystem: 'fs-own' }] });
  expect(commandsFor({ config, records: [], account: '111122223333', partition: 'aws', isActive: false, alarms: [] })[0]).toMatch(
    /^# leave .*\naws efs delete-replication-configuration --region ap-northeast-3 .*--deletion-mode LOCAL_CONFIGURATION_ONLY$/,
  );
});
