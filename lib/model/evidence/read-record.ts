import type { ChainHead } from './evidence-record';
import { RUN_SHAPE } from './private/run-shape';
import { LINK, moments, problemOf, type Shape } from './private/shape';
import type { AnyRecord } from './records';

const COMPARED: Shape = { sequence: 'number', sha256: 'string' };
const REASON: Shape = { kind: 'string', words: 'string', check: 'string?' };
const RESULT: Shape = {
  name: 'string',
  kind: 'string',
  status: 'string',
  expected: 'string',
  found: 'string',
  durationMs: 'number',
  details: ['string', '?'],
  newestMs: 'number?',
};
const POINT: Shape = {
  outcome: 'string',
  promisedMs: 'number?',
  ms: 'number?',
  pointAgeMs: 'number',
  measuredBy: 'string?',
  check: 'string?',
  countedTo: 'string?',
};

/** The members of a record, as far as somebody who reads it relies on them. */
const RECORD: Shape = {
  verification: 'string',
  sequence: 'number',
  previous: { optional: LINK },
  concludedMs: 'number',
  resource: 'string',
  test: {
    ...moments('recoveryPointMs', 'startedMs'),
    restoredMs: 'number?',
    restoreJobId: 'string',
    planArn: 'string',
    resourceType: 'string',
    sourceArn: 'string',
    recoveryPointArn: 'string',
    vaultArn: 'string',
    account: 'string',
    region: 'string',
    createdArn: 'string?',
    failure: 'string?',
  },
  checks: [{ name: 'string', kind: 'string' }],
  results: [RESULT],
  usableMs: 'number?',
  checkedMs: 'number?',
  problem: 'string?',
  verdict: { status: 'string', reasons: [REASON] },
  achieved: {
    recoveryPoint: POINT,
    recoveryTime: { outcome: 'string', promisedMs: 'number?', ms: 'number?', parts: [{ name: 'string', ms: 'number' }] },
  },
  cleanUp: { status: 'string', left: ['string'], problem: 'string?' },
  comparedWith: { optional: COMPARED },
  baselines: 'object',
  pages: { html: 'string', md: 'string' },
};

/** Something stored that could be read, or why it could not. */
export type Reading<T> = { readonly value: T; readonly problem?: undefined } | { readonly value?: undefined; readonly problem: string };

/** Reads the bytes of a record; whatever is in them, it does not throw. */
export function readRecord(bytes: string): Reading<AnyRecord> {
  return read<AnyRecord>(bytes, ({ kind }) => (kind === undefined ? RECORD : kind === 'recovery-run' ? RUN_SHAPE : undefined));
}

/** Reads which record is the newest. */
export function readHead(bytes: string): Reading<ChainHead> {
  return read<ChainHead>(bytes, () => ({ ...LINK, sequence: 'number' }));
}

interface Tagged {
  readonly version?: unknown;
  readonly kind?: unknown;
}

function read<T extends { readonly version: 1 }>(bytes: string, shapeOf: (value: Tagged) => Shape | undefined): Reading<T> {
  let value: Tagged | null;
  try {
    value = JSON.parse(bytes);
  } catch {
    return { problem: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || value.version === undefined) {
    return { problem: 'is something else' };
  }
  if (value.version !== 1) {
    return { problem: `has version ${JSON.stringify(value.version)}, and this reads version 1` };
  }
  const shape = shapeOf(value);
  if (shape === undefined) {
    return { problem: `has kind ${JSON.stringify(value.kind)}, which this does not know` };
  }
  const problem = problemOf(value, shape);
  return problem === undefined ? { value: value as unknown as T } : { problem };
}
