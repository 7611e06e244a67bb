import { readBackupId } from './backup-id';

/** What is backed up. */
export type BackupEngine = 'postgresql' | 'mysql' | 'mariadb' | 'files';

/** What a backup stands on: `full` on nothing, `differential` on a full one, `incremental` on the one before; `logs` carry on from any of them. */
export type BackupKind = 'full' | 'differential' | 'incremental' | 'logs';

/** An object of a backup, as it was sent. */
export interface StoredObject {
  /** Below the folder of the backup. */
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** Something that was looked at before a backup was published. */
export interface Verified {
  readonly what: string;
  readonly found: string;
}

/** What makes a backup one: it is written last, so what has none is no backup, however much of it is there. */
export interface BackupManifest {
  readonly version: 1;
  readonly id: string;
  /** What was backed up, such as `orders`. */
  readonly source: string;
  readonly engine: BackupEngine;
  readonly form: 'logical' | 'physical' | 'files';
  readonly kind: BackupKind;
  /** The id of the backup that this one cannot be restored without. */
  readonly base?: string;
  /** What the tool calls it, where it keeps a repository of its own: there `objects` is empty. */
  readonly label?: string;
  readonly startedMs: number;
  /** The moment whose state it holds. */
  readonly consistentMs: number;
  readonly endedMs: number;
  /** Versions, such as `PostgreSQL 15.8`. */
  readonly server: string;
  readonly tool: string;
  /** How large what was backed up is, in bytes: the next one is compared with it. */
  readonly sourceBytes: number;
  readonly tables?: number;
  /** What it takes in the repository of a tool, in bytes, where `objects` is empty. */
  readonly storedBytes?: number;
  /** Recipients of age that objects are encrypted for; each name ends with `.age` then. */
  readonly recipients?: readonly string[];
  /** What the engine has to know to go on from here, such as a position in a log. */
  readonly notes?: Readonly<Record<string, string>>;
  readonly objects: readonly StoredObject[];
  readonly verified: readonly Verified[];
}

/** What an engine says of the backup that it has made; the keeper adds the rest. */
export type BackupMade = Omit<BackupManifest, 'version' | 'id' | 'source' | 'engine' | 'form' | 'startedMs' | 'endedMs'>;

/** What a backup takes, in bytes. */
export function storedBytes({ objects, storedBytes }: Pick<BackupManifest, 'objects' | 'storedBytes'>): number {
  return storedBytes ?? objects.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What a manifest cannot be read as, and why. */
export interface UnreadableManifest {
  readonly why: string;
}

/** Reads a manifest; what is wrong with it is said, for it stands between a person and the data. */
export function readManifest(text: string): BackupManifest | UnreadableManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: 'it is not JSON' };
  }
  const manifest = value as Partial<BackupManifest> | null;
  if (typeof manifest !== 'object' || manifest === null) {
    return { why: 'it is no object' };
  }
  if (manifest.version !== 1) {
    return { why: `it is of version ${JSON.stringify(manifest.version)}, and this program reads version 1` };
  }
  const wrong = FIELDS.find(([name, is]) => !is(manifest[name]));
  if (!wrong && (manifest.objects?.length === 0) === (manifest.label === undefined)) {
    return { why: "it has neither 'objects' nor a 'label' of the repository of a tool, or both" };
  }
  return wrong ? { why: `'${wrong[0]}' is ${JSON.stringify(manifest[wrong[0]])?.slice(0, 80)}` } : (manifest as BackupManifest);
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isId = (value: unknown) => typeof value === 'string' && readBackupId(value) !== undefined;
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const FIELDS: readonly (readonly [keyof BackupManifest, (value: unknown) => boolean])[] = [
  ['id', isId],
  ['source', isText],
  ['engine', (value) => ['postgresql', 'mysql', 'mariadb', 'files'].includes(value as string)],
  ['form', (value) => ['logical', 'physical', 'files'].includes(value as string)],
  ['kind', (value) => ['full', 'differential', 'incremental', 'logs'].includes(value as string)],
  ['base', (value) => value === undefined || isId(value)],
  ['label', (value) => value === undefined || isText(value)],
  ['startedMs', isCount],
  ['consistentMs', isCount],
  ['endedMs', isCount],
  ['server', isText],
  ['tool', isText],
  ['sourceBytes', isCount],
  ['storedBytes', (value) => value === undefined || isCount(value)],
  ['recipients', (value) => value === undefined || (Array.isArray(value) && value.length > 0 && value.every(isText))],
  ['notes', (value) => value === undefined || (typeof value === 'object' && value !== null && Object.values(value).every(isText))],
  ['objects', (value) => Array.isArray(value) && value.every(isObject)],
  ['verified', (value) => Array.isArray(value) && value.length > 0],
];

function isObject(value: unknown): boolean {
  const { name, bytes, sha256 } = (value ?? {}) as Partial<StoredObject>;
  return isText(name) && !/(^|\/)\.{0,2}(\/|$)/.test(name as string) && isCount(bytes) && /^[0-9a-f]{64}$/.test(sha256 ?? '');
}
