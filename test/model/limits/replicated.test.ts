import { checkFileSystemId, checkZone } from '../../../lib/model/limits/file-systems';
import { checkStrongTable, checkTableRecovery, STRONG_TABLE, type StrongTable } from '../../../lib/model/limits/tables';

const codes = (table: StrongTable) => checkStrongTable(table).map(({ severity, code }) => `${severity} ${code}`);
const [US, EU, AP] = STRONG_TABLE.regionSets.value;

describe('a strongly consistent table', () => {
  test.each<[string, StrongTable]>([
    ['three replicas of one set', { replicas: AP, witnesses: [] }],
    ['two replicas and a witness of one set', { replicas: US.slice(0, 2), witnesses: US.slice(2) }],
    ['any three of a larger set', { replicas: [EU[3], EU[1]], witnesses: [EU[0]] }],
    ['Regions that are only known at deploy time', { replicas: [undefined, AP[0]], witnesses: [undefined] }],
    ['nothing but such Regions', { replicas: [undefined, undefined, undefined], witnesses: [] }],
    ['neither time to live nor indexes', { replicas: AP, witnesses: [], timeToLive: false, localIndexes: 0 }],
  ])('takes %s', (_, table) => {
    expect(codes(table)).toEqual([]);
  });

  test.each<[string, StrongTable, RegExp]>([
    ['one Region', { replicas: [AP[0]], witnesses: [] }, /1 replica \(ap-northeast-1\) and no witness/],
    ['two replicas', { replicas: AP.slice(0, 2), witnesses: [] }, /2 replicas \(ap-northeast-1, ap-northeast-2\) and no witness/],
    ['four replicas', { replicas: EU, witnesses: [] }, /4 replicas/],
    ['three replicas and a witness', { replicas: EU.slice(0, 3), witnesses: EU.slice(3) }, /3 replicas .* and 1 witness/],
    ['a replica and two witnesses', { replicas: [AP[0]], witnesses: AP.slice(1) }, /1 replica .* and 2 witnesses/],
    ['a Region twice', { replicas: [AP[0], AP[1]], witnesses: [AP[1]] }, /each once/],
    ['Regions of two sets', { replicas: [AP[0], AP[1]], witnesses: [US[0]] }, /in us-east-1, but/],
    ['a Region of no set', { replicas: [AP[0], 'ap-southeast-1', AP[1]], witnesses: [] }, /in ap-southeast-1, but/],
    ['a lone Region of no set', { replicas: ['sa-east-1', undefined, undefined], witnesses: [] }, /in sa-east-1, but/],
  ])('refuses %s', (_, table, message) => {
    expect(codes(table)).toEqual(['error StrongTableRegions']);
    expect(checkStrongTable(table)[0].message).toMatch(message);
  });

  test('refuses time to live and local secondary indexes', () => {
    const unsupported = ['error StrongTableUnsupported'];
    expect(codes({ replicas: AP, witnesses: [], timeToLive: true })).toEqual(unsupported);
    expect(codes({ replicas: AP, witnesses: [], localIndexes: 1 })).toEqual(unsupported);
    expect(codes({ replicas: AP, witnesses: [], timeToLive: true, localIndexes: 2 })).toEqual([...unsupported, ...unsupported]);
  });
});

test.each([
  [undefined, undefined],
  [0, 'TableRecoveryOutOfRange'],
  [1, undefined],
  [35, undefined],
  [36, 'TableRecoveryOutOfRange'],
  [1.5, 'TableRecoveryOutOfRange'],
])('recovery of a table over %p days', (days, code) => {
  expect(checkTableRecovery('recoveryPeriod', days)?.code).toBe(code);
});

test.each([
  ['fs-12345678', undefined],
  [`fs-${'a'.repeat(40)}`, undefined],
  ['fs-1234567', 'InvalidFileSystemId'],
  [`fs-${'a'.repeat(41)}`, 'InvalidFileSystemId'],
  ['fs-1234567G', 'InvalidFileSystemId'],
  ['arn:aws:elasticfilesystem:ap-northeast-3:111122223333:file-system/fs-12345678', 'InvalidFileSystemId'],
])('the id of a file system %s', (id, code) => {
  expect(checkFileSystemId('destination', id)?.code).toBe(code);
});

test.each([
  ['ap-northeast-3a', undefined],
  ['ap-northeast-3', 'ZoneElsewhere'],
  ['ap-northeast-1a', 'ZoneElsewhere'],
  ['ap-northeast-3ab', 'ZoneElsewhere'],
  ['apne3-az1', 'ZoneElsewhere'],
])('the zone %s of ap-northeast-3', (zone, code) => {
  expect(checkZone('availabilityZone', zone, 'ap-northeast-3')?.code).toBe(code);
});
