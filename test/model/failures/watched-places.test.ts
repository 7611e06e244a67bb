import { failurePatterns, watchedPlaces } from '../../../lib/model/failures';
import { checkEventPattern } from '../../../lib/model/limits';

const TOKYO = { region: 'ap-northeast-1', account: '111122223333' };
const OSAKA = { region: 'ap-northeast-3' };
const plan = (type: 'DynamoDB' | 'RDS', ...containers: readonly object[]) => ({
  by: 'App/Plan',
  planName: 'Plan',
  place: TOKYO,
  promises: [{ type, copies: containers.map((place) => ({ place, form: 'points' as const, staleness: [] })) }],
});

test('backups and copies fail in the Region of the plan, restores wherever a vault is', () => {
  expect(watchedPlaces([plan('DynamoDB', { container: 'home' }, { ...OSAKA, container: 'away' })])).toEqual({
    nameless: [],
    places: [
      {
        ...TOKYO,
        databases: false,
        vaults: [
          { name: 'home', backups: true, copies: false, restores: true },
          { name: 'away', backups: false, copies: true, restores: false },
        ],
      },
      {
        region: 'ap-northeast-3',
        account: '111122223333',
        databases: false,
        vaults: [{ name: 'away', backups: false, copies: false, restores: true }],
      },
    ],
  });
});

test('vaults of the same name in two Regions are one for metrics, which know the name of the destination only', () => {
  const [{ vaults }] = watchedPlaces([plan('DynamoDB', { container: 'same' }, { ...OSAKA, container: 'same' })]).places;
  expect(vaults).toEqual([{ name: 'same', backups: true, copies: true, restores: true }]);
});

test('copies within a Region are copies', () => {
  const [{ vaults }] = watchedPlaces([plan('DynamoDB', { container: 'one' }, { container: 'two' })]).places;
  expect(vaults.map(({ copies }) => copies)).toEqual([true, true]);
});

test('databases are where plans protect some, not where their copies are', () => {
  const { places } = watchedPlaces([plan('RDS', { container: 'home' }, { ...OSAKA, container: 'away' })]);
  expect(places.map(({ databases }) => databases)).toEqual([true, false]);
});

test('a vault without a name is told', () => {
  expect(watchedPlaces([plan('DynamoDB', {}, { container: `\${Token[1]}` })]).nameless).toEqual([
    { by: 'App/Plan', name: undefined },
    { by: 'App/Plan', name: `\${Token[1]}` },
  ]);
});

describe('patterns', () => {
  const vaults = Array.from({ length: 40 }, (_, i) => `${'v'.repeat(48)}${String(i).padStart(2, '0')}`);
  const patterns = failurePatterns({ vaults, databases: true });
  const written = patterns.map(({ source, detailTypes, detail }) => ({ source: [source], 'detail-type': detailTypes, detail }));

  test('stay within the 2,048 characters that EventBridge takes, however many vaults there are', () => {
    expect(Math.max(...written.map((pattern) => JSON.stringify(pattern).length))).toBeLessThanOrEqual(2_048);
    expect(new Set(patterns.map(({ id }) => id)).size).toBe(16);
    for (const name of vaults) {
      expect(written.filter((pattern) => JSON.stringify(pattern).includes(name))).toHaveLength(5);
    }
  });

  test('filter by fields and states that AWS Backup tells', () => {
    expect(written.flatMap(checkEventPattern)).toEqual([]);
  });

  test('are none where there is nothing', () => {
    expect(failurePatterns({ vaults: [], databases: false })).toEqual([]);
  });
});
