import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Property } from './judge';
import { play, type Story, THREE, TWO } from './play';

const STORIES = Number(process.env.STORIES ?? 40);
const FIRST = Number(process.env.FIRST ?? 1);

/** What no word of a person can break, be it wrong. */
const WHATEVER_IS_SAID: readonly Property[] = [
  'oneWriterInPeace',
  'leftIsFenced',
  'fencedInTime',
  'fencedWasLeft',
  'somebodyServes',
  'runsGoOn',
  'runbookLeadsBack',
  'oneRecord',
];

/** How often each kind of run has ended how. */
const ends = new Map<string, number>();

afterAll(() => {
  if (process.env.TELL) {
    process.stdout.write(`${JSON.stringify(Object.fromEntries([...ends].sort()), undefined, 1)}\n`);
  }
});

/** Plays stories and answers which of them went wrong, and how. */
async function wrong(stories: number, story: Omit<Story, 'seed'>): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = FIRST; seed < FIRST + stories; seed++) {
    const { violations, world } = await play({ seed, ...story });
    for (const { run, end } of world.ended) {
      const key = `${run.kind} ${end}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
    found.push(...violations.map((violation) => `${violation} (story ${seed})`));
  }
  return found;
}

const lasting = (found: readonly string[]) => found.filter((words) => WHATEVER_IS_SAID.some((name) => words.startsWith(`${name}:`)));

test('whatever happens to two Regions, no two can write at once, traffic is never unverified, and no more is lost than was claimed', async () => {
  expect(await wrong(STORIES, { honest: true, sites: TWO })).toEqual([]);
}, 600_000);

test('even where a person says wrongly that a site is down, all comes back to one writer', async () => {
  expect(lasting(await wrong(STORIES / 2, { honest: false, sites: TWO }))).toEqual([]);
}, 600_000);

test('the same holds for three Regions that all serve, of which any two lose sight of each other', async () => {
  expect(await wrong(STORIES / 2, { honest: true, sites: THREE })).toEqual([]);
  expect(lasting(await wrong(STORIES / 4, { honest: false, sites: THREE }))).toEqual([]);
}, 600_000);

test('where no call fails, a site that comes back is kept from writes within little more than a minute', async () => {
  expect(lasting(await wrong(STORIES / 4, { honest: false, sites: TWO, struck: false }))).toEqual([]);
}, 600_000);

test('every end that a story has come to is one that people find a way on from', () => {
  const documented = readFileSync(join(__dirname, '../../../../docs/recovery.md'), 'utf8');
  const runbook = readFileSync(join(__dirname, '../../../../lib/model/recovery/render-runbook.ts'), 'utf8');
  for (const end of new Set([...ends.keys()].map((key) => key.slice(key.indexOf(' ') + 1)))) {
    expect(documented).toMatch(new RegExp(`^\\|.*(\`${end.toLowerCase().replace(' ', '-')}\`|\\*${end.toLowerCase()}\\*).*\\|.{9}`, 'm'));
    expect(runbook).toContain(`*${end}*`);
  }
});

test('runs of every kind came to every end in the stories', () => {
  expect([...ends.keys()]).toEqual(
    expect.arrayContaining([
      ...['Completed', 'Refused', 'Rolled back', 'Halted'].map((end) => `failover ${end}`),
      'switchover Completed',
      'rebuild Completed',
      'failback Completed',
    ]),
  );
});
