import { CLOCK_TOLERANCE_MS } from '../../model/freshness';
import { DAY } from '../../model/time';
import { inBatches } from './in-batches';
import { isContinuous, isUsable, type PointFilter, type Ports, type RecoveryPoint, type VaultAddress } from './ports';

/** What was seen of one resource in a vault. */
export interface Newest {
  /** The moment that its newest usable recovery point shows. */
  newestMs?: number;
  /** It has a recovery point from the future. */
  ahead?: boolean;
}

/** Where so few are left, they are asked for one by one instead of looking further back through everything. */
export const ONE_BY_ONE = 100;

/** Beyond, everything is looked at. */
const FURTHEST_WINDOW_MS = 400 * DAY;

/** The API takes whole seconds. */
const OVERLAP_MS = 2_000;

/**
 * The newest usable recovery point of each resource in `wanted` (by ARN, with the age that is expected). Looks back over the
 * shortest of these ages, then ever further, until all are found or the rest can be asked for one by one: in a vault where
 * all is well it is a few pages, however much it holds, and what is held in memory is one moment per wanted resource.
 */
export async function newestPoints(
  ports: Ports,
  vault: VaultAddress,
  wanted: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Newest>> {
  const found = new Map<string, Newest>();
  const left = new Set(wanted.keys());
  const note = (point: RecoveryPoint): void => {
    const { resourceArn, createdMs, initiatedMs } = point;
    if (!wanted.has(resourceArn) || !isUsable(point) || isContinuous(point)) {
      return;
    }
    const newest = found.get(resourceArn) ?? {};
    found.set(resourceArn, newest);
    if (createdMs > ports.now() + CLOCK_TOLERANCE_MS) {
      newest.ahead = true;
      return;
    }
    const atMs = Math.min(createdMs, initiatedMs ?? createdMs);
    newest.newestMs = Math.max(newest.newestMs ?? atMs, atMs);
    left.delete(resourceArn);
  };
  const list = async (filter: PointFilter): Promise<void> => {
    for await (const page of ports.recoveryPoints(vault, filter)) {
      page.forEach(note);
    }
  };

  const startMs = ports.now();
  let lookBackMs = shortest(wanted.values());
  let untilMs: number | undefined;
  for (let first = true; left.size > 0; first = false) {
    if (!first && left.size <= ONE_BY_ONE) {
      await inBatches([...left], (resourceArn) => list({ resourceArn }));
      break;
    }
    const everything = lookBackMs > FURTHEST_WINDOW_MS;
    const sinceMs = startMs - lookBackMs;
    await list({
      ...(everything ? {} : { createdAfterMs: sinceMs }),
      ...(untilMs === undefined ? {} : { createdBeforeMs: untilMs + OVERLAP_MS }),
    });
    if (everything) {
      break;
    }
    untilMs = sinceMs;
    lookBackMs *= 2;
  }
  return found;
}

function shortest(spans: Iterable<number>): number {
  let least = FURTHEST_WINDOW_MS;
  for (const ms of spans) {
    least = Math.min(least, ms);
  }
  return least;
}
