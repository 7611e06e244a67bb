import type { ObjectStore, StoredObject } from '../../../lib/handlers/evidence/object-store';

/** Does what S3 promises, in memory: every write is whole, is seen at once, and happens or not by its condition. */
export class MemoryStore implements ObjectStore {
  public readonly objects = new Map<string, string>();
  private readonly versions = new Map<string, number>();

  /** `before` is asked before each operation; it may wait, or throw. `after` may throw when it has been done. */
  constructor(
    private readonly before: (operation: string, key: string) => Promise<void> | void = () => undefined,
    private readonly after: (operation: string, key: string) => void = () => undefined,
  ) {}

  public async read(key: string): Promise<StoredObject | undefined> {
    await this.before('read', key);
    const text = this.objects.get(key);
    return text === undefined ? undefined : { bytes: Buffer.from(text), version: String(this.versions.get(key) ?? 0) };
  }

  public async create(key: string, text: string): Promise<boolean> {
    await this.before('create', key);
    return !this.objects.has(key) && this.write('create', key, text);
  }

  public async replace(key: string, text: string, version: string): Promise<boolean> {
    await this.before('replace', key);
    return this.objects.has(key) && version === String(this.versions.get(key) ?? 0) && this.write('replace', key, text);
  }

  public async *list(prefix: string): AsyncGenerator<string> {
    await this.before('list', prefix);
    yield* [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** The same objects seen by somebody else, who is held up or fails in another way. */
  public as(before: MemoryStore['before'], after?: MemoryStore['after']): MemoryStore {
    const other = new MemoryStore(before, after);
    return Object.assign(other, { objects: this.objects, versions: this.versions });
  }

  private write(operation: string, key: string, text: string): true {
    this.objects.set(key, text);
    this.versions.set(key, (this.versions.get(key) ?? 0) + 1);
    this.after(operation, key);
    return true;
  }
}
