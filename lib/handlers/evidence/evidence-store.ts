import {
  type ComparedRecord,
  type ConcludedTest,
  canonicalJson,
  chainFolder,
  type EvidenceRecord,
  HEAD_NAME,
  jobName,
  pageName,
  type RecordLink,
  recordName,
  renderHtml,
  renderMarkdown,
  toRecord,
  verifiedName,
} from '../../model/evidence';
import { type ChainEnd, type ChainedRecord, chainEnd, readChained } from './chain-end';
import type { ObjectStore } from './object-store';
import { moveForwards, readPointer, sha256 } from './pointers';

/** Which chain, and where. */
export interface EvidencePlace {
  /** Left out: the whole bucket. */
  readonly prefix?: string;
  readonly verification: string;
}

/** What a test compares with. */
export interface Verified {
  /** What the last successful test left, by name of the check. */
  readonly baselines: Readonly<Record<string, unknown>>;
  /** Its record; left out where there was none. */
  readonly comparedWith?: ComparedRecord;
}

/** So many others may write at the same moment before one gives up. */
const MAX_ATTEMPTS = 200;
const PAUSE_MS = 100;

/**
 * The evidence of a verification: a chain of records that only grows.
 *
 * The name of a record is its place, and is written only where nothing is: that alone decides between two who append at once. What
 * stands beside the records - pages, pointers, the head - is written afterwards, the head last, and completed by the next who appends
 * where a crash left it out. So a record that the head has reached has all its companions.
 */
export class EvidenceStore {
  private readonly folder: string;

  constructor(
    private readonly objects: ObjectStore,
    private readonly place: EvidencePlace,
  ) {
    this.folder = chainFolder(place.prefix ?? '', place.verification);
  }

  /** Keeps a test. One that is kept already for the same restore job stays as it is, and is answered. */
  public async append(concluded: ConcludedTest): Promise<EvidenceRecord> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const end = await chainEnd(this.objects, this.folder);
      // the end first: whatever stands before it has its pointer by now
      const kept = await this.keptIn(end, concluded.test.restoreJobId);
      for (const record of end.beyondHead) {
        await this.complete(record);
      }
      if (kept) {
        return kept;
      }
      const { record, pages, json } = this.written(concluded, end.last);
      const key = this.folder + recordName(record.sequence);
      if (await this.objects.create(key, json)) {
        await this.complete({ sequence: record.sequence, key, sha256: sha256(json), record }, pages);
        return record;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
    throw new Error(`${MAX_ATTEMPTS} others were quicker to append to '${this.folder}': try again`);
  }

  /** What the last successful test of a resource left for the next, and where it stands; no baselines where there was none. */
  public async lastVerified(resource: string, sourceArn: string): Promise<Verified> {
    const end = await chainEnd(this.objects, this.folder);
    const meant = ({ record }: ChainedRecord): boolean =>
      record?.resource === resource && record.test.sourceArn === sourceArn && record.verdict.status === 'SUCCESSFUL';
    const pointer = this.verifiedKey(resource, sourceArn);
    const found = end.beyondHead.filter(meant).at(-1) ?? (await this.pointedAt(pointer, meant));
    return found?.record
      ? { baselines: found.record.baselines, comparedWith: { sequence: found.sequence, sha256: found.sha256 } }
      : { baselines: {} };
  }

  /** What is kept of a restore job. */
  public async find(restoreJobId: string): Promise<EvidenceRecord | undefined> {
    return this.keptIn(await chainEnd(this.objects, this.folder), restoreJobId);
  }

  private async keptIn({ beyondHead }: ChainEnd, restoreJobId: string): Promise<EvidenceRecord | undefined> {
    const meant = ({ record }: ChainedRecord): boolean => record?.test.restoreJobId === restoreJobId;
    return (beyondHead.find(meant) ?? (await this.pointedAt(this.folder + jobName(restoreJobId), meant)))?.record;
  }

  /** The record that a pointer names; one that is not as it was when it was named, or is about something else, proves nothing. */
  private async pointedAt(pointer: string, isMeant: (found: ChainedRecord) => boolean): Promise<ChainedRecord | undefined> {
    const named = await readPointer(this.objects, pointer);
    if (named === undefined) {
      return undefined;
    }
    const key = this.folder + recordName(named.sequence);
    const found = await readChained(this.objects, key, named.sequence);
    const wrong = !found
      ? `'${key}' is gone`
      : found.record === undefined || found.sha256 !== named.sha256
        ? `'${key}' is not as it was written`
        : isMeant(found)
          ? undefined
          : `'${pointer}' names '${key}', which is about something else`;
    if (wrong !== undefined) {
      throw new Error(`${wrong}: 'npx cdk-recovery evidence' tells what became of the chain`);
    }
    return found;
  }

  private written(concluded: ConcludedTest, last: ChainEnd['last']) {
    const { sequence: before = 0, ...previous } = last ?? {};
    const sequence = before + 1;
    const unpaged = toRecord(concluded, {
      verification: this.place.verification,
      sequence,
      ...(last && { previous: previous as RecordLink }),
    });
    const pages = pagesOf(unpaged);
    const record: EvidenceRecord = { ...unpaged, pages: { html: sha256(pages.html), md: sha256(pages.md) } };
    return { record, pages, json: canonicalJson(record) };
  }

  /** Writes what belongs to a record and is not there yet; the head last. */
  private async complete(chained: ChainedRecord, pages = chained.record && pagesOf(chained.record)): Promise<void> {
    const { record, sequence, key, sha256: hash } = chained;
    const link = { version: 1, sequence, key, sha256: hash, ...(record && { concludedMs: record.concludedMs }) } as const;
    if (record) {
      for (const format of ['html', 'md'] as const) {
        if (pages && sha256(pages[format]) === record.pages[format]) {
          await this.objects.create(this.folder + pageName(sequence, format), pages[format]);
        }
      }
      await this.objects.create(this.folder + jobName(record.test.restoreJobId), canonicalJson(link));
      if (record.verdict.status === 'SUCCESSFUL') {
        await moveForwards(this.objects, this.verifiedKey(record.resource, record.test.sourceArn), link);
      }
    }
    await moveForwards(this.objects, this.folder + HEAD_NAME, link);
  }

  private verifiedKey(resource: string, sourceArn: string): string {
    return this.folder + verifiedName(sha256(`${resource}\n${sourceArn}`));
  }
}

function pagesOf(record: Omit<EvidenceRecord, 'pages'>) {
  return { html: renderHtml(record), md: renderMarkdown(record) };
}
