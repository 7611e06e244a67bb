const { imul } = Math;

interface Chosen<T> {
  readonly place: number;
  readonly item: T;
}

/**
 * A sample of a listing of unknown length, spread evenly over all of it: the items whose hashes are lowest. The salt decides which
 * ones they are, so that the same restore always gives the same sample and another restore another. It never holds more than twice
 * the sample.
 */
export class SpreadSample<T> {
  private chosen: Chosen<T>[] = [];
  private limit = Number.POSITIVE_INFINITY;

  constructor(
    private readonly size: number,
    private readonly salt: string,
  ) {}

  public offer(key: string, item: T): void {
    const place = this.size > 0 ? placeOf(this.salt, key) : Number.POSITIVE_INFINITY;
    if (place < this.limit) {
      this.chosen.push({ place, item });
      if (this.chosen.length >= 2 * this.size) {
        this.trim();
      }
    }
  }

  /** The sample, in an order of its own. */
  public items(): T[] {
    this.trim();
    return this.chosen.map(({ item }) => item);
  }

  private trim(): void {
    this.chosen.sort((one, other) => one.place - other.place);
    this.chosen.length = Math.min(this.chosen.length, this.size);
    if (this.size > 0 && this.chosen.length === this.size) {
      this.limit = this.chosen[this.size - 1].place;
    }
  }
}

/** A cheap hash of 53 bits, for there may be a million keys: two of FNV-1a with different factors, stirred as MurmurHash does. */
function placeOf(salt: string, key: string): number {
  let [high, low] = [0x811c9dc5, 0x1b873593];
  const text = `${salt} ${key}`;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = imul(high ^ code, 0x01000193);
    low = imul(low ^ code, 0x85ebca6b);
  }
  high = stirred(high ^ (low >>> 7));
  low = stirred(low ^ (high >>> 9));
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}

function stirred(hash: number): number {
  const once = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

/** The sample has to be a whole number, or nobody knows how much is to be read. */
export function isSampleSize(sample: unknown): sample is number {
  return typeof sample === 'number' && Number.isInteger(sample) && sample >= 0;
}
