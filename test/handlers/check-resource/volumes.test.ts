import { CRC32, CRC32C, crc } from '../../../lib/handlers/check-resource/crc';
import { contentOf } from '../../../lib/handlers/check-resource/file-systems';
import { partitionsOf } from '../../../lib/handlers/check-resource/partitions';
import { damaged, disk, labelled, MADE, type MadeName, MIB, made, mbr, referenceCrc32, volumeOf } from './disks';

const names = Object.keys(MADE) as MadeName[];
const CALLED = {
  ext2: 'ext2',
  ext3: 'ext3',
  ext4: 'ext4',
  xfs: 'XFS',
  btrfs: 'Btrfs',
  ntfs: 'NTFS',
  fat: 'FAT',
  exfat: 'exFAT',
  swap: 'swap',
};
const start = (blocks: Record<number, Buffer>) => blocks[0];

describe('what a part of a volume holds', () => {
  test.each(names)('%s as its own tool makes it is known, and sound', (name) => {
    expect(contentOf(made(name), MADE[name] * MIB)).toEqual({ name: CALLED[name] });
  });

  test.each(['LVM', 'LUKS', 'RAID'] as const)('%s is known', (name) => {
    expect(contentOf(labelled(name), 64 * MIB)).toEqual({ name });
  });

  // one byte that is no magic number: only a checksum can tell
  test.each([
    ['ext4', 1_024 + 0x78],
    ['xfs', 108],
    ['btrfs', 0x10000 + 0x100],
  ] as const)('fails where one byte of the superblock of %s has changed', (name, at) => {
    expect(contentOf(damaged(made(name), at), MADE[name] * MIB).problem).toMatch(/superblock .* is damaged: its checksum/);
  });

  test.each([
    ['ext2', 1_024 + 0x18, 4],
    ['xfs', 4, 4],
    ['ntfs', 510, 2],
    ['exfat', 510, 2],
    ['fat', 510, 2],
  ] as const)('fails where sizes of %s make no sense', (name, at, length) => {
    expect(contentOf(damaged(made(name), at, length), MADE[name] * MIB).problem).toMatch(/is damaged/);
  });

  test.each(names.filter((name) => name !== 'swap'))('fails where the space for %s is too small: its end is missing', (name) => {
    expect(contentOf(made(name), MADE[name] * MIB - MIB * 4).problem).toMatch(/the end is missing/);
  });

  test.each(names)('fails where the beginning of %s is overwritten', (name) => {
    expect(contentOf(damaged(made(name), 0, 128 * 1024), MADE[name] * MIB)).toEqual({ problem: 'holds no file system that is known' });
  });

  test('fails where there are only zeros', () => {
    expect(contentOf(Buffer.alloc(128 * 1024), MIB)).toEqual({ problem: 'holds nothing but zeros' });
  });
});

describe('how a volume is divided', () => {
  test('a GPT of sgdisk: the partition that only boots holds no files', () => {
    expect(partitionsOf(start(disk()), 1024 * MIB)).toEqual({
      kind: 'GPT',
      partitions: [
        { name: 'partition 1', from: 66 * MIB, bytes: 64 * MIB },
        { name: 'partition 15', from: 2 * MIB, bytes: 64 * MIB },
      ],
      problems: [],
    });
  });

  test.each([
    ['header', 512 + 40, 'the checksum of its header does not match'],
    ['entries', 1_024 + 20, 'the checksum of its entries does not match'],
    ['signature', 512, 'only the entry that protects it is left'],
  ])('fails where one byte of the %s of a GPT has changed', (_part, at, problem) => {
    expect(partitionsOf(damaged(start(disk()), at), 1024 * MIB).problems[0]).toContain(problem);
  });

  test('an MBR, with its extended partition left out', () => {
    const table = mbr({ type: 0x83, fromMib: 1, mib: 10 }, { type: 0x05, fromMib: 11, mib: 20 });
    const { kind, partitions } = partitionsOf(start(volumeOf({ 0: table })), 1024 * MIB);
    expect([kind, partitions.map(({ name, from, bytes }) => [name, from, bytes])]).toEqual(['MBR', [['partition 1', MIB, 10 * MIB]]]);
  });

  test('fails where a partition ends beyond the volume', () => {
    const table = mbr({ type: 0x83, fromMib: 1, mib: 1_024 });
    expect(partitionsOf(start(volumeOf({ 0: table })), 1024 * MIB).problems).toEqual(['partition 1 ends beyond the end of the volume']);
    expect(partitionsOf(start(disk()), 100 * MIB).problems).toEqual(['partition 1 ends beyond the end of the volume']);
  });

  test.each(names)('%s without a partition table is the whole volume', (name) => {
    expect(partitionsOf(start(volumeOf({ 0: made(name) })), 1024 * MIB)).toMatchObject({ kind: 'none', problems: [] });
  });
});

test('checksums are those of others', () => {
  const bytes = made('ext4');
  expect(crc(CRC32, bytes)).toBe(referenceCrc32(bytes));
  // the check value of the catalogue of CRC algorithms
  expect(crc(CRC32C, Buffer.from('123456789'))).toBe(0xe3069283);
});
