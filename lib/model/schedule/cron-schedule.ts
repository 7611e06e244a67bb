import { DAY, HOUR, MINUTE } from '../time';
import { hourlyFloor } from './hourly-floor';
import { type CronFields, LAST_YEAR, parseCron } from './private/cron-fields';
import { datesOf, type Month, monthOf } from './private/day-rule';
import { TimeZone } from './private/time-zone';

/** The longest time between two runs. */
export interface Gap {
  /** `Infinity` where no run follows. */
  readonly gapMs: number;
  /** The run before the gap; the start of the horizon where the schedule never runs. */
  readonly fromMs: number;
  /** The run after the gap; `Infinity` where none follows. */
  readonly toMs: number;
}

/** Every search begins here, never at the present: two synths of one application must agree. */
export const HORIZON_START = Date.UTC(2026, 0, 1);

/** Every date falls on every weekday within 28 years; the rest covers schedules that leave out years. */
export const HORIZON_YEARS = 40;

/** `nextRun` looks through this much at a time, growing, so that frequent and rare schedules are both quick. */
const FIRST_LOOK = 2 * DAY;

/**
 * A schedule of AWS Backup: `cron(...)` in the dialect of EventBridge, evaluated in a time zone.
 *
 * When clocks go forward, a run whose local time does not exist is left out; when they go back, a local time that
 * comes twice runs once, the first time. Both are what EventBridge Scheduler documents (Schedule types, Daylight saving
 * time), and AWS Backup documents the first. Where it should run twice after all, gaps only become shorter than stated.
 */
export class CronSchedule {
  private static readonly known = new Map<string, CronSchedule>();

  /**
   * Reads a schedule; equal arguments give the same object.
   * @param expression `cron(minutes hours day-of-month month day-of-week year)`
   * @param timeZone IANA name
   * @throws ScheduleError for what AWS Backup would refuse, also for more than one run an hour
   */
  public static parse(expression: string, timeZone = 'UTC'): CronSchedule {
    const key = `${timeZone} ${expression}`;
    let schedule = CronSchedule.known.get(key);
    if (!schedule) {
      const fields = parseCron(expression);
      hourlyFloor(expression, fields.minutes);
      schedule = new CronSchedule(expression, timeZone, fields, TimeZone.of(timeZone));
      CronSchedule.known.set(key, schedule);
    }
    return schedule;
  }

  /** Whether runs go on to the end of AWS's calendar; `false` where the year field lets them end before. */
  public readonly endless: boolean;
  private readonly datesByShape = new Map<number, readonly number[]>();
  private readonly years: ReadonlySet<number>;
  private readonly timesOfDay: readonly number[];
  private gap?: Gap;

  private constructor(
    public readonly expression: string,
    public readonly timeZone: string,
    private readonly fields: CronFields,
    private readonly zone: TimeZone,
  ) {
    this.timesOfDay = fields.hours.flatMap((hour) => fields.minutes.map((minute) => hour * HOUR + minute * MINUTE));
    this.years = new Set(fields.years);
    const last = fields.years[fields.years.length - 1];
    const step = last - (fields.years[fields.years.length - 2] ?? last);
    this.endless = last === LAST_YEAR || last + step > LAST_YEAR;
  }

  /** The first run later than `afterMs`, as epoch milliseconds; `undefined` where none follows. */
  public nextRun(afterMs: number): number | undefined {
    const end = Date.UTC(LAST_YEAR + 1, 0, 2);
    for (let fromMs = afterMs + 1, span = FIRST_LOOK; fromMs < end; fromMs += span, span *= 4) {
      const [first] = this.runs(fromMs, Math.min(fromMs + span, end));
      if (first !== undefined) {
        return first;
      }
    }
    return undefined;
  }

  /** Every run from `fromMs` until before `untilMs`, ascending, as epoch milliseconds. */
  public runs(fromMs: number, untilMs: number): readonly number[] {
    const runs: number[] = [];
    let passedWall = Number.NEGATIVE_INFINITY;
    for (const period of this.zone.periods(fromMs - DAY, untilMs + DAY)) {
      const untilWall = period.untilMs + period.offsetMs;
      const fromWall = Math.max(period.fromMs + period.offsetMs, passedWall);
      this.collect(Math.max(fromWall, fromMs + period.offsetMs), Math.min(untilWall, untilMs + period.offsetMs), period.offsetMs, runs);
      passedWall = Math.max(passedWall, untilWall);
    }
    return runs;
  }

