import type { DisruptionVerdict, Outcome } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import { DISRUPTIONS, Disruption } from '../../../lib/model/disruption';
import type { CopyFact, Fact, KeyFact, ResourceFact, ZoneFact } from '../../../lib/model/facts';
import { DAY, HOUR, MINUTE, words } from '../../../lib/model/time';
import { continuous, copied, database, OSAKA, objective, points, replica, restoreTest, SAFE, survives, TOKYO, term } from '../facts';

const { OPERATOR_ERROR, ZONE_LOSS, REGION_LOSS, ACCOUNT_COMPROMISE } = Disruption;

/** The verdict on a database that promises 4 h and 4 h for every disruption. */
function verdict(disruption: Disruption, copies: readonly CopyFact[], resource: Partial<ResourceFact> = {}, more: readonly Fact[] = []) {
  return verdictOf(
    [database(resource), objective({ survives: DISRUPTIONS.map((each) => survives(each)) }), ...copies, ...more],
    disruption,
  );
}

function verdictOf(facts: readonly Fact[], disruption: Disruption): DisruptionVerdict {
  const [resource] = assess(facts, [], { unprotected: 'warn' }).resources;
  return resource.disruptions.find((each) => each.disruption === disruption)!;
}

/** A copy in another account of the same Region. */
const elsewhere = (parts: Partial<CopyFact> = {}) =>
  points({ id: 'safe', mechanism: 'copy in account 444455556666', place: { ...SAFE, container: 'safe' }, ...parts });

/** A compliance-locked copy in the same account. */
const locked = (key: KeyFact, parts: Partial<CopyFact> = {}) =>
  points({ id: 'locked', mechanism: 'locked vault', place: { ...TOKYO, container: 'locked' }, immutable: 'compliance', key, ...parts });

type Case = readonly [
  what: string,
  copies: readonly CopyFact[],
  resource: Partial<ResourceFact>,
  outcome: Outcome,
  copy: string | undefined,
  note: RegExp | undefined,
];

function judges(disruption: Disruption, cases: readonly Case[]): void {
  test.each(cases)('%s', (_what, copies, resource, outcome, copy, note) => {
    const found = verdict(disruption, copies, resource);
    expect(found.outcome).toBe(outcome);
    expect(found.copy).toBe(copy);
    if (note) {
      expect(found.notes.join('\n')).toMatch(note);
    } else {
      expect(found.notes).toEqual([]);
    }
  });
}

describe('operator error', () => {
  judges(OPERATOR_ERROR, [
    ['recovery points bring the data back', [points()], {}, 'kept', 'orders', undefined],
    ['continuous backup brings it back fresher', [points(), continuous()], {}, 'kept', 'continuous', undefined],
    ['a replica has the error too', [replica()], {}, 'broken', undefined, /^read replica in ap-northeast-3: follows every change/],
    ['nothing brings it back where there is no copy', [], {}, 'broken', undefined, undefined],
    [
      'jobs of another plan may be in the way',
      [points(), points({ id: 'other', by: 'Orders/Nightly', staleness: [term('longest gap', DAY)] })],
      {},
      'kept',
      'orders',
      /^jobs of 2 plans may be in each other's way, which is not counted: Orders\/Nightly, Orders\/Protection\/Plan$/,
    ],
    [
      "what a service keeps by itself is in nobody's way",
      [
        points(),
        points({ id: 'other', by: 'Orders/Nightly' }),
        points({ id: 'own', by: 'Orders/Database', medium: 'service', staleness: [term('lag', MINUTE)] }),
      ],
      {},
      'kept',
      'own',
      undefined,
    ],
    ['a copy that is never made does not count', [points({ impossible: 'too large' })], {}, 'broken', undefined, undefined],
  ]);
});

