import type { Attributes } from './item-hash';
import type { DescribedTable } from './table-shape';

/** A page of a scan. */
export interface ScannedPage {
  readonly count: number;
  /** Keys of its items, where they were asked for. */
  readonly keys: readonly Attributes[];
}

/** What a check needs from DynamoDB, for tables by their ARNs. Whoever cannot answer throws `Unable`. */
export interface TablePort {
  /** Undefined where there is no such table. */
  describe(tableArn: string): Promise<DescribedTable | undefined>;
  /** One segment of a scan; `keyNames` are empty where counting is enough. */
  scan(tableArn: string, segment: number, segments: number, keyNames: readonly string[]): AsyncIterable<ScannedPage>;
  get(tableArn: string, key: Attributes): Promise<Attributes | undefined>;
}
