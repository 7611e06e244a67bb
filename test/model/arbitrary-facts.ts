import * as fc from 'fast-check';
import { DISRUPTIONS } from '../../lib/model/disruption';
import type { CopyFact, Fact, KeyFact, ObjectiveFact, Place, ResourceFact, Term, ZoneFact } from '../../lib/model/facts';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { database, ID, objective, restoreTest } from './facts';

export const span = fc.constantFrom(0, MINUTE, HOUR, 2 * HOUR, DAY, 7 * DAY);
const terms: fc.Arbitrary<Term[]> = fc.array(
  fc.record<Term>({ name: fc.constantFrom('a', 'b'), ms: span, basis: fc.constantFrom('configured', 'measured', 'estimated') }),
  { maxLength: 3 },
);
const place: fc.Arbitrary<Place> = fc.record(
  { region: fc.constantFrom('here', 'there'), account: fc.constantFrom('ours', 'theirs'), container: fc.constantFrom('one', 'two') },
  { requiredKeys: [] },
);
const key: fc.Arbitrary<KeyFact> = fc.record(
  {
    kind: fc.constantFrom('customer', 'service-managed', 'aws-owned', 'none', 'unknown'),
    id: fc.constantFrom('k1', 'k2', 'alias/k', 'mrk-1', 'arn:aws:kms:here:ours:key/mrk-1', 'arn:aws:kms:there:theirs:key/k'),
    region: fc.constantFrom('here', 'there'),
    account: fc.constantFrom('ours', 'theirs'),
  },
  { requiredKeys: ['kind'] },
);
export const copy = (id: fc.Arbitrary<string>): fc.Arbitrary<CopyFact> =>
  fc.record({
    kind: fc.constant('copy'),
    resource: fc.constantFrom(ID, 'Other'),
    id,
    by: fc.constantFrom('Plan', 'Other plan'),
    mechanism: fc.constantFrom('points', 'log', 'replica'),
    form: fc.constantFrom('points', 'continuous', 'replica'),
    place,
    lostWithZone: fc.constantFrom(undefined, true, false),
    medium: fc.constantFrom('service', 'backup', 'export'),
    staleness: terms,
    restore: terms,
    keptMs: fc.constantFrom(undefined, DAY, 'forever' as const),
    shortestKeptMs: fc.constantFrom(undefined, HOUR, DAY, 'forever' as const),
    beside: fc.constantFrom(undefined, undefined, true),
    immutable: fc.constantFrom('no', 'governance', 'compliance'),
    lockedMs: fc.constantFrom(undefined, undefined, HOUR, DAY, 'unknown' as const),
    airGapped: fc.constantFrom(undefined, true as const),
    key,
    impossible: fc.constantFrom(undefined, undefined, undefined, 'too large'),
  });
const zones: fc.Arbitrary<ZoneFact> = fc.record({
  kind: fc.constantFrom('spread', 'standby', 'single', 'unknown'),
  words: fc.constant('zones'),
  failoverMs: fc.constantFrom(undefined, 0, MINUTE, DAY),
});
export const resource: fc.Arbitrary<ResourceFact> = fc.record({ place, key, zones }).map((parts) => database(parts));
export const promise: fc.Arbitrary<ObjectiveFact> = fc
  .array(fc.record({ disruption: fc.constantFrom(...DISRUPTIONS), rpoMs: span, rtoMs: span }), { maxLength: 5 })
  .map((survives) => objective({ survives }));
export const copies = fc.array(copy(fc.constantFrom('c1', 'c2', 'c3')), { maxLength: 5 });
export const facts: fc.Arbitrary<Fact[]> = fc
  .tuple(
    resource,
    promise,
    copies,
    fc.array(fc.constantFrom<Fact>(restoreTest(), objective({ by: 'Twin' }), objective({ resource: 'Other' }))),
  )
  .map(([data, promised, made, more]) => [data, promised, ...made, ...more]);
