const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `1 row`, `9,412 rows`. */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`;
}

/** A length of time in its two greatest units: `4 hours 5 minutes`. */
export function span(ms: number): string {
  const parts: string[] = [];
  let rest = Math.round(Math.abs(ms) / 1_000) * 1_000;
  for (const [unit, unitMs] of UNITS) {
    const amount = Math.floor(rest / unitMs);
    rest -= amount * unitMs;
    if (amount > 0 && parts.length < 2) {
      parts.push(many(amount, unit));
    }
  }
  return parts.join(' ') || '0 seconds';
}

/** A share of one as `12.5 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** A moment, to the second. */
export function moment(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The first few of a list, and how many more there are: at most `limit` lines in all. */
export function firstOf(lines: readonly string[], limit: number): string[] {
  return lines.length <= limit
    ? [...lines]
    : [...lines.slice(0, limit - 1), `and ${(lines.length - limit + 1).toLocaleString('en-US')} more`];
}