describe('zone loss', () => {
  const zones = (kind: ZoneFact['kind'], failoverMs?: number) => ({ zones: { kind, words: `${kind} zones`, failoverMs } });
  const near = (lostWithZone?: boolean) => replica({ place: TOKYO, lostWithZone });
  judges(ZONE_LOSS, [
    ['data in several zones lives on', [], zones('spread'), 'kept', undefined, undefined],
    ['a standby takes over', [], zones('standby', 2 * MINUTE), 'kept', undefined, undefined],
    ['a standby that takes too long does not keep it', [], zones('standby', 5 * HOUR), 'broken', undefined, undefined],
    ['a standby of unknown speed leaves it open', [], zones('standby'), 'unknown', undefined, undefined],
    ['unknown zones leave it open', [], zones('unknown'), 'unknown', undefined, undefined],
    ['unknown zones do not matter where a copy keeps it', [points()], zones('unknown'), 'kept', 'orders', undefined],
    ['data in one zone is lost without a copy', [], zones('single'), 'broken', undefined, undefined],
    ['recovery points outlive the zone', [points()], zones('single'), 'kept', 'orders', undefined],
    ['a replica in another Region outlives it', [replica()], zones('single'), 'kept', 'replica', undefined],
    ['a replica in another zone outlives it', [near(false)], zones('single'), 'kept', 'replica', undefined],
    ['a replica in the same zone is lost', [near(true)], zones('single'), 'broken', undefined, /lies in the same zone$/],
    ['a replica in an unknown zone leaves it open', [near()], zones('single'), 'unknown', 'replica', /another zone is not known$/],
  ]);

  test('a standby loses nothing and takes its failover', () => {
    const { rpo, rto, mechanism, keptMs, test: tested } = verdict(ZONE_LOSS, [points()], zones('standby', 2 * MINUTE));
    expect({ rpo, rto, mechanism, keptMs, tested }).toEqual({
      rpo: { ms: 0, terms: [{ name: 'standby zones', ms: 0, basis: 'documented' }] },
      rto: { ms: 2 * MINUTE, terms: [{ name: 'failover', ms: 2 * MINUTE, basis: 'documented' }] },
      mechanism: 'standby zones',
      keptMs: undefined,
      tested: undefined,
    });
  });

  test('data in several zones is not interrupted', () => {
    expect(verdict(ZONE_LOSS, [], zones('spread')).rto).toEqual({ ms: 0, terms: [{ name: 'spread zones', ms: 0, basis: 'documented' }] });
  });
});

describe('Region loss', () => {
  judges(REGION_LOSS, [
    ['a copy in another Region brings it back', [points(), copied()], {}, 'kept', 'orders-osaka', undefined],
    ['a replica in another Region takes over', [replica()], {}, 'kept', 'replica', undefined],
    ['copies in the same Region are lost', [points(), continuous(), elsewhere()], {}, 'broken', undefined, undefined],
    ['a copy of an unknown Region leaves it open', [copied({ place: {} })], {}, 'unknown', 'orders-osaka', /only at deploy time$/],
    ['a resource of an unknown Region leaves it open', [copied()], { place: {} }, 'unknown', 'orders-osaka', /only at deploy time$/],
    ['a certain copy wins over an uncertain one', [copied({ id: 'a', place: {} }), copied()], {}, 'kept', 'orders-osaka', /deploy time$/],
    [
      "a copy under the resource's key is lost with it",
      [copied({ key: { kind: 'customer', id: 'data-key' } })],
      {},
      'broken',
      undefined,
      /^copy in ap-northeast-3: has the key of the resource, which is lost with it$/,
    ],
    [
      'a copy under another key of the Region that is lost goes with that key',
      [copied({ key: { kind: 'customer', id: 'arn:aws:kms:ap-northeast-1:111122223333:key/k' } })],
      {},
      'broken',
      undefined,
      /^copy in ap-northeast-3: has a key of the Region of the resource, which is lost with it$/,
    ],
    [
      'a copy whose key is not known has one of its own Region',
      [copied({ key: { kind: 'unknown' } })],
      {},
      'kept',
      'orders-osaka',
      undefined,
    ],
  ]);

  test('an uncertain copy that would fail anyway is no excuse', () => {
    const late = copied({ place: {}, staleness: [term('longest gap', DAY)] });
    expect(verdict(REGION_LOSS, [late]).outcome).toBe('broken');
  });
});

