import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';

/** First bytes of what mkfs and sgdisk have made, and of how much space they were made for. */
export const MADE = {
  ext2: 64,
  ext3: 64,
  ext4: 64,
  xfs: 512,
  btrfs: 256,
  ntfs: 64,
  fat: 64,
  exfat: 64,
  swap: 64,
} as const;
export type MadeName = keyof typeof MADE;

export const MIB = 2 ** 20;
export const BLOCK = 512 * 1024;

/** The beginning of something made by a real tool: 128 KiB of a file system, 32 KiB of a partition table. */
export function made(name: MadeName | 'gpt'): Buffer {
  return gunzipSync(readFileSync(join(__dirname, 'fixtures', `${name}.gz`)));
}

/** Something that LVM, LUKS or Linux RAID would know as theirs. */
export function labelled(kind: 'LVM' | 'LUKS' | 'RAID'): Buffer {
  const bytes = Buffer.alloc(128 * 1024);
  switch (kind) {
    case 'LVM':
      bytes.write('LABELONE', 512, 'latin1');
      bytes.write('LVM2 001', 512 + 24, 'latin1');
      break;
    case 'LUKS':
      bytes.write('LUKS\xba\xbe', 0, 'latin1');
      break;
    default:
      bytes.writeUInt32LE(0xa92b4efc, 4_096);
  }
  return bytes;
}

/** A volume by its blocks, put together of pieces at places. */
export function volumeOf(pieces: Readonly<Record<number, Buffer>>): Record<number, Buffer> {
  const blocks: Record<number, Buffer> = {};
  for (const [place, piece] of Object.entries(pieces)) {
    for (let at = 0; at < piece.length; at += 512) {
      const position = Number(place) + at;
      const index = Math.floor(position / BLOCK);
      blocks[index] ??= Buffer.alloc(BLOCK);
      piece.copy(blocks[index], position - index * BLOCK, at, at + 512);
    }
  }
  return blocks;
}

/** A partition table of the old kind. */
export function mbr(...partitions: readonly { readonly type: number; readonly fromMib: number; readonly mib: number }[]): Buffer {
  const bytes = Buffer.alloc(512);
  partitions.forEach(({ type, fromMib, mib }, index) => {
    bytes[446 + 16 * index + 4] = type;
    bytes.writeUInt32LE(fromMib * 2_048, 446 + 16 * index + 8);
    bytes.writeUInt32LE(mib * 2_048, 446 + 16 * index + 12);
  });
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

/** The GPT of sgdisk has a BIOS boot partition, a FAT from 2 MiB on and a Linux partition of 64 MiB from 66 MiB on. */
export function disk(root: MadeName = 'ext4'): Record<number, Buffer> {
  return volumeOf({ 0: made('gpt'), [2 * MIB]: made('fat'), [66 * MIB]: made(root) });
}

/** A copy with some bytes turned over. */
export function damaged(bytes: Buffer, from: number, length = 1): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = from; at < from + length; at += 1) {
    copy[at] ^= 0xff;
  }
  return copy;
}

/** The checksum of GPT by the runtime, to hold ours against. */
export const referenceCrc32 = crc32;
