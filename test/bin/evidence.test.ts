import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from '../harness/sources';
import { filesOf, rows, weekly } from '../model/evidence/evidence';
import { quarterly, rolledBack, runFiles } from '../model/evidence/runs';

/** The command as it is published, by Node in an empty folder, with no AWS to talk to. */
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
const bundle = join(folder, 'cli.js');
const MINUTE = 60_000;

// each case is a process of its own
jest.setTimeout(60_000);

beforeAll(() => {
  buildSync({ entryPoints: [join(ROOT, 'bin/cdk-recovery.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const env = {
    PATH: process.env.PATH,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, 'evidence', ...args], { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A downloaded folder of five tests, the third of which failed. */
function downloaded(tamper: (root: string) => void = () => undefined): string {
  const root = mkdtempSync(join(folder, 'copy-'));
  const failed = { results: [{ ...rows, status: 'failed', found: '9,412 rows' }, weekly(3).results[1]], rtoMs: 20 * MINUTE };
  const tests = [weekly(1), weekly(2), weekly(3, failed), weekly(4), weekly(5)];
  for (const [name, text] of filesOf(tests)) {
    mkdirSync(join(root, 'evidence/orders', dirname(name)), { recursive: true });
    writeFileSync(join(root, 'evidence/orders', name), text);
  }
  tamper(join(root, 'evidence/orders'));
  return root;
}

const record = (sequence: number) => `records/0000000${sequence}.json`;
const edit = (root: string, name: string, change: (text: string) => string) =>
  writeFileSync(join(root, name), change(readFileSync(join(root, name), 'utf8')));

test('lists every test with its verdict, what was lost and how long it took, and says that the chain is intact', () => {
  const { status, stdout, stderr } = run(downloaded());
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.split('\n')[0]).toBe("'orders': 5 tests, 4 successful; the chain is as it was written");
  expect(stdout).toMatch(/^3 +2030-01-28 05:43:00 +FAILED +2 h 20 \/ 4 h +25 min \/ 20 min ! +Orders\/Database$/m);
  expect(stdout).toMatch(/^ {6}'orders are there' expected at least 10,000 rows and found 9,412 rows$/m);
});

test.each<[string, (root: string) => void, RegExp]>([
  [
    'a verdict that was made a success',
    (root) => edit(root, record(3), (text) => text.replace('"FAILED"', '"SUCCESSFUL"')),
    /fault +changed +records\/00000003\.json was changed: record 4 says SHA-256/,
  ],
  [
    'what the next test compares with, moved back',
    (root) => {
      const [name] = readdirSync(join(root, 'verified'));
      cpSync(join(root, `jobs/${weekly(2).test.restoreJobId}.json`), join(root, 'verified', name));
    },
    /fault +pointer +verified\/\w+\.json\s+names\s+record\s+2,\s+but\s+record\s+5\s+is\s+the\s+last\s+successful/,
  ],
  [
    'a record that was removed',
    (root) => rmSync(join(root, record(3))),
    /fault +missing +records\/00000003\.json is missing: record 4 tells its SHA-256/,
  ],
  [
    'the last record removed',
    (root) => rmSync(join(root, record(5))),
    /fault +missing +records\/00000005\.json is missing: the head tells its SHA-256/,
  ],
  [
    'two records exchanged',
    (root) => {
      renameSync(join(root, record(2)), join(root, 'records/x'));
      renameSync(join(root, record(4)), join(root, record(2)));
      renameSync(join(root, 'records/x'), join(root, record(4)));
    },
    /fault +reordered +records\/00000002\.json stands in the wrong place: what belongs here stands in\s+records\/00000004\.json/,
  ],
  [
    'a second record in one place',
    (root) => {
      cpSync(join(root, record(3)), join(root, 'records/00000003 (2).json'));
      edit(root, 'records/00000003 (2).json', (text) => text.replaceAll('9,412', '10,412'));
    },
    /fault +forked +records\/00000003\.json the chain forks: records\/00000003 \(2\)\.json and records\/00000003\.json follow\s+the same/,
  ],
  [
    'a page that says something else',
    (root) => edit(root, 'pages/00000003.html', () => '<h1>SUCCESSFUL</h1>'),
    /fault +page +pages\/00000003\.html was changed/,
  ],
  ['a head that is gone', (root) => rmSync(join(root, 'head.json')), /fault +head +head\.json is missing/],
])('names %s, and ends with 1', (_case, tamper, finding) => {
  const { status, stdout, stderr } = run(downloaded(tamper));
  expect(stdout).toMatch(finding);
  expect(stdout).toContain('THE CHAIN IS NOT AS IT WAS WRITTEN');
  expect(stderr).toMatch(/^cdk-recovery: the chain of 'orders' is not as it was written: \d faults?\n$/);
  expect(status).toBe(1);
});

test('a chain that a crash left behind is told, and no fault', () => {
  const { status, stdout } = run(downloaded((root) => rmSync(join(root, 'pages/00000005.md'))));
  expect(stdout).toMatch(/note +page +pages\/00000005\.md is missing/);
  expect(status).toBe(0);
});

test('reads one chain, or all below a place', () => {
  const root = downloaded();
  cpSync(join(root, 'evidence/orders'), join(root, 'evidence/payments'), { recursive: true });
  expect(JSON.parse(run(root, '--json').stdout).map(({ folder: at }: { folder: string }) => at)).toEqual([
    'evidence/orders/',
    'evidence/payments/',
  ]);
  expect(JSON.parse(run(join(root, 'evidence/payments'), '--json').stdout)).toMatchObject([{ folder: '', intact: true }]);
});

describe('of a recovery', () => {
  const runs = (tamper: (root: string) => void = () => undefined): string => {
    const root = mkdtempSync(join(folder, 'runs-'));
    for (const [name, text] of runFiles([quarterly(0), rolledBack(1)])) {
      mkdirSync(join(root, dirname(name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    tamper(root);
    return root;
  };

  test('lists every run with its kind, its end, both objectives, who approved, and each step with its time', () => {
    const { status, stdout, stderr } = run(runs());
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toBe("'Orders at ap-northeast-3': 2 runs, 1 completed; the chain is as it was written");
    expect(stdout).toMatch(/^1 +2030-01-15 02:09:00 +completed +2\.0 s \/ 5 min +10 min \/ 1 h +failover, run run-0$/m);
    expect(stdout).toMatch(/^2 .* rolled-back +- \/ 5 min \? +- \/ 1 h \? +failover, run run-1$/m);
    expect(stdout).toContain('started by Aiko 2030-01-15 02:00:00 UTC; approval: given by Ben');
    expect(stdout).toMatch(/^ {6}02:03:00 promote:orders: done, 2 min; it takes writes$/m);
    expect(stdout).toMatch(/^ {6}orders: the replica is gone$/m);
    expect(stdout).toMatch(/^ {6}loss not measured: carts$/m);
  });

  test.each<[string, (root: string) => void, RegExp]>([
    [
      'a run that was changed',
      (root) => edit(root, record(1), (text) => text.replaceAll('"Ben"', '"Eve"')),
      /fault +changed +records\/00000001\.json/,
    ],
    ['a run that was removed', (root) => rmSync(join(root, record(1))), /fault +missing +records\/00000001\.json/],
    [
      'a pointer that was removed',
      (root) => rmSync(join(root, 'runs'), { recursive: true }),
      /fault +pointer +runs\/run-0\.\d+\.json is missing/,
    ],
  ])('names %s, and ends with 1', (_case, tamper, finding) => {
    const { status, stdout, stderr } = run(runs(tamper));
    expect(stdout).toMatch(finding);
    expect(stderr).toMatch(/^cdk-recovery: the chain of 'Orders at ap-northeast-3' is not as it was written/);
    expect(status).toBe(1);
  });
});

test('--json gives findings and whole records', () => {
  const { status, stdout } = run(
    downloaded((root) => rmSync(join(root, record(1)))),
    '--format',
    'json',
  );
  expect(status).toBe(1);
  const [chain] = JSON.parse(stdout);
  expect(chain).toMatchObject({ intact: false, findings: [{ severity: 'fault', kind: 'missing', name: record(1) }] });
  expect(chain.records).toHaveLength(4);
  expect(chain.records[1].record.verdict.status).toBe('FAILED');
});

const expired = (...gone: number[]) =>
  downloaded((root) => {
    for (const sequence of gone) {
      rmSync(join(root, record(sequence)));
      rmSync(join(root, `jobs/${weekly(sequence).test.restoreJobId}.json`));
    }
  });

test.each<[string, string]>([
  ['a record', '3'],
  ['a day', '2030-01-28'],
  ['a moment', '2030-01-28T05:43:00Z'],
])('--from %s verifies a chain whose first records have expired', (_case, from) => {
  const root = expired(1, 2);
  expect(run(root).status).toBe(1);
  const { status, stdout, stderr } = run(root, '--from', from);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain("'orders': 3 tests, 2 successful; the chain is as it was written");
  expect(stdout).toMatch(/note +expired +records\/00000001\.json to records\/00000002\.json are not there, and nobody asked for them/);
});

test('--from still names what is missing after it', () => {
  const { status, stdout } = run(expired(1, 2, 4), '--from', '3');
  expect(stdout).toMatch(/fault +missing +records\/00000004\.json/);
  expect(status).toBe(1);
});

test('--last lists less and verifies all', () => {
  const { status, stdout } = run(
    downloaded((root) => edit(root, record(1), (text) => text.replaceAll('Orders', 'Order'))),
    '--last',
    '2',
  );
  expect(stdout).toContain('(3 before these are left out)');
  expect(stdout).not.toMatch(/^3 /m);
  expect(stdout).toMatch(/changed +records\/00000001\.json/);
  expect(status).toBe(1);
});

test('nothing that a record says moves the cursor', () => {
  const { stdout } = run(
    downloaded((root) => edit(root, record(3), (text) => text.replaceAll('9,412 rows', '\\u001b[2J\\u001b[1mSUCCESSFUL'))),
  );
  expect(stdout).not.toMatch(/(?![\n])\p{Cc}/u);
  expect(stdout).toContain('\\u001b[2J');
});

/** Stands for a downloaded folder, which there is none of before the tests run. */
const downloadedAt = '<downloaded>';

test.each<[string, string[], RegExp]>([
  ['a folder that is not there', ['nowhere'], /there is no folder 'nowhere': name one, or a bucket as s3:\/\/bucket\/prefix/],
  ['a folder without evidence', [folder], /there is no evidence below/],
  ['a bucket without a name', ['s3://'], /'s3:\/\/' names no bucket/],
  ['no place', [], /missing required argument 'place'/],
  ['a count that is none', ['.', '--last', '0'], /'0' is no count/],
  ['a beginning that is none', ['.', '--from', 'yesterday'], /'yesterday' is neither the number of a record nor a date such as 2030-01-31/],
  ['a day that there is not', ['.', '--from', '2030-13-01'], /is neither the number/],
  ['a beginning beyond the end', [downloadedAt, '--from', '6'], /'--from 6' is beyond the end of the chain, which is record 5/],
  ['an unknown format', ['.', '--format', 'xml'], /Allowed choices are text, json/],
])('fails for %s', (_case, args, message) => {
  const empty = args[0] === folder ? [mkdtempSync(join(folder, 'empty-'))] : args.map((arg) => (arg === downloadedAt ? downloaded() : arg));
  const { status, stdout, stderr } = run(...empty);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