describe('account compromise', () => {
  judges(ACCOUNT_COMPROMISE, [
    ['a copy in another account is out of reach', [elsewhere()], {}, 'kept', 'safe', undefined],
    ['a copy in another Region of the same account is not', [copied()], {}, 'broken', undefined, undefined],
    ['a copy in an unknown account leaves it open', [points({ place: {} })], {}, 'unknown', 'orders', /another account is known only/],
    ['a replica in another account follows the intruder', [replica({ place: SAFE })], {}, 'broken', undefined, /those of an intruder too/],
    ["a copy under the resource's key falls with it", [elsewhere({ key: database().key })], {}, 'broken', undefined, /who takes that key/],
    [
      'a copy under an unknown key leaves it open',
      [elsewhere({ key: { kind: 'unknown' } })],
      {},
      'unknown',
      'safe',
      /its key is not known here .*must not belong to the account/,
    ],
    ['a governance lock can be lifted', [points({ immutable: 'governance' })], {}, 'broken', undefined, /can lift its governance lock/],
    ['a compliance lock with a key of AWS holds', [locked({ kind: 'aws-owned' })], {}, 'kept', 'locked', undefined],
    ['a compliance lock with a managed key holds', [locked({ kind: 'service-managed' })], {}, 'kept', 'locked', undefined],
    [
      'a compliance lock with another key holds for its waiting period',
      [locked({ kind: 'customer', id: 'k' })],
      {},
      'kept',
      'locked',
      /7 to 30 days/,
    ],
    [
      'a compliance lock with an unknown key leaves it open',
      [locked({ kind: 'unknown' })],
      {},
      'unknown',
      'locked',
      /whether it has the key of the resource is not known here/,
    ],
    [
      'a compliance lock with an unknown key holds where the data has no key that anybody could take',
      [locked({ kind: 'unknown' })],
      { key: { kind: 'none' } },
      'kept',
      'locked',
      /waiting period/,
    ],
    ["a compliance lock with the resource's key falls", [locked(database().key)], {}, 'broken', undefined, /who takes that key/],
    ['a compliance lock holds in an unknown account too', [locked({ kind: 'none' }, { place: {} })], {}, 'kept', 'locked', undefined],
    [
      'keys without an id may be equal',
      [locked({ kind: 'customer' })],
      { key: { kind: 'customer' } },
      'unknown',
      'locked',
      /whether it has the key of the resource is not known here/,
    ],
    [
      'a copy elsewhere under a key of the account of the data falls with that key',
      [elsewhere({ key: { kind: 'customer', id: 'arn:aws:kms:ap-northeast-1:111122223333:key/k' } })],
      { place: { ...database().place, account: '111122223333' } },
      'broken',
      undefined,
      /a key of the account of the resource/,
    ],
    [
      'keys of AWS are nobody else’s',
      [elsewhere({ key: { kind: 'aws-owned', id: 'x' } })],
      { key: { kind: 'aws-owned', id: 'x' } },
      'kept',
      'safe',
      undefined,
    ],
  ]);
});

describe('outcome', () => {
  const estimate = (ms: number) => term('restore', ms, 'estimated');
  test.each<[string, Partial<CopyFact>, Outcome]>([
    ['exactly what is promised is kept', { staleness: [term('gap', 4 * HOUR)], restore: [term('restore', 4 * HOUR, 'declared')] }, 'kept'],
    ['a millisecond more is broken', { staleness: [term('gap', 4 * HOUR + 1)] }, 'broken'],
    ['a millisecond more to restore is broken', { restore: [term('restore', 4 * HOUR + 1, 'documented')] }, 'broken'],
    ['what holds by an estimate is expected', { restore: [estimate(4 * HOUR)] }, 'expected'],
    ['an estimate of nothing is no estimate', { restore: [estimate(0)] }, 'kept'],
    ['what fails by an estimate is doubtful', { restore: [estimate(4 * HOUR + 1)] }, 'doubtful'],
    ['what fails without its estimate is broken', { restore: [term('boot', 4 * HOUR + 1, 'measured'), estimate(1)] }, 'broken'],
    ['what fails with its estimate only is doubtful', { restore: [term('boot', 4 * HOUR, 'measured'), estimate(1)] }, 'doubtful'],
    ['an unknown age is unknown', { staleness: [] }, 'unknown'],
    ['an unknown time is unknown', { restore: [] }, 'unknown'],
    ['an unknown time does not hide a doubt', { restore: [], staleness: [estimate(DAY)] }, 'doubtful'],
    ['an unknown time does not hide a breach', { restore: [], staleness: [term('gap', DAY)] }, 'broken'],
    ['what is never certain to come is broken', { staleness: [term('gap', Number.POSITIVE_INFINITY)] }, 'broken'],
  ])('%s', (_what, parts, outcome) => {
    expect(verdict(OPERATOR_ERROR, [points(parts)]).outcome).toBe(outcome);
  });

  test('nobody asked for what is not promised, but it is told', () => {
    const found = verdictOf([database(), objective(), points(), copied({ shortestKeptMs: 7 * DAY })], REGION_LOSS);
    expect(found).toMatchObject({ outcome: 'not-promised', copy: 'orders-osaka', keptMs: 30 * DAY, shortestKeptMs: 7 * DAY });
    expect(found.objective).toBeUndefined();
    expect(words(found.rpo!.ms)).toBe('2 h 30');
  });

  test('a resource without an objective is told too', () => {
    const [resource] = assess([database(), points()], [], { unprotected: 'warn' }).resources;
    expect(resource.disruptions.map(({ outcome }) => outcome)).toEqual(DISRUPTIONS.map(() => 'not-promised'));
    expect(resource.rpoMs).toBeUndefined();
  });

  test('a resource whose only copy is never made is told, without that copy', () => {
    const [resource] = assess([database(), points({ impossible: 'too large' })], [], { unprotected: 'warn' }).resources;
    expect(resource.copies.places).toEqual([]);
  });

  test('a resource about which nothing is said is left out', () => {
    expect(assess([database()], [], { unprotected: 'warn' }).resources).toEqual([]);
  });

  test('the strictest of two objectives for one disruption holds', () => {
    const demands = [survives(OPERATOR_ERROR, 4 * HOUR, HOUR), survives(OPERATOR_ERROR, HOUR, 4 * HOUR)];
    for (const order of [demands, [...demands].reverse()]) {
      const found = verdictOf([database(), objective({ survives: order }), points()], OPERATOR_ERROR);
      expect(found.objective).toEqual({ rpoMs: HOUR, rtoMs: HOUR });
    }
  });
});

