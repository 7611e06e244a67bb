import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { entriesOf, missingFrom, tableData, type Verified } from '../../model/self-managed';
import { inParallel } from '../in-parallel';
import { Refused } from '../refused';
import { runTool, type ToolOptions } from '../run-tool';
import type { Catalogue } from './catalogue';

/** How data of a table ends, whatever it is. */
const END = Buffer.from('\\.\n\n\n');
/** The file that names the large objects and theirs; from PostgreSQL 17 on there are several. */
const LARGE_OBJECTS = /^blobs(_\d+)?\.toc$/;
/** Unpacking is the work of threads of its own. */
const READERS: readonly number[] = [0, 1];

/** Looks at a dump in a folder: its contents are those of the database, and every file of it can be read to the end. */
export async function verifyDump(
  folder: string,
  { tables, largeObjects }: Pick<Catalogue, 'tables' | 'largeObjects'>,
  tool: ToolOptions,
): Promise<Verified[]> {
  const entries = entriesOf(await runTool('pg_restore', ['--list', folder], tool));
  const expected = tables.filter(({ hasRows }) => hasRows).length;
  const missing = missingFrom(entries, tables);
  if (missing.length > 0) {
    throw new Refused('verify', `the dump lacks ${missing.length} of ${expected} tables: ${missing.slice(0, 5).join(', ')}`);
  }
  const files = new Set(await readdir(folder));
  const found = await largeObjectsIn(folder, files);
  if (found.size !== largeObjects) {
    throw new Refused('verify', `the dump has ${found.size} large objects, and the database ${largeObjects}`);
  }
  const data = tableData(entries);
  const needed = new Map([...[...found].map((name) => [name, `large object ${name}`] as const), ...data.map(fileOf)]);
  let bytes = 0;
  await inParallel([...needed], READERS, async ([name, words]) => {
    const packed = files.has(`${name}.gz`);
    if (!packed && !files.has(name)) {
      throw new Refused('verify', `the dump has no file for ${words}`);
    }
    bytes += await readToEnd(join(folder, packed ? `${name}.gz` : name), packed, words, !found.has(name), tool.signal);
  });
  return [
    {
      what: 'contents',
      found: `${data.length} tables, with every one of the ${expected} of the database, and ${found.size} large objects`,
    },
    { what: 'data', found: `${bytes} bytes read to the end of every table and large object` },
  ];
}

function fileOf({ entry, words }: { readonly entry: number; readonly words: string }): readonly [string, string] {
  return [`${entry}.dat`, words];
}

/** The files of large objects, by the lists of them. */
async function largeObjectsIn(folder: string, files: ReadonlySet<string>): Promise<Set<string>> {
  const lists = [...files].filter((name) => LARGE_OBJECTS.test(name));
  const texts = await Promise.all(lists.map((name) => readFile(join(folder, name), 'utf8')));
  return new Set(texts.flatMap((text) => text.split('\n').flatMap((line) => /^\d+ (\S+)$/.exec(line)?.[1] ?? [])));
}

async function readToEnd(file: string, packed: boolean, words: string, hasEnd: boolean, signal: AbortSignal | undefined): Promise<number> {
  let bytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  const end = new Writable({
    highWaterMark: 2 ** 20,
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      tail = chunk.length >= END.length ? chunk.subarray(-END.length) : Buffer.concat([tail, chunk]).subarray(-END.length);
      done();
    },
  });
  try {
    const read = createReadStream(file, { highWaterMark: 2 ** 20 });
    await (packed ? pipeline(read, createGunzip({ chunkSize: 2 ** 18 }), end, { signal }) : pipeline(read, end, { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw new Refused('verify', `the data of ${words} cannot be read to the end: ${(error as Error).message}`);
  }
  if (hasEnd && !tail.equals(END)) {
    throw new Refused('verify', `the data of ${words} breaks off after ${bytes} bytes`);
  }
  return bytes;
}
