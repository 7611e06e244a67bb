import { createHash } from 'node:crypto';
import {
  type ChainFinding,
  type From,
  HEAD_NAME,
  isRun,
  readHead,
  readRecord,
  type StoredChain,
  type StoredRecord,
  sequenceOf,
  verifiedName,
  verifyChain,
} from '../../../lib/model/evidence';
import { CommandError } from '../command-error';
import type { EvidencePlace, History } from './place';

/** The evidence of one verification, or of a recovery at one site, judged. */
export interface JudgedChain {
  /** Its folder below the place, with a slash at the end; empty for the place itself. */
  readonly folder: string;
  /** In the order of their names. */
  readonly records: readonly StoredRecord[];
  readonly findings: readonly ChainFinding[];
}

/** How many objects are read at the same time. */
const PARALLEL = 16;
const POINTERS = ['jobs/', 'runs/', 'verified/'];
const PART = /^(.*\/)?(?:records|pages)\/\d{8}\.(?:json|html|md)$/;

/** Reads and judges every chain below a place; `progress` is told how many of how many objects are read. */
export async function readChains(place: EvidencePlace, progress: (read: number, of: number) => void, from: From): Promise<JudgedChain[]> {
  const names = await place.names();
  const history = await place.history();
  const folders = new Set([...names, ...(history?.deleted ?? [])].flatMap((name) => (PART.test(name) ? [PART.exec(name)?.[1] ?? ''] : [])));
  if (folders.size === 0) {
    throw new CommandError(
      `there is no evidence below '${place.name}': name the bucket and prefix of a verification or a recovery, or a copy of them`,
    );
  }
  const wanted = names.filter((name) => [...folders].some((folder) => isPart(name, folder)));
  const contents = new Map<string, Uint8Array>();
  await inParallel(wanted, async (name) => {
    contents.set(name, await place.read(name));
    progress(contents.size, wanted.length);
  });
  const chains = [...folders].sort().map((folder) => ({ folder, chain: chainOf(folder, contents, history) }));
  requirePlace(
    from,
    chains.map(({ chain }) => chain),
  );
  return chains.map(({ folder, chain }) => {
    return { folder, records: chain.records, findings: verifyChain(chain, from) };
  });
}

/** A place is one of a single chain, and has to be there: else everything would be expired. */
function requirePlace({ sequence }: From, chains: readonly StoredChain[]): void {
  if (sequence === undefined) {
    return;
  }
  if (chains.length > 1) {
    throw new CommandError(
      `'--from ${sequence}' is a record of one chain, but there are ${chains.length}: name the folder of one, or give a date`,
    );
  }
  const last = Math.max(
    0,
    ...chains.flatMap(({ records, head }) => [head?.value?.sequence ?? 0, ...records.map(({ name }) => sequenceOf(name) ?? 0)]),
  );
  if (sequence > last) {
    throw new CommandError(`'--from ${sequence}' is beyond the end of the chain, which is record ${last}`);
  }
}

function isPart(name: string, folder: string): boolean {
  return [HEAD_NAME, 'records/', 'pages/', ...POINTERS].some((part) =>
    part === HEAD_NAME ? name === folder + part : name.startsWith(folder + part),
  );
}

function chainOf(folder: string, contents: ReadonlyMap<string, Uint8Array>, history: History | undefined): StoredChain {
  const below = (part: string): [string, Uint8Array][] =>
    [...contents].filter(([name]) => name.startsWith(folder + part)).map(([name, bytes]) => [name.slice(folder.length), bytes]);
  const head = contents.get(folder + HEAD_NAME);
  return {
    records: below('records/')
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, bytes]) => {
        const reading = readRecord(textOf(bytes));
        const { value } = reading;
        return {
          name,
          sha256: sha256(bytes),
          reading,
          versions: history?.versions.get(folder + name),
          ...(value && !isRun(value) && { verifiedName: verifiedName(sha256(`${value.resource}\n${value.test.sourceArn}`)) }),
        };
      }),
    pointers: Object.fromEntries(POINTERS.flatMap(below).map(([name, bytes]) => [name, readHead(textOf(bytes))])),
    head: head && readHead(textOf(head)),
    pages: Object.fromEntries(below('pages/').map(([name, bytes]) => [name, sha256(bytes)])),
    deleted: history?.deleted.filter((name) => name.startsWith(`${folder}records/`)).map((name) => name.slice(folder.length)),
  };
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}
