import {
  type AnyRecord,
  canonicalJson,
  HEAD_NAME,
  type Page,
  type PageFormat,
  pageName,
  type RecordLink,
  recordName,
  renderHtml,
  renderMarkdown,
  subjectOf,
} from '../../model/evidence';
import { type ChainEnd, type ChainedRecord, chainEnd, readChained } from './chain-end';
import type { ObjectStore } from './object-store';
import { moveForwards, readPointer, sha256 } from './pointers';

/** How the records of one kind are made, shown and pointed at. */
export interface RecordForm<R extends AnyRecord> {
  owns(record: AnyRecord): record is R;
  page(record: Omit<R, 'pages'>): Page;
  /** Name of the pointer that moves on to a record; nothing where none does. */
  movedBy(record: R): string | undefined;
}

/** Where in the chain a new record goes. */
export interface NextPlace {
  readonly sequence: number;
  readonly previous?: RecordLink;
}

/** So many others may write at the same moment before one gives up. */
const MAX_ATTEMPTS = 200;
const PAUSE_MS = 100;

/**
 * A chain of records that only grows.
 *
 * The name of a record is its place, and is written only where nothing is: that alone decides between two who append at once. What
 * stands beside the records - pages, pointers, the head - is written afterwards, the head last, and completed by the next who appends
 * where a crash left it out. So a record that the head has reached has all its companions.
 */
export class Chain<R extends AnyRecord> {
  constructor(
    private readonly objects: ObjectStore,
    public readonly folder: string,
    private readonly form: RecordForm<R>,
  ) {}

  /** Keeps a record. Where one is kept already under the same pointer, that stays as it is, and is answered. */
  public async append(pointer: string, make: (place: NextPlace) => Omit<R, 'pages'>): Promise<R> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const end = await this.end();
      // the end first: whatever stands before it has its pointer by now
      const kept = await this.keptIn(end, pointer);
      for (const record of end.beyondHead) {
        await this.complete(record);
      }
      if (kept) {
        return kept;
      }
      const { sequence: before = 0, ...previous } = end.last ?? {};
      const sequence = before + 1;
      const unpaged = make({ sequence, ...(end.last && { previous: previous as RecordLink }) });
      const pages = this.pagesOf(unpaged);
      const record = { ...unpaged, pages: { html: sha256(pages.html), md: sha256(pages.md) } } as R;
      const json = canonicalJson(record);
      const key = this.folder + recordName(sequence);
      if (await this.objects.create(key, json)) {
        await this.complete({ sequence, key, sha256: sha256(json), record }, pages);
        return record;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
    throw new Error(`${MAX_ATTEMPTS} others were quicker to append to '${this.folder}': try again`);
  }

  /** What is kept under the pointer of what it is about. */
  public async find(pointer: string): Promise<R | undefined> {
    return this.keptIn(await this.end(), pointer);
  }

  public end(): Promise<ChainEnd> {
    return chainEnd(this.objects, this.folder);
  }

  /** The record that a pointer names; one that is not as it was when it was named, or is about something else, proves nothing. */
  public async pointedAt(name: string, isMeant: (record: AnyRecord) => boolean): Promise<ChainedRecord | undefined> {
    const pointer = this.folder + name;
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
        : isMeant(found.record)
          ? undefined
          : `'${pointer}' names '${key}', which is about something else`;
    if (wrong !== undefined) {
      throw new Error(`${wrong}: 'npx cdk-recovery evidence' tells what became of the chain`);
    }
    return found;
  }

  private async keptIn({ beyondHead }: ChainEnd, pointer: string): Promise<R | undefined> {
    const isMeant = (record: AnyRecord): record is R => this.form.owns(record) && subjectOf(record).pointer === pointer;
    const fresh = beyondHead.find(({ record }) => record && isMeant(record));
    return (fresh ?? (await this.pointedAt(pointer, isMeant)))?.record as R | undefined;
  }

  /** Writes what belongs to a record and is not there yet; the head last. */
  private async complete(
    { record, sequence, key, sha256: hash }: ChainedRecord,
    made?: Readonly<Record<PageFormat, string>>,
  ): Promise<void> {
    const link = { version: 1, sequence, key, sha256: hash, ...(record && { concludedMs: record.concludedMs }) } as const;
    if (record && this.form.owns(record)) {
      const pages = made ?? this.pagesOf(record);
      for (const format of ['html', 'md'] as const) {
        if (sha256(pages[format]) === record.pages[format]) {
          await this.objects.create(this.folder + pageName(sequence, format), pages[format]);
        }
      }
      await this.objects.create(this.folder + subjectOf(record).pointer, canonicalJson(link));
      const moved = this.form.movedBy(record);
      if (moved !== undefined) {
        await moveForwards(this.objects, this.folder + moved, link);
      }
    }
    await moveForwards(this.objects, this.folder + HEAD_NAME, link);
  }

  private pagesOf(record: Omit<R, 'pages'>): Readonly<Record<PageFormat, string>> {
    const page = this.form.page(record);
    return { html: renderHtml(page), md: renderMarkdown(page) };
  }
}
