import { play } from './play';

const STORIES = Number(process.env.STORIES ?? 60);
const FIRST = Number(process.env.FIRST ?? 1);

/** How often each kind of run has ended how. */
const ends = new Map<string, number>();

afterAll(() => {
  if (process.env.TELL) {
    process.stdout.write(`${JSON.stringify(Object.fromEntries([...ends].sort()), undefined, 1)}\n`);
  }
});

/** Plays stories and answers which of them went wrong, and how. */
async function wrong(honest: boolean, stories: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (let seed = FIRST; seed < FIRST + stories; seed++) {
    const { violations, world } = await play(seed, honest);
    for (const { run, end } of world.ended) {
      const key = `${run.kind} ${end}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
    found.push(...violations.map((violation) => `story ${seed}: ${violation}`));
  }
  return found;
}

test('whatever happens to two Regions, no two can write at once, traffic is never unverified, and no more is lost than was claimed', async () => {
  expect(await wrong(true, STORIES)).toEqual([]);
}, 600_000);

test('even where a person says wrongly that a site is down, all comes back to one writer', async () => {
  const found = await wrong(false, STORIES / 2);
  expect(found.filter((violation) => /when all is well|brings it back|takes it further/.test(violation))).toEqual([]);
}, 600_000);

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