describe('the copy that is told', () => {
  const slow = { restore: [term('restore', 3 * HOUR, 'measured')] };
  test.each<[string, readonly CopyFact[], string]>([
    [
      'keeps both objectives, even if another is fresher',
      [continuous({ restore: [term('restore', DAY, 'measured')] }), points()],
      'orders',
    ],
    ['is kept rather than expected', [continuous({ restore: [term('restore', HOUR, 'estimated')] }), points()], 'orders'],
    ['is the freshest of those that keep both', [points(), continuous(slow)], 'continuous'],
    ['is the faster of equally fresh ones', [points({ ...slow, id: 'a' }), points({ id: 'b' })], 'b'],
    ['is the first of equals by id', [points({ id: 'b' }), points({ id: 'a' })], 'a'],
    [
      'is the freshest where none keeps both',
      [points({ id: 'a', staleness: [term('gap', 2 * DAY)] }), points({ id: 'b', staleness: [term('gap', DAY)] })],
      'b',
    ],
    ['is one of known age rather than not', [points({ id: 'a', staleness: [] }), points({ id: 'b', restore: [] })], 'b'],
    ['is the first where no age is known', [points({ id: 'b', staleness: [] }), points({ id: 'a', staleness: [] })], 'a'],
  ])('%s', (_what, copies, id) => {
    expect(verdict(OPERATOR_ERROR, copies).copy).toBe(id);
  });

  test('is one that is sure to survive rather than a fresher one that may not, where nothing is promised', () => {
    const unsure = copied({ id: 'a', place: {}, staleness: [term('gap', MINUTE)] });
    expect(verdictOf([database(), points(), unsure, copied()], REGION_LOSS).copy).toBe('orders-osaka');
  });

  test('comes with the most frequent of its restore tests, and of equal ones with the most thorough', () => {
    const tests = [
      restoreTest({ everyMs: 30 * DAY, checks: 9 }),
      restoreTest({ checks: 1 }),
      restoreTest({ checks: 2 }),
      restoreTest({ copy: 'other' }),
    ];
    expect(verdict(OPERATOR_ERROR, [points()], {}, tests).test).toEqual({ everyMs: 7 * DAY, checks: 2 });
  });

  test('has no test where another copy is tested', () => {
    expect(verdict(REGION_LOSS, [points(), copied()], {}, [restoreTest()]).test).toBeUndefined();
  });
});

