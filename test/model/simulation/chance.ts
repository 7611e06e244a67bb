// Looked up once: globals are slow in the sandbox of jest.
const { floor, imul } = Math;

/** A small seeded generator (mulberry32), so that a failing plan can be played again. */
export class Chance {
  constructor(private state: number) {}

  /** A number in [0, 1). */
  public next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, max]. */
  public upTo(max: number): number {
    return floor(this.next() * (max + 1));
  }

  public pick<T>(values: readonly T[]): T {
    return values[this.upTo(values.length - 1)];
  }

  public maybe(probability: number): boolean {
    return this.next() < probability;
  }

  public shuffled<T>(values: readonly T[]): readonly T[] {
    return values
      .map((value) => ({ value, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ value }) => value);
  }
}
