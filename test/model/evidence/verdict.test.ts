import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import * as fc from 'fast-check';
import {
  achievedOf,
  type ConcludedTest,
  canonicalJson,
  type EvidenceRecord,
  readRecord,
  toRecord,
  verdictOf,
} from '../../../lib/model/evidence';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import type { CheckResult } from '../../../lib/model/verification';
import { anyResult, concluded, newest, restoreTest, rows, STARTED } from './evidence';

const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(join(__dirname, '../../../schema/restore-evidence.schema.json'), 'utf8')),
);
const recordOf = (test: ConcludedTest) => ({
  ...toRecord(test, { verification: 'orders', sequence: 1 }),
  pages: { html: '0'.repeat(64), md: '0'.repeat(64) },
});

test('a restore that could be used, whose every check passed, is successful', () => {
  expect(verdictOf(concluded)).toEqual({ status: 'SUCCESSFUL', reasons: [] });
});

test.each<[string, Partial<ConcludedTest>, string, RegExp]>([
  ['a restore that failed', { test: { ...restoreTest, failure: 'no such subnet' } }, 'restore-failed', /no such subnet/],
  ['a restore that failed without a word', { test: { ...restoreTest, failure: '' } }, 'restore-failed', /it made nothing/],
  ['a restore that made nothing', { test: { ...restoreTest, createdArn: undefined } }, 'restore-failed', /it made nothing/],
  ['something restored that never became usable', { usableMs: undefined }, 'never-usable', /never became usable/],
  ['a moment of use that is no moment', { usableMs: Number.NaN }, 'never-usable', /never became usable/],
  ['a verification that was cancelled', { problem: 'cancelled' }, 'interrupted', /not finished: cancelled/],
  ['a verification that ended for no reason', { problem: '' }, 'interrupted', /nobody knows why/],
  ['a test without checks', { checks: [], results: [] }, 'nothing-checked', /nobody looked at the data/],
  ['a check without a result', { results: [rows] }, 'no-result', /'newest order' has no result/],
  [
    'a check that failed',
    { results: [{ ...rows, status: 'failed', found: '9,412 rows' }, newest] },
    'check-failed',
    /'orders are there' expected at least 10,000 rows and found 9,412 rows/,
  ],
  ['a check that could not look', { results: [{ ...rows, status: 'unable', found: 'timed out' }, newest] }, 'check-unable', /timed out/],
  ['two results of a check', { results: [rows, rows, newest] }, 'unexpected-result', /2 results instead of one/],
  [
    'a result of another kind',
    { results: [{ ...rows, kind: 'schema' }, newest] },
    'unexpected-result',
    /kind 'schema' instead of 'row-count'/,
  ],
  [
    'a result that nobody asked for',
    { results: [rows, newest, { ...rows, name: 'extra' }] },
    'unexpected-result',
    /nobody asked for 'extra'/,
  ],
  [
    'a status in other letters',
    { results: [{ ...rows, status: 'PASSED' }, newest] },
    'check-unable',
    /without a status that is known: PASSED/,
  ],
  ['a status that is true', { results: [{ ...rows, status: true }, newest] }, 'check-unable', /without a status that is known/],
  ['a result that is nothing', { results: [null, rows, newest] }, 'unexpected-result', /nobody asked for '\(no name\)'/],
  ['a result that is text', { results: ['passed', rows, newest] }, 'unexpected-result', /nobody asked for/],
])('fails for %s', (_case, changes, kind, words) => {
  const { status, reasons } = verdictOf({ ...concluded, ...changes });
  expect(status).toBe('FAILED');
  expect(reasons).toEqual([expect.objectContaining({ kind, words: expect.stringMatching(words) })]);
});

test('tells everything that is wrong, not only the first', () => {
  const failed = { ...rows, status: 'failed' };
  expect(verdictOf({ ...concluded, problem: 'time-out', results: [failed] }).reasons.map(({ kind }) => kind)).toEqual([
    'interrupted',
    'check-failed',
    'no-result',
  ]);
});

