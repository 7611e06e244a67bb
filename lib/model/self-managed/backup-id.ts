const FORM = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{6}$/;

/** The id of a backup: when it began, to the second, and six digits that tell it from others of that second. Ids sort by time. */
export function backupId(startedMs: number, random: number): string {
  const time = `${new Date(startedMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  return `${time}-${Math.floor(random * 0x1000000)
    .toString(16)
    .padStart(6, '0')}`;
}

/** When the backup of an id began; undefined for what is no id. */
export function readBackupId(id: string): number | undefined {
  const parts = FORM.exec(id);
  if (!parts) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return backupId(ms, 0).slice(0, 16) === id.slice(0, 16) ? ms : undefined;
}
