import type { Places } from './places';

/** From where on a chain has to be whole: a place in it, or a moment; from the beginning where neither is given. */
export interface From {
  readonly sequence?: number;
  readonly ms?: number;
}

/**
 * The first place that something has to stand in. Of a moment it is the first test that is known to have been concluded then or later. The
 * test before it is gone with right only if something tells that it was concluded earlier; else its place is wanted, too.
 */
export function firstWanted(places: Places, { sequence, ms }: From): number {
  if (sequence !== undefined) {
    return sequence;
  }
  if (ms === undefined) {
    return 1;
  }
  const known = timesOf(places);
  const late = [...known].filter(([, concludedMs]) => concludedMs >= ms).map(([place]) => place);
  const first = late.length > 0 ? Math.min(...late) : places.last + 1;
  const isDoubtful = first > 1 && known.get(first - 1) === undefined;
  return isDoubtful && (first > places.last || places.placed.has(first)) ? first - 1 : first;
}

/** When tests were concluded, by their records, by those that follow them, and of the last by the head. */
function timesOf({ placed, claiming, head }: Places): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  const tell = (place: number, concludedMs: number | undefined): void => {
    if (concludedMs !== undefined && !times.has(place)) {
      times.set(place, concludedMs);
    }
  };
  for (const [place, { reading }] of placed) {
    tell(place, reading.value?.concludedMs);
  }
  for (const [place, { reading }] of claiming) {
    tell(place - 1, reading.value?.previous?.concludedMs);
  }
  if (head) {
    tell(head.sequence, head.concludedMs);
  }
  return times;
}
