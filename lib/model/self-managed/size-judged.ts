/** A source may shrink by so much between two backups before somebody has to say that this is right. */
export const SHRINKS_BY = 0.5;
/** Small ones may do as they like: numbers of bytes there say little. */
const SMALL_BYTES = 1_048_576;

/** Why a backup is too small to be believed, beside the last one: undefined where it may be. */
export function tooSmall(
  last: { readonly id: string; readonly bytes: number } | undefined,
  bytes: number,
  shrinksBy: number = SHRINKS_BY,
): string | undefined {
  const before = last?.bytes ?? 0;
  if (before <= SMALL_BYTES || bytes >= before * (1 - shrinksBy)) {
    return undefined;
  }
  const percent = Math.floor((100 * bytes) / before);
  return `it has ${bytes} bytes, ${percent} % of the last one (${last?.id}, ${before} bytes), and at least ${Math.round(100 * (1 - shrinksBy))} % are expected: look at what is gone, then run it again with --may-shrink if that is right`;
}
