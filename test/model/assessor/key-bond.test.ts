import { assess } from '../../../lib/model/assessor';
import { Disruption } from '../../../lib/model/disruption';
import type { CopyFact, Fact, KeyFact, Place } from '../../../lib/model/facts';
import { database, objective, points, TOKYO } from '../facts';

const [OURS, THEIRS] = ['111122223333', '444455556666'];
const [HERE, THERE] = ['ap-northeast-1', 'ap-northeast-3'];

const arn = (region: string, account: string, key: string) => `arn:aws:kms:${region}:${account}:${key}`;
const customer = (id?: string, home: Partial<KeyFact> = {}): KeyFact => ({ kind: 'customer', id, ...home });

/** A copy of a database in Tokyo, by its place and the two keys. */
function judged(place: Place, copyKey: KeyFact, resourceKey: KeyFact, parts: Partial<CopyFact> = {}) {
  const facts = [
    database({ place: TOKYO, key: resourceKey }),
    objective(),
    points({ place: { ...place, container: 'far' }, key: copyKey, ...parts }),
  ];
  const { copies, disruptions } = assess(facts, [], { unprotected: 'ignore' }).resources[0];
  const [{ keyIndependent, survives }] = copies.places;
  return { keyIndependent, survives, copies, disruptions };
}

const OTHER_REGION = { region: THERE, account: OURS };
const OTHER_ACCOUNT = { region: HERE, account: THEIRS };
const BOTH = { region: THERE, account: THEIRS };
const BESIDE = { region: HERE, account: OURS };
const ALIAS = 'alias/data';
const MULTI_REGION = 'key/mrk-1234';

test.each<[string, Place, KeyFact, KeyFact, boolean | undefined]>([
  ['the very construct of the resource', OTHER_REGION, customer('App/Key'), customer('App/Key'), false],
  ['another construct', OTHER_REGION, customer('App/Far'), customer('App/Key'), true],
  [
    'another construct, which lies in the Region of the resource',
    OTHER_REGION,
    customer('App/Far', { region: HERE }),
    customer('App/Key'),
    false,
  ],
  [
    'another construct in the account of the resource, of a copy there',
    OTHER_REGION,
    customer('App/Far', { account: OURS }),
    customer('App/Key'),
    true,
  ],
  [
    'another construct in the account of the resource, of a copy elsewhere',
    BOTH,
    customer('App/Far', { account: OURS }),
    customer('App/Key'),
    false,
  ],
  ['a key of the other Region', OTHER_REGION, customer(arn(THERE, OURS, 'key/1')), customer(arn(HERE, OURS, 'key/2')), true],
  ['a key of the Region of the resource', OTHER_REGION, customer(arn(HERE, OURS, 'key/1')), customer(arn(HERE, OURS, 'key/2')), false],
  ['a key of the account of the resource', OTHER_ACCOUNT, customer(arn(HERE, OURS, 'key/1')), customer(arn(HERE, OURS, 'key/2')), false],
  ['a key of the other account', OTHER_ACCOUNT, customer(arn(HERE, THEIRS, 'key/1')), customer(arn(HERE, OURS, 'key/1')), true],
  [
    'the replica of a multi-Region key',
    OTHER_REGION,
    customer(arn(THERE, OURS, MULTI_REGION)),
    customer(arn(HERE, OURS, MULTI_REGION)),
    true,
  ],
  [
    'the replica of a multi-Region key, in the account of the resource',
    BOTH,
    customer(arn(THERE, OURS, MULTI_REGION)),
    customer(arn(HERE, OURS, MULTI_REGION)),
    false,
  ],
  ['the replica of a multi-Region key, by its bare id', OTHER_REGION, customer('mrk-1234'), customer(arn(HERE, OURS, MULTI_REGION)), true],
  ['an alias of the same name in the other Region', OTHER_REGION, customer(ALIAS), customer(ALIAS), true],
  ['an alias of the same name in the other account', OTHER_ACCOUNT, customer(ALIAS), customer(ALIAS), true],
  ['the same alias', BESIDE, customer(ALIAS), customer(ALIAS), false],
  ['the same alias, once by its ARN', BESIDE, customer(arn(HERE, OURS, ALIAS)), customer(ALIAS), false],
  ['the same key, once by its bare id', BESIDE, customer('12345678-1234'), customer(arn(HERE, OURS, 'key/12345678-1234')), false],
  ['an alias that may be that of the other key', BESIDE, customer(ALIAS), customer(arn(HERE, OURS, 'key/1')), undefined],
  ['a key of which the other may be an alias', BESIDE, customer(arn(HERE, OURS, 'key/1')), customer(ALIAS), undefined],
  ['an alias of the same name in a place that is not known', { region: HERE }, customer(ALIAS), customer(ALIAS), undefined],
  ['another key in the same place', BESIDE, customer(arn(HERE, OURS, 'key/1')), customer(arn(HERE, OURS, 'key/2')), true],
  ['an unknown key in another Region', OTHER_REGION, { kind: 'unknown' }, customer('App/Key'), true],
  ['an unknown key in another account', OTHER_ACCOUNT, { kind: 'unknown' }, customer('App/Key'), undefined],
  ['an unknown key in another account and Region', BOTH, customer(), customer('App/Key'), undefined],
  ['an unknown key in the same place', BESIDE, { kind: 'unknown' }, customer('App/Key'), undefined],
  ['an unknown key beside one of AWS', BESIDE, { kind: 'unknown' }, { kind: 'service-managed' }, true],
  ['a known key beside an unknown one', BESIDE, customer('App/Key'), { kind: 'unknown' }, undefined],
  ['no key', BOTH, { kind: 'none' }, customer('App/Key'), true],
  ['a key of AWS', BOTH, { kind: 'aws-owned' }, { kind: 'aws-owned' }, true],
  [
    'a key that a service manages',
    BESIDE,
    { kind: 'service-managed', id: 'alias/aws/rds' },
    { kind: 'service-managed', id: 'alias/aws/rds' },
    true,
  ],
])('a copy under %s: whether it outlives the keys of what it is away from', (_what, place, copyKey, resourceKey, independent) => {
  expect(judged(place, copyKey, resourceKey).keyIndependent).toBe(independent);
});

