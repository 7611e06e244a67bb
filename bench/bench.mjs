// Compares synth of an application protected by this library with the same application protected by hand with aws-cdk-lib.
//   --runs N     interleaved runs of each variant and size (default 9; up to 4 times as many while a fastest run stands alone;
//                0 measures work only, not time)
//   --sizes A,B  numbers of databases, buckets and tables (default 10,100,300)
//   --json FILE  writes every number to FILE
// Ends with exit code 1 when a gate fails.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../scripts/ensure-built.mjs';
import { gatesOf } from './gates.mjs';
import { measure } from './measure.mjs';

/** Three times as many protected resources, a thousand at least, have to stay inside the limits of AWS Backup. */
const LIMITS_SIZE = 334;

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '9' }, sizes: { type: 'string', default: '10,100,300' }, json: { type: 'string' } },
});
const sizes = values.sizes.split(',').map(Number);
const runs = Number(values.runs);

ensureBuilt();
const results = sizes.map((size) => ({ size, ...measure(size, runs) }));
const gates = gatesOf(results, { size: LIMITS_SIZE, ...measure(LIMITS_SIZE, 0) }, runs > 0);

const number = (value, digits = 0) => value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const rows = results.flatMap(({ size, variants }) =>
  Object.entries(variants).map(([name, { seconds, cpuSeconds, rssMiB, resources, constructs, resolves }]) => ({
    N: number(size),
    variant: name,
    seconds: seconds === undefined ? '-' : number(seconds, 2),
    'CPU s': cpuSeconds === undefined ? '-' : number(cpuSeconds, 2),
    'RSS MiB': number(rssMiB),
    resources: number(resources),
    constructs: number(constructs),
    'Stack.resolve': number(resolves),
  })),
);
print(rows);
console.log();
for (const { name, value, limit, holds } of gates) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}: ${number(value, 3)}, at most ${number(limit, 2)}`);
}
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify({ runs, results, gates }, undefined, 2)}\n`);
}
process.exitCode = gates.every(({ holds }) => holds) ? 0 : 1;

function print(table) {
  const columns = Object.keys(table[0]);
  const widths = columns.map((column) => Math.max(column.length, ...table.map((row) => row[column].length)));
  for (const row of [Object.fromEntries(columns.map((column) => [column, column])), ...table]) {
    console.log(
      columns
        .map((column, index) => (column === 'variant' ? row[column].padEnd(widths[index]) : row[column].padStart(widths[index])))
        .join('  '),
    );
  }
}