/** Inputs near to what is right, and far from it. */
const anyTest: fc.Arbitrary<ConcludedTest> = fc
  .record({
    results: fc.oneof(
      fc.array(anyResult, { maxLength: 4 }),
      fc.subarray<unknown>([rows, newest]),
      fc.tuple(fc.constantFrom<unknown>(rows, { ...rows, status: 'failed' }), fc.constantFrom<unknown>(newest, null)),
    ),
    checks: fc.subarray([...concluded.checks]),
    usableMs: fc.option(fc.constantFrom(STARTED + MINUTE, Number.NaN, Number.POSITIVE_INFINITY), { nil: undefined }),
    problem: fc.option(fc.string(), { nil: undefined }),
    failure: fc.option(fc.string(), { nil: undefined }),
    createdArn: fc.option(fc.constant('arn'), { nil: undefined }),
  })
  .map(({ failure, createdArn, ...rest }) => ({ ...concluded, ...rest, test: { ...restoreTest, failure, createdArn } }));

test('property: whatever comes in, successful means that all that was asked for has passed, once, on what was restored and usable', () => {
  let successful = 0;
  fc.assert(
    fc.property(anyTest, (test) => {
      const { status, reasons } = verdictOf(test);
      expect(reasons.length === 0).toBe(status === 'SUCCESSFUL');
      if (status === 'SUCCESSFUL') {
        successful++;
        expect([test.problem, test.test.failure, test.test.createdArn]).toEqual([undefined, undefined, expect.any(String)]);
        expect(Number.isFinite(test.usableMs)).toBe(true);
        expect(test.checks.length).toBeGreaterThan(0);
        expect((test.results as CheckResult[]).map(({ name }) => name).sort()).toEqual(test.checks.map(({ name }) => name).sort());
        expect((test.results as CheckResult[]).every((result) => result.status === 'passed')).toBe(true);
      }
    }),
    { numRuns: 3_000, examples: [[concluded]] },
  );
  expect(successful).toBeGreaterThan(0);
});

test('property: the record of whatever comes in keeps to the published schema, can be read back, and is spelled in one way', () => {
  fc.assert(
    fc.property(anyTest, (test) => {
      const record = recordOf(test);
      const bytes = canonicalJson(record);
      validate(JSON.parse(bytes));
      expect(validate.errors).toBeNull();
      const { value } = readRecord(bytes);
      expect(canonicalJson(value)).toBe(bytes);
      expect(verdictOf(value as EvidenceRecord)).toEqual(record.verdict);
    }),
    { numRuns: 1_000 },
  );
});

describe('the record', () => {
  test('keeps what the next test compares with only of a success', () => {
    expect(recordOf(concluded).baselines).toEqual({ 'orders are there': { rows: 10_412 } });
    expect(recordOf({ ...concluded, problem: 'cancelled' }).baselines).toEqual({});
  });

  test('holds no more than what a person reads', () => {
    const long = { ...rows, found: 'x'.repeat(5_000), details: Array.from({ length: 50 }, (_, index) => `row ${index}`) };
    const [result] = recordOf({ ...concluded, results: [long, newest] }).results;
    expect({ found: result.found.length, details: result.details?.length }).toEqual({ found: 2_004, details: 20 });
  });

  test.each([
    ['nothing', '', 'is not JSON'],
    ['half a record', canonicalJson(recordOf(concluded)).slice(0, 500), 'is not JSON'],
    ['a list', '[]', 'is something else'],
    ['null', 'null', 'is something else'],
    ['another version', '{"version": 2}', 'has version 2, and this reads version 1'],
    ['a record without a verdict', canonicalJson({ ...recordOf(concluded), verdict: undefined }), "has no object at 'verdict'"],
    ['results that are none', canonicalJson({ ...recordOf(concluded), results: [{}] }), "has no string at 'results[0].name'"],
    [
      'details that are no texts',
      canonicalJson({ ...recordOf(concluded), results: [{ ...rows, details: [1] }] }),
      "has no string at 'results[0].details[0]'",
    ],
    ['a list in place of an object', canonicalJson({ ...recordOf(concluded), baselines: [] }), "has no object at 'baselines'"],
    ['an object in place of a list', canonicalJson({ ...recordOf(concluded), checks: {} }), "has no list at 'checks'"],
  ])('fails to be read from %s', (_case, bytes, problem) => {
    expect(readRecord(bytes)).toEqual({ problem });
  });
});

describe('canonical JSON', () => {
  test('property: does not depend on the order of members, and reads back as what it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const shuffled = JSON.parse(JSON.stringify(value), (_name, each) =>
          each && typeof each === 'object' && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).reverse()) : each,
        );
        expect(canonicalJson(shuffled)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('sorts names that are numbers as texts, too', () => {
    expect(canonicalJson({ 10: 'b', 9: 'c', a: [], b: {}, '': [1, null] })).toBe(
      '{\n  "": [\n    1,\n    null\n  ],\n  "10": "b",\n  "9": "c",\n  "a": [],\n  "b": {}\n}\n',
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 0])('fails for %p', (value) => {
    expect(() => canonicalJson({ value })).toThrow(/has no form in JSON/);
  });
});

