import { instanceName, isRehearsalName, keptName, rehearsalName } from '../../../lib/model/recovery';

const LONG = 'o'.repeat(62);

test('a name that is short enough is kept whole', () => {
  expect([keptName('orders', 7), rehearsalName('orders'), instanceName('orders')]).toEqual([
    'orders-before-7',
    'orders-rehearsal',
    'orders-1',
  ]);
});

test.each([
  ['kept', (name: string) => keptName(name, 99_999_999)],
  ['rehearsed', rehearsalName],
  ['an instance', instanceName],
])('a long name that is %s is cut to what RDS takes, and stays one of its own', (_, derived) => {
  const [one, other] = [derived(`${LONG}1`), derived(`${LONG}2`)];
  expect([one.length <= 63, other.length <= 63]).toEqual([true, true]);
  expect(one).not.toBe(other);
});

test('a name is cut the same for every epoch, so that one pattern fits all', () => {
  const [stem] = keptName(LONG, '*').split('*');
  expect([1, 12_345_678].every((epoch) => keptName(LONG, epoch).startsWith(stem))).toBe(true);
});

test('no hyphen stands before the hash, of which RDS takes only one at a time', () => {
  expect(rehearsalName(`${'o'.repeat(40)}${'-a'.repeat(11)}`)).not.toContain('--');
});

test('only what a rehearsal has made is called so', () => {
  expect([rehearsalName('orders'), rehearsalName(LONG), 'orders'].map(isRehearsalName)).toEqual([true, true, false]);
});
