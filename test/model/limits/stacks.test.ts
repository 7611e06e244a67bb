import { checkInsightsAlarms, checkStackRoom } from '../../../lib/model/limits/stacks';
import { accepts, refuses } from './cases';

describe('the room of stacks', () => {
  accepts([
    ['500 resources', checkStackRoom('Orders', 500, 500)],
    ['any number where the app allows it', checkStackRoom('Orders', 5000, 0)],
    ['200 alarms on queries', checkInsightsAlarms('ap-northeast-3', 200)],
  ]);
  refuses([
    [
      '501 resources',
      checkStackRoom('Orders', 501, 500),
      'error',
      'TooManyReplicationResources',
      /'Orders' has 501 resources.*at most 500/,
    ],
    [
      '201 alarms on queries',
      checkInsightsAlarms('ap-northeast-3', 201),
      'warning',
      'TooManyInsightsAlarms',
      /more than 200 alarms in ap-northeast-3/,
    ],
  ]);
});
