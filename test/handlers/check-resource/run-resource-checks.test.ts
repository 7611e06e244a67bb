import type { ResourceCheck } from '../../../lib/handlers/check-resource/resource-check';
import { type Checkers, runResourceChecks } from '../../../lib/handlers/check-resource/run-resource-checks';
import { passed, Unable } from '../../../lib/handlers/checks/finding';
import type { CheckInput } from '../../../lib/model/verification';

const objects: ResourceCheck = { kind: 'objects', name: 'objects', sample: 5, atLeast: 2 };
const http: ResourceCheck = { kind: 'http', name: 'answer', url: 'https://shop/', status: 200 };
const well = async () => passed('well');
const WELL: Checkers = { objects: well, items: well, volume: well, instance: well, files: well, http: well };
const clockOf = (remainingMs: number) => ({ now: () => Date.now(), remainingMs: () => remainingMs });

function inputOf(checks: readonly unknown[], changes: object = {}): CheckInput {
  const target = { resourceType: 'S3', arn: 'arn:aws:s3:::restored', name: 'restored' };
  return { version: 1, test: { restoreJobId: 'job' }, target, checks, baselines: {}, ...changes } as unknown as CheckInput;
}

async function found(input: CheckInput, checkers: Partial<Checkers> = {}, remainingMs = 10_000): Promise<string[][]> {
  const { results } = await runResourceChecks(input, clockOf(remainingMs), () => ({ ...WELL, ...checkers }));
  return results.map((result) => [result.name, result.status, result.found]);
}

test('every check has one result, in their order, with what it expected', async () => {
  const { results } = await runResourceChecks(inputOf([objects, http]), clockOf(10_000), () => WELL);
  const common = { status: 'passed', found: 'well', durationMs: expect.any(Number) };
  const expected = 'at least 2 objects; a sample of 5 objects that can be read and is as it was';
  expect(results).toEqual([
    { name: 'objects', kind: 'objects', expected, ...common },
    { name: 'answer', kind: 'http', expected: 'status 200', ...common },
  ]);
});

test('a check that throws is unable and harms no other; only words of our own are told', async () => {
  const secretive = async () => {
    throw new TypeError('the password is 1234');
  };
  const knowing = async () => {
    throw new Unable('the service is gone');
  };
  expect(await found(inputOf([objects, http]), { objects: secretive })).toEqual([
    ['objects', 'unable', 'the check itself failed: TypeError'],
    ['answer', 'passed', 'well'],
  ]);
  expect(await found(inputOf([objects]), { objects: knowing })).toEqual([['objects', 'unable', 'the service is gone']]);
});

test('a check that never ends is unable in time, while others pass', async () => {
  const startMs = Date.now();
  const never = () => new Promise<never>(() => {});
  expect(await found(inputOf([objects, http]), { objects: never }, 500)).toEqual([
    ['objects', 'unable', 'the time of the function is over: not ended'],
    ['answer', 'passed', 'well'],
  ]);
  expect(Date.now() - startMs).toBeLessThan(490);
});

test('without time left nothing is begun', async () => {
  expect(await found(inputOf([objects]), {}, 0)).toEqual([['objects', 'unable', 'the time of the function is over: not begun']]);
});

test.each([
  ['of a kind that nobody knows', inputOf([{ kind: 'row-count', name: 'rows' }]), /knows no checks of kind 'row-count'/],
  ['of a kind with the name of something else', inputOf([{ kind: 'constructor', name: 'x' }]), /knows no checks of kind 'constructor'/],
  ['of another type of resource', inputOf([{ kind: 'items', name: 'items', sample: 1 }]), /is for DynamoDB, but S3 was restored/],
  ['that is nothing', inputOf([null]), /the check itself failed/],
  ['without a target', inputOf([objects], { target: undefined }), /does not say what was restored/],
  ['without a test', inputOf([objects], { test: undefined }), /does not say what was restored/],
])('a check %s is unable', async (_what, input, words) => {
  expect(await found(input)).toEqual([[input.checks[0]?.name, 'unable', expect.stringMatching(words)]]);
});

test('fails without a list of checks', async () => {
  await expect(runResourceChecks({} as CheckInput, clockOf(1_000), () => WELL)).rejects.toThrow("no list of 'checks'");
});
