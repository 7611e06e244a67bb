import { isRunId } from '../../../lib/handlers/recover/begin';

const LONGEST = 'r'.repeat(60);
/** An execution that takes a run further has the number of a quarter of an hour behind its id. */
const FURTHER = `-${Math.floor(Date.parse('2030-01-01') / 900_000)}`;

test.each([LONGEST, `${LONGEST}-back`, `${LONGEST}-rebuild`, `drill-${'0'.repeat(36)}-back-rebuild`])(
  'a run may be called %s, and so may the executions that take it further',
  (id) => {
    expect(isRunId(id)).toBe(true);
    expect(`${id}${FURTHER}`.length).toBeLessThanOrEqual(80);
  },
);

test.each(['', `${LONGEST}r`, `${LONGEST}-other`, `${LONGEST}-back-rebuild`, 'a b', 7])('a run fails to be called %s', (id) => {
  expect(isRunId(id)).toBe(false);
});
