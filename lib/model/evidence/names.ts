import type { PageFormat } from './evidence-record';

/** Digits of the place in the name of a record: names sort as places do. */
const DIGITS = 8;
const RECORD = /^(\d{8})\.json$/;

/** Where the evidence of a verification is kept, below a bucket or a folder; ends with a slash. */
export function chainFolder(prefix: string, verification: string): string {
  const parent = prefix.replace(/^\/+|\/+$/g, '');
  return `${parent === '' ? '' : `${parent}/`}${plain(verification)}/`;
}

/** Name of a record below the folder of its chain. */
export function recordName(sequence: number): string {
  return `records/${digits(sequence)}.json`;
}

/** The place that the name of a record tells; nothing for another name. */
export function sequenceOf(name: string): number | undefined {
  const found = RECORD.exec(name.slice(name.lastIndexOf('/') + 1));
  return found ? Number(found[1]) : undefined;
}

export function pageName(sequence: number, format: PageFormat): string {
  return `pages/${digits(sequence)}.${format}`;
}

/** Which record is the newest. */
export const HEAD_NAME = 'head.json';

/** Which record is that of a restore job. */
export function jobName(restoreJobId: string): string {
  return `jobs/${plain(restoreJobId)}.json`;
}

/** Which record is that of a run; an id may be used again, the moment of its beginning may not. */
export function runName({ id, begunMs }: { readonly id: string; readonly begunMs: number }): string {
  return `runs/${plain(id)}.${begunMs}.json`;
}

/** Which record is the last successful one of what a digest stands for. */
export function verifiedName(digest: string): string {
  return `verified/${digest}.json`;
}

function digits(sequence: number): string {
  return String(sequence).padStart(DIGITS, '0');
}

/** A name without what means something in keys, folders and addresses. */
function plain(name: string): string {
  return name.replace(/^\.+|[^A-Za-z0-9._-]/gu, (found) =>
    [...new TextEncoder().encode(found)].map((byte) => `~${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
