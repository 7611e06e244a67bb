import { spanWords } from '../../lib/model/evidence';

/** An order that was acknowledged, and when. */
export interface Order {
  readonly number: number;
  readonly atMs: number;
}

/** What an outage did, as whoever orders has seen it. */
export interface Outage {
  /** Acknowledged orders, in their order. */
  readonly orders: readonly Order[];
  /** Numbers of the orders that the database has which serves now. */
  readonly kept: ReadonlySet<number>;
  /** When the former database was lost, or closed. */
  readonly endMs: number;
  /** The longest time without an acknowledged order. */
  readonly gapMs: number;
  /** Orders are acknowledged again. */
  readonly isOver: boolean;
}

/** The most that may be lost; zero for a planned move. */
export interface Promised {
  readonly rpoMs: number;
  readonly rtoMs: number;
}

/** A verdict, and the sentences that give it its reasons. */
export interface Judgement {
  readonly verdict: 'KEPT' | 'MISSED';
  readonly reasons: readonly string[];
}

/** Holds what customers have seen against what they were promised. */
export function judge(outage: Outage, promised: Promised): Judgement {
  const parts = [judgeTime(outage, promised), judgeLoss(outage, promised)];
  return { verdict: parts.every(({ kept }) => kept) ? 'KEPT' : 'MISSED', reasons: parts.map(({ words }) => words) };
}

interface Part {
  readonly kept: boolean;
  readonly words: string;
}

function judgeTime({ gapMs, isOver }: Outage, { rtoMs }: Promised): Part {
  const kept = isOver && gapMs <= rtoMs;
  const seen = isOver ? `nobody could order for ${spanWords(gapMs)}` : `nobody can order, ${spanWords(gapMs)} after the last order`;
  return { kept, words: `${seen} (promised: ${spanWords(rtoMs)} at most: ${outcome(kept)})` };
}

function judgeLoss({ orders, kept: there, endMs }: Outage, { rpoMs }: Promised): Part {
  const missing = orders.filter(({ number }) => !there.has(number));
  const promise = rpoMs === 0 ? 'none' : `those of the last ${spanWords(rpoMs)} at most`;
  const count = `${missing.length.toLocaleString('en-US')} of ${orders.length.toLocaleString('en-US')} acknowledged orders lost`;
  // a copy that is behind lacks the newest; whatever lacks one in the middle is damaged
  const newest = orders.filter(({ number }) => there.has(number)).at(-1)?.number ?? Number.NEGATIVE_INFINITY;
  const hole = missing.find(({ number }) => number < newest);
  const oldestMs = missing.length === 0 ? 0 : endMs - missing[0].atMs;
  const kept = hole === undefined && (missing.length === 0 || (rpoMs > 0 && oldestMs <= rpoMs));
  const more = hole
    ? `, order ${hole.number} among them although later ones are there`
    : missing.length > 0
      ? `, the oldest one ${spanWords(Math.max(0, oldestMs))} before the end`
      : '';
  return { kept, words: `${count}${more} (promised: ${promise}: ${outcome(kept)})` };
}

function outcome(kept: boolean): string {
  return kept ? 'kept' : 'missed';
}