test('a text that only begins like an ARN is a name as any other', () => {
  expect(judged(OTHER_REGION, customer('arn:x'), customer('arn:x')).keyIndependent).toBe(false);
});

test('a copy beside its resource is away from nothing but its key', () => {
  const near = customer(arn(HERE, OURS, 'key/1'));
  expect(judged({}, near, customer(arn(HERE, OURS, 'key/2')), { beside: true }).keyIndependent).toBe(true);
});

describe('the count', () => {
  test.each<[string, Place, KeyFact, number, number]>([
    ['keys of their own', BOTH, customer(arn(THERE, THEIRS, 'key/1')), 1, 1],
    ['the key of the resource', BOTH, customer('App/Key'), 0, 0],
    ['a key of the account of the resource', BOTH, customer(arn(THERE, OURS, 'key/1')), 1, 0],
    ['a key of the Region of the resource', BOTH, customer(arn(HERE, THEIRS, 'key/1')), 0, 1],
    ['a key of which nothing is known', BOTH, { kind: 'unknown' }, 1, 0],
  ])('of copies off-site and in another account takes %s as it is', (_what, place, key, offSite, otherAccount) => {
    expect(judged(place, key, customer('App/Key')).copies).toMatchObject({ copies: 2, offSite, otherAccount });
  });
});

test('a multi-Region replica outlives the Region of its primary, but not the account that both are in', () => {
  const { survives } = judged(BOTH, customer(arn(THERE, OURS, MULTI_REGION)), customer(arn(HERE, OURS, MULTI_REGION)));
  expect(survives).toEqual([Disruption.OPERATOR_ERROR, Disruption.ZONE_LOSS, Disruption.REGION_LOSS]);
});

test.each<[string, Place]>([
  ['beside it', BESIDE],
  ['in another Region', OTHER_REGION],
  ['in another account', OTHER_ACCOUNT],
  ['in both', BOTH],
])('resources that differ by nothing but keys, their own or those of copies %s, are judged as each is alone', (_where, place) => {
  const keys: readonly KeyFact[] = [
    ...[customer('App/Key'), customer('App/Far', { region: HERE }), customer('App/Far', { account: OURS }), customer(), customer(ALIAS)],
    ...[HERE, THERE].flatMap((region) => [OURS, THEIRS].map((account) => customer(arn(region, account, 'key/1')))),
    ...(['none', 'aws-owned', 'service-managed', 'unknown'] as const).map((kind): KeyFact => ({ kind })),
  ];
  const apps = keys.flatMap((key, i) =>
    keys.map((copyKey, j): readonly Fact[] => {
      const name = `${i} ${j}`;
      const copy = points({ resource: name, place: { ...place, container: 'far' }, key: copyKey, immutable: 'compliance' });
      return [database({ id: name, name, place: TOKYO, key }), copy];
    }),
  );
  const judge = (facts: readonly Fact[]) => assess(facts, [], { unprotected: 'ignore' }).resources;
  for (const order of [apps, [...apps].reverse()]) {
    const together = new Map(judge(order.flat()).map((resource) => [resource.id, resource]));
    expect([...together.values()]).toHaveLength(apps.length);
    for (const [alone] of apps.map(judge)) {
      expect(together.get(alone.id)).toEqual(alone);
    }
  }
});
