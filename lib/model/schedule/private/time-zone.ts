import { DAY, HOUR, MINUTE, SECOND } from '../../time';
import { ScheduleError } from '../schedule-error';

/** A span of time with one offset from UTC: local time = UTC + `offsetMs`. */
export interface OffsetPeriod {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly offsetMs: number;
}

/** Gaza's week of summer between Ramadan and autumn is the shortest season there is; sampling must not step over it. */
const SAMPLE = 6 * DAY;

/** Zones that engines know besides those of IANA; `EST`, `HST` and `MST` are in both. */
const SHORT_NAMES = /^(ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST)$/i;

/** A time zone as offsets from UTC, from the database that the JavaScript engine carries. */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone>();

  /**
   * The zone with this IANA name.
   * @throws ScheduleError where nobody knows it
   */
  public static of(name: string): TimeZone {
    const zone = TimeZone.known.get(name) ?? new TimeZone(name);
    TimeZone.known.set(name, zone);
    return zone;
  }

  private readonly format?: Intl.DateTimeFormat;
  private readonly years = new Map<number, readonly OffsetPeriod[]>();

  private constructor(name: string) {
    if (name === 'UTC') {
      return;
    }
    try {
      // Newer engines also take offsets such as '+09:00', which are no names.
      // They also know short names of old, such as 'PST', that no list of IANA has.
      if (!/^[A-Za-z]/.test(name) || SHORT_NAMES.test(name)) {
        throw new RangeError(name);
      }
      this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    } catch {
      throw new ScheduleError('time zone', name, 'is not known', "use an IANA name such as 'Asia/Tokyo' or 'UTC'");
    }
  }

  /** The offsets between two instants, in order, without holes; the first and last may reach beyond. */
  public periods(fromMs: number, untilMs: number): readonly OffsetPeriod[] {
    if (!this.format) {
      return [{ fromMs, untilMs, offsetMs: 0 }];
    }
    const periods: OffsetPeriod[] = [];
    for (let year = new Date(fromMs).getUTCFullYear(); Date.UTC(year, 0) < untilMs; year++) {
      for (const period of this.periodsOf(year, this.format)) {
        const last = periods[periods.length - 1];
        if (last?.offsetMs === period.offsetMs) {
          periods[periods.length - 1] = { ...last, untilMs: period.untilMs };
        } else {
          periods.push(period);
        }
      }
    }
    return periods;
  }

  private periodsOf(year: number, format: Intl.DateTimeFormat): readonly OffsetPeriod[] {
    const known = this.years.get(year);
    if (known) {
      return known;
    }
    const periods: OffsetPeriod[] = [];
    const end = Date.UTC(year + 1, 0);
    let fromMs = Date.UTC(year, 0);
    let offsetMs = offsetAt(format, fromMs);
    for (let before = fromMs; before < end; before += SAMPLE) {
      const after = Math.min(before + SAMPLE, end - MINUTE);
      const next = offsetAt(format, after);
      if (next !== offsetMs) {
        const changeMs = changeBetween(format, before, after, offsetMs);
        periods.push({ fromMs, untilMs: changeMs, offsetMs });
        fromMs = changeMs;
        offsetMs = next;
      }
    }
    periods.push({ fromMs, untilMs: end, offsetMs });
    this.years.set(year, periods);
    return periods;
  }
}

/** Reads `GMT+09:00`, `GMT-00:44:30`, and `GMT` or `GMT+00:00` for zero, which engines write differently. */
function offsetAt(format: Intl.DateTimeFormat, ms: number): number {
  const [, sign, hours, minutes, seconds] = /GMT([+-]?)(\d*):?(\d*):?(\d*)$/.exec(format.format(ms))!;
  const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
  return sign === '-' ? -size : size;
}

/** The first minute after `before` with another offset than `offsetMs`. */
function changeBetween(format: Intl.DateTimeFormat, before: number, after: number, offsetMs: number): number {
  let low = before;
  let high = after;
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (offsetAt(format, middle) === offsetMs) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}
