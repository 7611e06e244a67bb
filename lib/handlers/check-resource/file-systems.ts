import { CRC32C, crc, without } from './crc';

/** What a part of a volume holds. */
export interface Content {
  /** `ext4`, `XFS`, `LVM` ...; undefined where it is nothing that is known. */
  readonly name?: string;
  /** What is wrong with it. */
  readonly problem?: string;
}

/** So much of a part tells what it holds: Btrfs begins only after 64 KiB. */
export const TELLING_BYTES = 128 * 1024;

/** Layouts: see the documentation of each file system in the Linux kernel, and the on-disk format of XFS, Btrfs and NTFS. */
const KNOWN: readonly ((start: Buffer, partBytes: number) => Content | undefined)[] = [
  luks,
  lvm,
  raid,
  xfs,
  btrfs,
  ext,
  ntfs,
  exfat,
  fat,
  swap,
];

/** Recognises what a part holds by its first bytes, and whether its superblock is sound. */
export function contentOf(start: Buffer, partBytes: number): Content {
  for (const known of KNOWN) {
    const content = known(start, partBytes);
    if (content) {
      return content;
    }
  }
  return start.every((byte) => byte === 0) ? { problem: 'holds nothing but zeros' } : { problem: 'holds no file system that is known' };
}

function ext(start: Buffer, partBytes: number): Content | undefined {
  const block = start.subarray(1_024, 2_048);
  if (block.readUInt16LE(0x38) !== 0xef53) {
    return undefined;
  }
  const [compatible, incompatible, readOnly] = [0x5c, 0x60, 0x64].map((at) => block.readUInt32LE(at));
  const name = incompatible & 0x2c0 ? 'ext4' : compatible & 0x4 ? 'ext3' : 'ext2';
  const logarithm = block.readUInt32LE(0x18);
  const high = incompatible & 0x80 ? block.readUInt32LE(0x150) : 0;
  const bytes = (block.readUInt32LE(0x4) + high * 2 ** 32) * 1_024 * 2 ** logarithm;
  const sound = block.readUInt32LE(0) > 0 && logarithm <= 6 && bytes > 0;
  const summed = (readOnly & 0x400) === 0 || crc(CRC32C, block.subarray(0, 0x3fc), 0) === block.readUInt32LE(0x3fc);
  return judged(name, sound, summed, bytes, partBytes);
}

function xfs(start: Buffer, partBytes: number): Content | undefined {
  if (start.toString('latin1', 0, 4) !== 'XFSB') {
    return undefined;
  }
  const sector = start.readUInt16BE(102);
  const blockSize = start.readUInt32BE(4);
  const bytes = Number(start.readBigUInt64BE(8)) * blockSize;
  const sound = sector >= 512 && sector <= 32_768 && blockSize >= 512 && blockSize <= 65_536 && bytes > 0;
  const five = (start.readUInt16BE(100) & 0xf) === 5;
  const summed = !five || (sound && crc(CRC32C, without(start.subarray(0, sector), 224, 4)) === start.readUInt32LE(224));
  return judged('XFS', sound, summed, bytes, partBytes);
}

function btrfs(start: Buffer, partBytes: number): Content | undefined {
  const block = start.subarray(0x10000, 0x11000);
  if (block.toString('latin1', 0x40, 0x48) !== '_BHRfS_M') {
    return undefined;
  }
  const bytes = Number(block.readBigUInt64LE(0x70));
  const summed = block.readUInt16LE(0xc4) !== 0 || crc(CRC32C, block.subarray(0x20)) === block.readUInt32LE(0);
  // one file system may span several volumes
  return judged('Btrfs', bytes > 0, summed, Number(block.readBigUInt64LE(0x88)) > 1 ? 0 : bytes, partBytes);
}

function ntfs(start: Buffer, partBytes: number): Content | undefined {
  if (start.toString('latin1', 3, 11) !== 'NTFS    ') {
    return undefined;
  }
  const sector = start.readUInt16LE(11);
  const sound = start.readUInt16LE(510) === 0xaa55 && sector >= 256 && sector <= 4_096 && start[13] > 0;
  return judged('NTFS', sound, true, Number(start.readBigUInt64LE(0x28)) * sector, partBytes);
}

function exfat(start: Buffer, partBytes: number): Content | undefined {
  return start.toString('latin1', 3, 11) === 'EXFAT   '
    ? judged('exFAT', start.readUInt16LE(510) === 0xaa55, true, Number(start.readBigUInt64LE(72)) * 2 ** start[108], partBytes)
    : undefined;
}

function fat(start: Buffer, partBytes: number): Content | undefined {
  if (start.toString('latin1', 82, 87) !== 'FAT32' && start.toString('latin1', 54, 57) !== 'FAT') {
    return undefined;
  }
  const sectors = start.readUInt16LE(19) || start.readUInt32LE(32);
  return judged('FAT', start.readUInt16LE(510) === 0xaa55 && start[13] > 0, true, sectors * start.readUInt16LE(11), partBytes);
}

function swap(start: Buffer): Content | undefined {
  const signed = [4_096, 8_192, 16_384, 65_536].some((page) => /^SWAP(SPACE2|-SPACE)$/.test(start.toString('latin1', page - 10, page)));
  return signed ? { name: 'swap' } : undefined;
}

function lvm(start: Buffer): Content | undefined {
  const at = [0, 512, 1_024, 1_536].find((from) => start.toString('latin1', from, from + 8) === 'LABELONE');
  if (at === undefined) {
    return undefined;
  }
  return judged('LVM', start.toString('latin1', at + 24, at + 32) === 'LVM2 001', true, 0, 0);
}

function luks(start: Buffer): Content | undefined {
  return start.toString('latin1', 0, 6) === 'LUKS\xba\xbe' ? { name: 'LUKS' } : undefined;
}

function raid(start: Buffer): Content | undefined {
  return [0, 4_096].some((at) => start.readUInt32LE(at) === 0xa92b4efc) ? { name: 'RAID' } : undefined;
}

function judged(name: string, sound: boolean, summed: boolean, bytes: number, partBytes: number): Content {
  if (!sound) {
    return { name, problem: `the superblock of its ${name} is damaged: its sizes make no sense` };
  }
  if (!summed) {
    return { name, problem: `the superblock of its ${name} is damaged: its checksum does not match` };
  }
  return bytes > partBytes ? { name, problem: `its ${name} is larger than the space for it: the end is missing` } : { name };
}