describe('achieved', () => {
  test.each<[string, Partial<ConcludedTest>, object]>([
    [
      'of the newest recovery point: the age of the newest data at the start of the test',
      {},
      { outcome: 'kept', promisedMs: 4 * HOUR, ms: 2 * HOUR + 20 * MINUTE, measuredBy: 'check', check: 'newest order', countedTo: 'test' },
    ],
    [
      'of any recovery point: the age of the newest data when it was made',
      {
        recoveryPoints: 'random',
        test: { ...restoreTest, recoveryPointMs: STARTED - 20 * DAY },
        results: [{ ...newest, newestMs: STARTED - 20 * DAY - HOUR }],
      },
      { outcome: 'kept', ms: HOUR, measuredBy: 'check', countedTo: 'recovery-point', pointAgeMs: 20 * DAY },
    ],
    [
      'of the newest recovery point without such a check: its own age',
      { results: [rows] },
      { outcome: 'kept', ms: 2 * HOUR, measuredBy: 'recovery-point', countedTo: 'test' },
    ],
    ['of any recovery point without such a check: nothing', { recoveryPoints: 'random', results: [rows] }, { outcome: 'unknown' }],
    [
      'of a point of which nobody knows whether it is the newest: nothing',
      { recoveryPoints: undefined, results: [rows] },
      { outcome: 'unknown' },
    ],
    [
      'by several checks: the oldest data counts',
      { results: [newest, { ...newest, name: 'newest payment', newestMs: STARTED - 5 * HOUR }] },
      { outcome: 'missed', ms: 5 * HOUR, check: 'newest payment' },
    ],
    ['to the millisecond', { rpoMs: 2 * HOUR, results: [rows] }, { outcome: 'kept', ms: 2 * HOUR }],
    ['a millisecond too old', { rpoMs: 2 * HOUR - 1, results: [rows] }, { outcome: 'missed', ms: 2 * HOUR }],
    ['where nothing is promised', { rpoMs: undefined }, { outcome: 'not-promised', ms: 2 * HOUR + 20 * MINUTE }],
    ['of data from the future', { results: [{ ...newest, newestMs: STARTED + DAY }] }, { outcome: 'kept', ms: 0 }],
  ])('recovery point %s', (_case, changes, point) => {
    expect(achievedOf({ ...concluded, ...changes }).recoveryPoint).toMatchObject(point);
  });

  test.each<[string, Partial<ConcludedTest>, object]>([
    [
      'until it could be used, with the checks beside it',
      {},
      {
        outcome: 'kept',
        promisedMs: 4 * HOUR,
        ms: 25 * MINUTE,
        parts: [
          { name: 'restore', ms: 22 * MINUTE },
          { name: 'until usable', ms: 3 * MINUTE },
          { name: 'checks', ms: 2 * MINUTE },
        ],
      },
    ],
    ['to the millisecond', { rtoMs: 25 * MINUTE }, { outcome: 'kept' }],
    ['a millisecond too late', { rtoMs: 25 * MINUTE - 1 }, { outcome: 'missed' }],
    ['without the checks, however long they take', { rtoMs: HOUR, checkedMs: STARTED + DAY }, { outcome: 'kept', ms: 25 * MINUTE }],
    [
      'of what never became usable: unknown, never kept',
      { usableMs: undefined },
      { outcome: 'unknown', parts: [{ name: 'restore', ms: 22 * MINUTE }] },
    ],
    ['of a restore that failed: unknown', { test: { ...restoreTest, failure: 'no' } }, { outcome: 'unknown' }],
    ['where nothing is promised', { rtoMs: undefined }, { outcome: 'not-promised', ms: 25 * MINUTE }],
  ])('recovery time %s', (_case, changes, time) => {
    expect(achievedOf({ ...concluded, ...changes }).recoveryTime).toMatchObject(time);
  });

  test('a promise that is missed leaves the verdict as it is', () => {
    const record = recordOf({ ...concluded, rpoMs: MINUTE, rtoMs: MINUTE });
    expect(record).toMatchObject({
      verdict: { status: 'SUCCESSFUL' },
      achieved: { recoveryPoint: { outcome: 'missed' }, recoveryTime: { outcome: 'missed' } },
    });
  });
});