describe('3-2-1-1-0', () => {
  const count = (...facts: readonly Fact[]) => assess([database(), objective(), ...facts], [], { unprotected: 'warn' }).resources[0].copies;

  test('the resource alone is one copy on one medium', () => {
    expect(count()).toEqual({ copies: 1, media: 1, offSite: 0, otherAccount: 0, immutable: 'no', airGapped: 0, unverified: 0, places: [] });
  });

  test('several rules in one vault are one copy', () => {
    expect(count(points(), continuous(), copied())).toMatchObject({ copies: 3, media: 2, offSite: 1, otherAccount: 0, unverified: 2 });
  });

  test('a vault and a bucket of one name are two copies', () => {
    expect(count(points(), points({ id: 'export', medium: 'export' })).copies).toBe(3);
  });

  test('copies whose container is not known are told apart by their id', () => {
    expect(count(points({ place: TOKYO }), continuous({ place: TOKYO })).copies).toBe(3);
  });

  test('a replica is a copy on the medium of the service, an export one of a third', () => {
    const exported = points({ id: 'export', medium: 'export', place: { ...SAFE, container: 'bucket' } });
    expect(count(replica(), points(), exported)).toMatchObject({ copies: 4, media: 3, offSite: 1, otherAccount: 1 });
  });

  test('a copy in an unknown place is neither off-site nor in another account', () => {
    expect(count(copied({ place: { container: 'x' } }))).toMatchObject({ copies: 2, offSite: 0, otherAccount: 0 });
  });

  test('a vault is verified when any of its copies is', () => {
    expect(count(points(), continuous(), copied(), restoreTest({ copy: 'continuous' })).unverified).toBe(1);
  });

  test.each<[CopyFact['immutable'][], string]>([
    [['no', 'governance'], 'governance'],
    [['compliance', 'governance'], 'compliance'],
    [['no'], 'no'],
  ])('the strongest lock of %j is %s', (locks, strongest) => {
    expect(count(...locks.map((immutable, index) => points({ id: `${index}`, immutable }))).immutable).toBe(strongest);
  });

  test('a copy in an air-gapped vault is one, however many rules fill it', () => {
    const inside = { airGapped: true, immutable: 'compliance' } as const;
    expect(count(points(inside), continuous(inside), copied()).airGapped).toBe(1);
  });

  test('a copy in the same Region is not off-site, also in another account, and one in the same account is not in another', () => {
    expect(count(elsewhere(), copied())).toMatchObject({ copies: 3, offSite: 1, otherAccount: 1 });
  });

  test('a copy beside the resource is nowhere else, whatever its place says', () => {
    expect(count(copied({ beside: true, place: { ...OSAKA, account: SAFE.account } }))).toMatchObject({ offSite: 0, otherAccount: 0 });
  });

  test('one copy of a container that is away is enough, in whatever order they come', () => {
    const away = copied({ id: 'b' });
    for (const id of ['a', 'c']) {
      expect(count(away, copied({ id, beside: true })).offSite).toBe(1);
      expect(count(away, copied({ id, key: database().key })).offSite).toBe(1);
    }
  });

  test('lists where each copy lies, how far behind it is and what it survives', () => {
    const inside = copied({ shortestKeptMs: 7 * DAY, airGapped: true, immutable: 'governance' });
    expect(count(inside).places).toEqual([
      {
        copy: 'orders-osaka',
        mechanism: 'copy in ap-northeast-3',
        form: 'points',
        medium: 'backup',
        place: { ...OSAKA, container: 'orders-osaka' },
        keptMs: 30 * DAY,
        shortestKeptMs: 7 * DAY,
        immutable: 'governance',
        airGapped: true,
        keyIndependent: true,
        lag: { ms: 2.5 * HOUR, terms: inside.staleness },
        survives: [OPERATOR_ERROR, ZONE_LOSS, REGION_LOSS],
        lost: [{ disruption: ACCOUNT_COMPROMISE, certain: true, why: 'an administrator of the account can lift its governance lock' }],
      },
    ]);
  });

  test.each<[string, CopyFact, Partial<Record<Disruption, readonly [certain: boolean, why: RegExp]>>]>([
    [
      'a replica in another Region',
      replica(),
      {
        OPERATOR_ERROR: [true, /^follows every change, so the error too$/],
        ACCOUNT_COMPROMISE: [true, /^follows every change, those of an/],
      },
    ],
    [
      'a replica in an unknown place',
      replica({ place: {}, staleness: [] }),
      {
        OPERATOR_ERROR: [true, /so the error too$/],
        ZONE_LOSS: [false, /another zone is not known$/],
        REGION_LOSS: [false, /known only at deploy time$/],
        ACCOUNT_COMPROMISE: [true, /those of an intruder too$/],
      },
    ],
    [
      'recovery points beside the data',
      points(),
      {
        REGION_LOSS: [true, /^lies in the Region of the resource$/],
        ACCOUNT_COMPROMISE: [true, /^lies in the account of the resource without a compliance lock$/],
      },
    ],
  ])('says of %s what it is no help against, and why', (_what, copy, expected) => {
    const [{ survives: safe, lost, lag }] = count(copy).places;
    expect(lost.map(({ disruption }) => disruption)).toEqual(Object.keys(expected));
    expect(safe).toEqual(DISRUPTIONS.filter((disruption) => !(disruption in expected)));
    for (const { disruption, certain, why } of lost) {
      expect(certain).toBe(expected[disruption]?.[0]);
      expect(why).toMatch(expected[disruption]?.[1] as RegExp);
    }
    expect(lag === undefined).toBe(copy.staleness.length === 0);
  });
});
