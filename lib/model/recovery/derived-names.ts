import { DATABASE_LIMITS } from '../limits/databases';

/** Instances, clusters and snapshots of RDS are called by at most so many characters. */
const IDENTIFIER_LENGTH = DATABASE_LIMITS.identifierLength.value;
/** Room for the epoch in the name of what was kept. */
const EPOCH_DIGITS = 8;
const REHEARSAL = '-rehearsal';
const KEPT = '-before-';
const INSTANCE = '-1';
const HASH_DIGITS = 8;
/** EFS API Reference: CreateFileSystem. */
const TOKEN_LENGTH = 64;

/** What a rehearsal restores `name` under. */
export function rehearsalName(name: string): string {
  return `${stemOf(name, IDENTIFIER_LENGTH - REHEARSAL.length)}${REHEARSAL}`;
}

/** Whether a rehearsal has made what is called so; nothing else is ever deleted. */
export function isRehearsalName(name: string): boolean {
  return name.endsWith(REHEARSAL);
}

/** What the data of a former activation are kept under; `*` for those of any. */
export function keptName(name: string, epoch: number | '*'): string {
  return `${stemOf(name, IDENTIFIER_LENGTH - KEPT.length - EPOCH_DIGITS)}${KEPT}${epoch}`;
}

/** What the only instance of a restored cluster is called. */
export function instanceName(cluster: string): string {
  return `${stemOf(cluster, IDENTIFIER_LENGTH - INSTANCE.length)}${INSTANCE}`;
}

/** Which restore metadata names what is made (AWS Backup Developer Guide: restoring by type). */
const NAME_KEYS: Readonly<Record<string, string>> = {
  RDS: 'DBInstanceIdentifier',
  Aurora: 'DBClusterIdentifier',
  DocumentDB: 'DBClusterIdentifier',
  Neptune: 'DBClusterIdentifier',
  DynamoDB: 'targetTableName',
  S3: 'DestinationBucketName',
};

/** The restore metadata by which what is made gets a name; none for types that AWS names. */
export function restoredAs(resourceType: string, identifier: string): Readonly<Record<string, string>> {
  const key = NAME_KEYS[resourceType];
  return key ? { [key]: identifier } : {};
}

/** EFS makes nothing new for a token that it knows (EFS API Reference: CreateFileSystem), so each restore into a new file system has its own. */
export function restoredOnce(
  resourceType: string,
  metadata: Readonly<Record<string, string>>,
  token: string,
): Readonly<Record<string, string>> {
  const isNew = Object.entries(metadata).some(([key, value]) => key.toLowerCase() === 'newfilesystem' && value.toLowerCase() === 'true');
  return resourceType === 'EFS' && isNew ? { CreationToken: stemOf(token, TOKEN_LENGTH) } : {};
}

/** A name that would become too long is cut, and tells itself from others by a hash of the whole. */
function stemOf(name: string, room: number): string {
  return name.length <= room ? name : `${name.slice(0, room - HASH_DIGITS - 1).replace(/-+$/, '')}-${hashOf(name)}`;
}

/** FNV-1a of 32 bits, for names and not for secrets. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(HASH_DIGITS, '0');
}
