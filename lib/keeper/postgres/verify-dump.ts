import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { contentsOf, missingFrom, type Verified } from '../../model/self-managed';
import { Refused } from '../refused';
import { runTool, type ToolOptions } from '../run-tool';

/** A table that has to be in a dump. */
export interface ExpectedTable {
  readonly schema: string;
  readonly name: string;
}

/** How data of a table ends, whatever it is. */
const END = Buffer.from('\\.\n\n\n');

/** Looks at a dump in a folder: its contents are those of the database, and every file of it can be read to the end. */
export async function verifyDump(folder: string, expected: readonly ExpectedTable[], tool: ToolOptions): Promise<Verified[]> {
  const list = await runTool('pg_restore', ['--list', folder], tool);
  const { tables, hasLargeObjects } = contentsOf(list);
  const missing = missingFrom(tables, expected);
  if (missing.length > 0) {
    throw new Refused('verify', `the dump lacks ${missing.length} of ${expected.length} tables: ${missing.slice(0, 5).join(', ')}`);
  }
  let bytes = 0;
  for (const { entry, words } of tables) {
    bytes += await readToEnd(join(folder, `${entry}.dat`), words);
  }
  const blobs = hasLargeObjects ? ', and large objects' : '';
  return [
    { what: 'contents', found: `${tables.length} tables${blobs}; every one of the ${expected.length} of the database` },
    { what: 'data', found: `${bytes} bytes read to the end of every table` },
  ];
}

async function readToEnd(plain: string, words: string): Promise<number> {
  const packed = await stat(`${plain}.gz`).then(
    () => true,
    () => false,
  );
  let bytes = 0;
  let tail = Buffer.alloc(0);
  const end = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      tail = Buffer.concat([tail, chunk]).subarray(-END.length);
      done();
    },
  });
  try {
    const read = createReadStream(packed ? `${plain}.gz` : plain, { highWaterMark: 2 ** 20 });
    await (packed ? pipeline(read, createGunzip({ chunkSize: 2 ** 18 }), end) : pipeline(read, end));
  } catch (error) {
    throw new Refused('verify', `the data of ${words} cannot be read to the end: ${(error as Error).message}`);
  }
  if (!tail.equals(END)) {
    throw new Refused('verify', `the data of ${words} breaks off after ${bytes} bytes`);
  }
  return bytes;
}
