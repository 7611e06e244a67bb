import * as fc from 'fast-check';
import { newestPoints } from '../../../lib/handlers/freshness/newest-points';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { FakeAccount, NOW, TOKYO, tableArn } from './fake-ports';

const MAIN = `${TOKYO}/main`;
const vault = { region: TOKYO, name: 'main' };
const names = (count: number, prefix = 'table') => Array.from({ length: count }, (_, i) => tableArn(`${prefix}-${i}`));
const wanted = (arns: readonly string[], ms: number) => new Map(arns.map((arn) => [arn, ms]));

let account: FakeAccount;
beforeEach(() => {
  account = new FakeAccount();
  account.pageSize = 1000;
});

test('finds the newest usable recovery point of each resource, however old it is', async () => {
  const ages = fc.array(fc.integer({ min: -MINUTE, max: 900 * DAY }), { maxLength: 6 });
  const status = fc.constantFrom('COMPLETED', 'AVAILABLE', 'PARTIAL', 'EXPIRED');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(ages, status), { maxLength: 130 }),
      fc.integer({ min: 1, max: 20 * DAY }),
      async (resources, expectedMs) => {
        const one = new FakeAccount();
        one.pageSize = 7;
        const arns = names(resources.length);
        resources.forEach(([points, state], i) => {
          for (const ageMs of points) {
            one.keep(MAIN, arns[i], ageMs, { status: state });
          }
        });
        const found = await newestPoints(one.ports([]), vault, wanted(arns, expectedMs));
        resources.forEach(([points, state], i) => {
          const usable = state === 'COMPLETED' || state === 'AVAILABLE';
          expect(found.get(arns[i])?.newestMs).toBe(usable && points.length > 0 ? NOW - Math.min(...points) : undefined);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('reads a page for each thousand recovery points that are as young as expected, however many the vault holds', async () => {
  const arns = names(500);
  for (const arn of arns) {
    for (let day = 0; day < 40; day++) {
      account.keep(MAIN, arn, day * DAY + HOUR);
    }
  }
  const found = await newestPoints(account.ports([]), vault, wanted(arns, 50 * HOUR));
  expect(found.size).toBe(500);
  expect(account.calls).toHaveLength(2);
});

test('asks one by one for the few that are left, not through all that the vault holds', async () => {
  const [rare] = names(1, 'rare');
  for (const arn of names(300)) {
    for (let hour = 0; hour < 30; hour++) {
      account.keep(MAIN, arn, hour * HOUR);
    }
  }
  account.keep(MAIN, rare, 6 * DAY);
  const found = await newestPoints(account.ports([]), vault, new Map([...wanted(names(300), 2.5 * HOUR), [rare, 8 * DAY]]));
  expect(found.get(rare)).toEqual({ newestMs: NOW - 6 * DAY });
  expect(account.calls).toEqual([`recoveryPoints ${TOKYO} main`, `recoveryPoints ${TOKYO} main ${rare}`]);
});

test('looks further back where many are left, until they are found, without one call for each', async () => {
  for (const arn of names(1500)) {
    account.keep(MAIN, arn, 20 * HOUR);
    account.keep(MAIN, arn, 44 * HOUR);
  }
  const found = await newestPoints(account.ports([]), vault, wanted(names(1500), 3 * HOUR));
  expect([...found.values()].every(({ newestMs }) => newestMs === NOW - 20 * HOUR)).toBe(true);
  expect(account.calls).toHaveLength(5);
});

test('reads nothing twice on its way back', async () => {
  for (const arn of names(3000)) {
    account.keep(MAIN, arn, HOUR);
  }
  for (const arn of names(150, 'stopped')) {
    account.keep(MAIN, arn, 20 * HOUR);
  }
  const found = await newestPoints(account.ports([]), vault, wanted([...names(3000), ...names(150, 'stopped')], 3 * HOUR));
  expect(found.size).toBe(3150);
  expect(account.calls).toHaveLength(3 + 3);
});

test('leaves no gap between its looks, of which AWS takes whole seconds', async () => {
  const arns = names(300);
  for (const [index, arn] of arns.entries()) {
    account.keep(MAIN, arn, 3 * HOUR + (index - 150) * 10);
  }
  const found = await newestPoints(account.ports([]), vault, wanted(arns, 3 * HOUR));
  expect(found.size).toBe(300);
  expect(account.calls.filter((call) => call.includes('table-'))).toEqual([]);
  expect(account.calls).toHaveLength(2);
});

test('looks at everything once where many were never backed up', async () => {
  for (const arn of names(2000)) {
    account.keep(MAIN, arn, 500 * DAY);
  }
  const found = await newestPoints(account.ports([]), vault, new Map([...wanted(names(2000), HOUR), ...wanted(names(150, 'never'), HOUR)]));
  expect(found.size).toBe(2000);
  expect(account.calls.length).toBeLessThan(20);
});
