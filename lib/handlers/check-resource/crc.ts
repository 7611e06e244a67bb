/** Polynomials, bits reversed: that of GPT, and that of ext4, XFS and Btrfs (Castagnoli). */
export const CRC32 = 0xedb88320;
export const CRC32C = 0x82f63b78;

/** The cyclic redundancy check of some bytes; `finish` is what the sum is turned over with at the end. */
export function crc(polynomial: number, bytes: Uint8Array, finish = 0xffffffff): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = (sum >>> 1) ^ (sum & 1 ? polynomial : 0);
    }
  }
  return (sum ^ finish) >>> 0;
}

/** A copy of some bytes with a field of zeros, as checksums of a structure with its own checksum are made. */
export function without(bytes: Uint8Array, from: number, length: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.fill(0, from, from + length);
  return copy;
}
