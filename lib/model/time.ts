export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The sum of spans, such as the terms of a worst case. */
export function sumMs(spans: readonly { readonly ms: number }[]): number {
  return spans.reduce((sum, { ms }) => sum + ms, 0);
}

/** Renders a span with its two largest units, as the report prints it: `1 h 50`, `35 days`, `5 min`. */
export function words(ms: number): string {
  if (!Number.isFinite(ms)) {
    return 'forever';
  }
  const minutes = Math.ceil(ms / MINUTE);
  if (minutes === 0) {
    return '0';
  }
  if (minutes < 60) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${String(minutes % 60).padStart(2, '0')}`;
  }
  const rest = Math.ceil((minutes - Math.floor(hours / 24) * 24 * 60) / 60);
  const days = Math.floor(hours / 24) + (rest === 24 ? 1 : 0);
  return rest % 24 === 0 ? `${days} days` : `${days} days ${rest} h`;
}
