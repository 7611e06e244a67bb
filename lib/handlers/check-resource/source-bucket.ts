import { Unable } from '../checks/finding';
import type { Comparison } from './judge-sample';
import type { ObjectRecord } from './object-record';
import type { ObjectStore } from './object-store';

/** In what an object may differ from its record. */
export type Difference = 'missing' | 'content' | 'versions' | 'tags';

/** Backups take their time, and clocks differ. */
const SKEW_MS = 60 * 60_000;

/**
 * The bucket that was backed up, as a witness: what has changed there since the older of two recovery points may differ between the
 * two, and nothing else. Once it could not be asked it is not asked again.
 */
export class SourceBucket {
  private silent: boolean;

  constructor(
    private readonly store: ObjectStore,
    private readonly bucket: string | undefined,
    /** The older of the recovery points. */
    private readonly sinceMs: number,
  ) {
    this.silent = bucket === undefined || !Number.isFinite(sinceMs);
  }

  public async sayOf(record: ObjectRecord, difference: Difference, restoredTags: string | undefined): Promise<Comparison['source']> {
    if (this.silent) {
      return 'unknown';
    }
    try {
      return await this.ask(record, difference, restoredTags);
    } catch (error) {
      if (!(error instanceof Unable)) {
        throw error;
      }
      this.silent = true;
      return 'unknown';
    }
  }

  private async ask(record: ObjectRecord, difference: Difference, restoredTags: string | undefined): Promise<Comparison['source']> {
    const bucket = this.bucket as string;
    const versions = await this.store.versions(bucket, record.key);
    if (versions.length === 0 || versions.some(({ atMs }) => atMs >= this.sinceMs - SKEW_MS)) {
      return 'changed-too';
    }
    switch (difference) {
      case 'tags': {
        // tags change without a trace: only those of now can be compared
        const tags = await this.store.tags(bucket, record.key);
        return tags === record.tags && tags !== restoredTags ? 'as-recorded' : 'changed-too';
      }
      case 'versions':
        return versions.filter(({ deleted }) => !deleted).length >= record.versions ? 'as-recorded' : 'changed-too';
      default:
        return 'as-recorded';
    }
  }
}