  /**
   * The longest gap between two runs from 2026 on: over a week where all weeks are alike, over a year where only the clock changes, otherwise over
   * 40 years, so that the fifth Sunday of February and the 29th of February are told rightly. (That the year 2100 has
   * no 29th of February lies beyond.) A schedule that ends has a gap of `Infinity` after its last run.
   */
  public longestGap(): Gap {
    this.gap ??= this.findLongestGap();
    return this.gap;
  }

  private findLongestGap(): Gap {
    const start = HORIZON_START;
    if (!this.endless) {
      const last = this.lastRun();
      return { gapMs: Number.POSITIVE_INFINITY, fromMs: last ?? start, toMs: Number.POSITIVE_INFINITY };
    }
    const cycle = this.repeatsWeekly ? 7 : this.everyWeekAlike() ? 366 : 366 * HORIZON_YEARS;
    const runs = this.runs(start, start + cycle * DAY);
    let longest: Gap | undefined;
    for (let i = 0; i < runs.length; i++) {
      const toMs = i + 1 < runs.length ? runs[i + 1] : this.nextRun(runs[i])!;
      if (!longest || toMs - runs[i] > longest.gapMs) {
        longest = { gapMs: toMs - runs[i], fromMs: runs[i], toMs };
      }
    }
    return longest ?? { gapMs: Number.POSITIVE_INFINITY, fromMs: start, toMs: Number.POSITIVE_INFINITY };
  }

  private lastRun(): number | undefined {
    for (let i = this.fields.years.length - 1; i >= 0; i--) {
      const year = this.fields.years[i];
      const runs = this.runs(Date.UTC(year, 0, 0), Date.UTC(year + 1, 0, 2));
      if (runs.length > 0) {
        return runs[runs.length - 1];
      }
    }
    return undefined;
  }

  /** Whether one week tells everything: all weeks are alike and the clock never changes. */
  public get repeatsWeekly(): boolean {
    return this.endless && this.everyWeekAlike() && this.zone.periods(HORIZON_START, HORIZON_START + 366 * DAY).length === 1;
  }

  /** The shortest time between two runs of a week that is like every other. */
  public shortestGapOfWeek(): number {
    const runs = this.runs(HORIZON_START, HORIZON_START + 15 * DAY);
    return runs.slice(1).reduce((shortest, run, i) => Math.min(shortest, run - runs[i]), Number.POSITIVE_INFINITY);
  }

  /** Whether every run of another schedule is a run of this one; only seen where this one runs on every day. */
  public includes({ fields, timeZone }: CronSchedule): boolean {
    return (
      timeZone === this.timeZone &&
      this.everyWeekAlike() &&
      this.fields.days.some(({ kind }) => kind === 'every') &&
      fields.hours.every((hour) => this.fields.hours.includes(hour)) &&
      fields.minutes.every((minute) => this.fields.minutes.includes(minute))
    );
  }

  private everyWeekAlike(): boolean {
    const { days, months, years } = this.fields;
    return (
      months.length === 12 && years.length === LAST_YEAR - 1970 + 1 && days.every((day) => day.kind === 'every' || day.kind === 'weekday')
    );
  }

  /** Adds the runs whose local time lies in [fromWall, untilWall); local times are held as if they were UTC. */
  private collect(fromWall: number, untilWall: number, offsetMs: number, runs: number[]): void {
    if (fromWall >= untilWall) {
      return;
    }
    const first = new Date(fromWall);
    for (let index = first.getUTCFullYear() * 12 + first.getUTCMonth(); ; index++) {
      const month = monthOf(index);
      if (month.startMs >= untilWall) {
        return;
      }
      for (const date of this.dates(month)) {
        const dayWall = month.startMs + (date - 1) * DAY;
        if (dayWall + DAY <= fromWall || dayWall >= untilWall) {
          continue;
        }
        for (const time of this.timesOfDay) {
          const wall = dayWall + time;
          if (wall >= fromWall && wall < untilWall) {
            runs.push(wall - offsetMs);
          }
        }
      }
    }
  }

  private dates(month: Month): readonly number[] {
    if (!this.years.has(month.year) || !this.fields.months.includes(month.month)) {
      return [];
    }
    const shape = month.length * 7 + month.firstWeekday;
    let dates = this.datesByShape.get(shape);
    if (!dates) {
      dates = datesOf(this.fields.days, month);
      this.datesByShape.set(shape, dates);
    }
    return dates;
  }
}
