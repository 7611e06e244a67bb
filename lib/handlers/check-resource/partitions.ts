import { CRC32, crc, without } from './crc';

/** A part of a volume that may hold a file system. */
export interface Partition {
  /** `the volume`, `partition 1`. */
  readonly name: string;
  readonly from: number;
  readonly bytes: number;
}

/** How a volume is divided. */
export interface PartitionTable {
  readonly kind: 'GPT' | 'MBR' | 'none';
  readonly partitions: readonly Partition[];
  readonly problems: readonly string[];
}

const SECTOR = 512;
const SIGNATURE = 0xaa55;
const PROTECTIVE = 0xee;
const EXTENDED: ReadonlySet<number> = new Set([0x05, 0x0f, 0x85]);
/** GPT types of partitions without a file system: BIOS boot, Microsoft reserved, PReP boot (UEFI specification and their makers). */
const WITHOUT_FILES: ReadonlySet<string> = new Set([
  '21686148-6449-6e6f-744e-656564454649',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae',
  '9e1a2d38-c612-4316-aa26-8b49521e5a8b',
]);

/** Reads the partition table at the beginning of a volume; without one, the volume is a single part. */
export function partitionsOf(start: Buffer, volumeBytes: number): PartitionTable {
  const whole = { name: 'the volume', from: 0, bytes: volumeBytes };
  if (start.toString('latin1', SECTOR, SECTOR + 8) === 'EFI PART') {
    return { kind: 'GPT', ...readGpt(start, volumeBytes) };
  }
  const entries = start.readUInt16LE(510) === SIGNATURE ? mbrEntries(start) : [];
  if (entries.some(({ type }) => type === PROTECTIVE)) {
    return { kind: 'GPT', partitions: [], problems: ['the partition table (GPT) is damaged: only the entry that protects it is left'] };
  }
  // the boot sectors of NTFS and FAT end like a partition table, but have no sound entries
  const sound = entries.length > 0 && entries.every(({ status, from, bytes }) => (status & 0x7f) === 0 && from > 0 && bytes > 0);
  if (!sound) {
    return { kind: 'none', partitions: [whole], problems: [] };
  }
  const partitions = entries.filter(({ type }) => !EXTENDED.has(type));
  return { kind: 'MBR', partitions, problems: partitions.flatMap((partition) => tooFar(partition, volumeBytes)) };
}

function mbrEntries(start: Buffer) {
  return [1, 2, 3, 4]
    .map((number) => ({ number, at: 446 + 16 * (number - 1) }))
    .map(({ number, at }) => ({
      name: `partition ${number}`,
      status: start[at],
      type: start[at + 4],
      from: start.readUInt32LE(at + 8) * SECTOR,
      bytes: start.readUInt32LE(at + 12) * SECTOR,
    }))
    .filter(({ type }) => type !== 0);
}

function readGpt(start: Buffer, volumeBytes: number): Omit<PartitionTable, 'kind'> {
  const header = start.subarray(SECTOR, 2 * SECTOR);
  const headerBytes = header.readUInt32LE(12);
  if (headerBytes < 92 || headerBytes > SECTOR || crc(CRC32, without(header.subarray(0, headerBytes), 16, 4)) !== header.readUInt32LE(16)) {
    return { partitions: [], problems: ['the partition table (GPT) is damaged: the checksum of its header does not match'] };
  }
  const from = Number(header.readBigUInt64LE(72)) * SECTOR;
  const [count, size] = [header.readUInt32LE(80), header.readUInt32LE(84)];
  const entries = start.subarray(from, from + count * size);
  if (size < 128 || entries.length !== count * size || crc(CRC32, entries) !== header.readUInt32LE(88)) {
    return { partitions: [], problems: ['the partition table (GPT) is damaged: the checksum of its entries does not match'] };
  }
  const partitions: Partition[] = [];
  for (let index = 0; index < count; index += 1) {
    const entry = entries.subarray(index * size, (index + 1) * size);
    const type = guidOf(entry);
    if (!/^[0-]+$/.test(type) && !WITHOUT_FILES.has(type)) {
      const [first, last] = [entry.readBigUInt64LE(32), entry.readBigUInt64LE(40)].map(Number);
      partitions.push({ name: `partition ${index + 1}`, from: first * SECTOR, bytes: (last - first + 1) * SECTOR });
    }
  }
  return { partitions, problems: partitions.flatMap((partition) => tooFar(partition, volumeBytes)) };
}

function guidOf(entry: Buffer): string {
  const part = (from: number, to: number) => entry.subarray(from, to).toString('hex');
  const turned = (from: number, to: number) => Buffer.from(entry.subarray(from, to)).reverse().toString('hex');
  return [turned(0, 4), turned(4, 6), turned(6, 8), part(8, 10), part(10, 16)].join('-');
}

function tooFar({ name, from, bytes }: Partition, volumeBytes: number): string[] {
  return bytes > 0 && from + bytes <= volumeBytes ? [] : [`${name} ends beyond the end of the volume`];
}
