import { Unable } from '../checks/finding';
import { isShape, type TableShape } from './table-shape';

/** What a test records of an item, without a value of it. */
export interface ItemRecord {
  /** Salted hash of its key. */
  readonly key: string;
  /** Salted hash of all of it. */
  readonly item: string;
}

/** What a test of a table leaves for the next. */
export interface TableBaseline {
  readonly count: number;
  readonly salt: string;
  readonly shape: TableShape;
  readonly items: readonly ItemRecord[];
}

/** What the last verified test has left behind; undefined where there was none. */
export function tableBaseline(baseline: unknown): TableBaseline | undefined {
  if (baseline === undefined || baseline === null) {
    return undefined;
  }
  const found = baseline as Partial<TableBaseline>;
  if (
    !Number.isFinite(found.count) ||
    typeof found.salt !== 'string' ||
    !isShape(found.shape) ||
    !Array.isArray(found.items) ||
    !found.items.every(isRecord)
  ) {
    throw new Unable('what the last verified test left behind cannot be read');
  }
  return found as TableBaseline;
}

function isRecord(value: unknown): value is ItemRecord {
  const { key, item } = (value ?? {}) as Partial<ItemRecord>;
  return typeof key === 'string' && typeof item === 'string';
}
