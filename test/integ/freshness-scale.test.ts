import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { FreshnessConfig } from '../../lib/model/freshness';
import { HOUR, MINUTE } from '../../lib/model/time';
import { ROOT } from '../harness/sources';
import { type LargeAccount, serve } from './fixtures/large-account';

jest.setTimeout(300_000);

const NOW = Date.UTC(2030, 0, 7, 12);
const RESOURCES = 10_000;
/** What the function may have for objects: it has 512 MiB altogether. */
const HEAP_MIB = 96;

/** Runs the bundled handler in a process of its own whose clock stands still, and measures what stays on its heap. */
const CHILD = `
  const now = ${NOW};
  const RealDate = Date;
  globalThis.Date = class extends RealDate { constructor(...a) { a.length ? super(...a) : super(now); } static now() { return now; } };
  const { handler } = require(${JSON.stringify(join(ROOT, 'assets', 'freshness', 'index.js'))});
  let peak = 0;
  const measure = () => { gc(); peak = Math.max(peak, process.memoryUsage().heapUsed); };
  const timer = setInterval(measure, 250);
  handler({}, { getRemainingTimeInMillis: () => 600_000 }).then(() => undefined, (error) => error.message).then((error) => {
    measure();
    clearInterval(timer);
    process.stderr.write(JSON.stringify({ peakMib: peak / 2 ** 20, error }));
  });
`;

const CONFIG: FreshnessConfig = {
  watch: 'orders',
  plans: [
    {
      name: 'daily',
      label: 'Orders/Daily',
      promises: [{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: 25 * HOUR + 30 * MINUTE }] }],
    },
  ],
  vaults: [{ name: 'main' }],
};

interface Run {
  readonly totals: Readonly<Record<string, number>>;
  readonly calls: ReadonlyMap<string, number>;
  readonly peakMib: number;
  readonly lines: number;
  readonly error?: string;
}

async function run(account: Partial<LargeAccount>): Promise<Run> {
  const server = await serve({ resources: RESOURCES, pointsEach: 100, nowMs: NOW, newestAgeMs: 9 * HOUR, never: 0, ...account });
  try {
    const child = spawn(process.execPath, ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`, '-e', CHILD], {
      env: {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: server.url,
        AWS_REGION: 'ap-northeast-1',
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        FRESHNESS_CONFIG: JSON.stringify(CONFIG),
      },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect([exitCode, err]).toEqual([0, expect.stringMatching(/^\{"peakMib"/)]);
    const lines = out.trim().split('\n');
    return { totals: JSON.parse(lines.at(-1) as string), calls: server.calls, lines: lines.length, ...JSON.parse(err) };
  } finally {
    await server.close();
  }
}

const POINTS = 'ListRecoveryPointsByBackupVault';

describe('10,000 tables with 1,000,000 recovery points', () => {
  test('are seen fresh in a page for each thousand of the last day', async () => {
    const { totals, calls, error } = await run({});
    expect([totals.Fresh, totals.Stale, totals.Missing, totals.Unknown, error]).toEqual([RESOURCES, 0, 0, 0, undefined]);
    expect(Object.fromEntries(calls)).toEqual({
      ListBackupPlans: 1,
      ListBackupSelections: 1,
      GetBackupSelection: RESOURCES / 500,
      [POINTS]: expect.any(Number),
    });
    expect(calls.get(POINTS)).toBeLessThanOrEqual(RESOURCES / 1000 + 1);
  });

  test('are seen stale in a page more for each thousand, after all backups have stopped', async () => {
    const { totals, calls, lines } = await run({ newestAgeMs: 40 * HOUR });
    expect([totals.Fresh, totals.Stale]).toEqual([0, RESOURCES]);
    expect(calls.get(POINTS)).toBeLessThanOrEqual((2 * RESOURCES) / 1000 + 2);
    expect(lines).toBeLessThan(110);
  });

  test('cost a call more for each of a few that were never backed up, and no second look at the rest', async () => {
    const { totals, calls } = await run({ never: 20 });
    expect([totals.Fresh, totals.Missing]).toEqual([RESOURCES - 20, 20]);
    expect(calls.get(POINTS)).toBeLessThanOrEqual(RESOURCES / 1000 + 1 + 20);
  });

  test('are all read, if that must be, in a page for each thousand, with no more memory than a tenth of them takes', async () => {
    const tenth = await run({ pointsEach: 10, never: 200 });
    const whole = await run({ never: 200 });
    for (const { totals } of [tenth, whole]) {
      expect([totals.Fresh, totals.Missing, totals.Unknown]).toEqual([RESOURCES - 200, 200, 0]);
    }
    expect(whole.calls.get(POINTS)).toBeGreaterThan(970);
    expect(whole.calls.get(POINTS)).toBeLessThan(1_000 + 20);
    expect(whole.peakMib).toBeLessThan(tenth.peakMib * 1.2);
    expect(whole.peakMib).toBeLessThan(HEAP_MIB / 2);
  });
});
