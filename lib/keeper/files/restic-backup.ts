import { lstatSync } from 'node:fs';
import { hostname, release, type } from 'node:os';
import type { BackupKind, BackupMade, Verified } from '../../model/self-managed';
import type { BackupContext } from '../engine';
import { Refused } from '../refused';
import { ToolFailed } from '../run-tool';
import { requireKind } from './require-kind';
import { requireSources } from './require-sources';
import { type Restic, resticOf, snapshotsOf } from './restic';
import { checkRepository } from './restic-verify';

/** What restic tells at its end. */
interface Summary {
  readonly message_type: string;
  readonly total_files_processed: number;
  readonly total_bytes_processed: number;
  readonly files_new: number;
  readonly files_changed: number;
  readonly data_added: number;
}

const SHOWN = 5;
/** A snapshot was made, and not of all. */
const PARTIAL = 3;

/** Sends what is new to the repository. A full backup reads every file again, also those that look unchanged. */
export async function backUpByRestic(context: BackupContext, kind: BackupKind | undefined): Promise<BackupMade> {
  const { settings, now, id, tell } = context;
  const { paths, exclude = [] } = settings.files!;
  requireKind(kind);
  await requireSources(paths);
  const restic = await resticOf(context);
  const isFull = kind === 'full' || (kind === undefined && (await context.published()).length === 0);
  const consistentMs = now();
  const summary = await send(restic, context, [
    'backup',
    '--json',
    `--host=${settings.source}`,
    `--tag=${id}`,
    `--tag=host:${hostname()}`,
    ...(isFull ? ['--force'] : []),
    // it has passwords and what others leave there
    ...[settings.scratch, ...exclude].map((pattern) => `--exclude=${pattern}`),
    '--',
    ...paths,
  ]);
  tell('sent', { id, files: summary.total_files_processed, bytes: summary.data_added });
  const [snapshot] = await snapshotsOf(restic, id);
  if (!snapshot) {
    throw new Refused('verify', `the repository has no snapshot of backup ${id}, which restic says it has made`);
  }
  return {
    kind: isFull ? 'full' : 'incremental',
    label: snapshot.id,
    consistentMs,
    server: `${type()} ${release()}`,
    tool: (await restic(['version'])).trim(),
    sourceBytes: summary.total_bytes_processed,
    storedBytes: summary.data_added,
    notes: { files: `${summary.total_files_processed}`, host: hostname() },
    objects: [],
    verified: [asRead(summary), ...(await checkRepository(restic, ['--with-cache']))],
  };
}

function asRead({ total_files_processed, total_bytes_processed, files_new, files_changed }: Summary): Verified {
  return {
    what: 'files',
    found: `${total_files_processed} files of ${total_bytes_processed} bytes, ${files_new} new and ${files_changed} changed; all could be read`,
  };
}

/** What could not be read fails the run, but not what was removed while it was under way. */
async function send(restic: Restic, { tell }: BackupContext, args: readonly string[]): Promise<Summary> {
  const unread = new Set<string>();
  let gone = 0;
  let isPartial = false;
  const onLine = (line: string) => {
    const item = itemIn(line);
    if (item === undefined) {
      isPartial ||= /at least one source file could not be read/.test(line);
      tell('tool', { line });
    } else if (isGone(item)) {
      gone++;
    } else {
      unread.add(item);
    }
  };
  const printed = await restic(args, { onLine, allowed: [PARTIAL] });
  if (unread.size > 0 || (isPartial && gone === 0)) {
    const some = [...unread].slice(0, SHOWN).join(', ') || 'restic does not say which';
    throw new Refused('tool', `${unread.size} files or folders could not be read: ${some}; let the keeper read them, or exclude them`);
  }
  if (gone > 0) {
    tell('gone', { found: `${gone} files or folders were removed while they were backed up` });
  }
  const last = printed.trim().split('\n').at(-1) ?? '';
  const summary = JSON.parse(last.startsWith('{') ? last : '{}') as Partial<Summary>;
  if (summary.message_type !== 'summary') {
    throw new ToolFailed('restic', 'ended without a summary', last.slice(0, 300));
  }
  return summary as Summary;
}

/** What an error is about; those of folders come without the slash that they begin with. */
function itemIn(line: string): string | undefined {
  if (!line.startsWith('{"message_type":"error"')) {
    return undefined;
  }
  try {
    const { item = '' } = JSON.parse(line) as { item?: string };
    return item.startsWith('/') ? item : `/${item}`;
  } catch {
    return line;
  }
}

function isGone(item: string): boolean {
  try {
    lstatSync(item);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
