import { pagesOf } from '../../../lib/handlers/freshness/pages';

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) {
    found.push(...page);
  }
  return found;
}

test('reads every page, an empty one in between too, until there is no token', async () => {
  const answers = [
    { items: [1, 2], next: 'a' },
    { items: [], next: 'b' },
    { items: [3], next: '' },
  ];
  const tokens: (string | undefined)[] = [];
  const pages = pagesOf(async (token) => {
    tokens.push(token);
    return answers[tokens.length - 1];
  });
  expect([await all(pages), tokens]).toEqual([
    [1, 2, 3],
    [undefined, 'a', 'b'],
  ]);
});

test('reads no page before the one before it has been used', async () => {
  let read = 0;
  for await (const _page of pagesOf(async () => ({ items: [read++], next: `after ${read}` }))) {
    if (read === 2) {
      break;
    }
  }
  expect(read).toBe(2);
});

test('fails for a list that goes round in circles', async () => {
  await expect(all(pagesOf(async () => ({ items: [1], next: 'again' })))).rejects.toThrow(/repeats a page/);
});
