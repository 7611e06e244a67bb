import type { Finding } from '../../../lib/model/assessment';
import { type AssessOptions, assess } from '../../../lib/model/assessor';
import { DISRUPTIONS, Disruption } from '../../../lib/model/disruption';
import type { ConcernFact, CopyFact, CopyRuleFact, ExclusionFact, Fact, KeyFact, StatefulResource, Term } from '../../../lib/model/facts';
import type { ResourceType } from '../../../lib/model/services';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { continuous, copied, database, ID, objective, points, replica, restoreTest, SAFE, stateful, survives, TOKYO, term } from '../facts';

const { OPERATOR_ERROR, ZONE_LOSS, REGION_LOSS, ACCOUNT_COMPROMISE } = Disruption;

function findings(
  facts: readonly Fact[],
  found: readonly StatefulResource[] = [],
  options: Partial<AssessOptions> = {},
): readonly Finding[] {
  return assess(facts, found, { unprotected: 'warn', ...options }).findings;
}

/** The one finding about a database that promises to survive one disruption. */
function broken(
  disruption: Disruption,
  rpoMs: number,
  copies: readonly Fact[],
  type: ResourceType = 'RDS',
  rtoMs: number = 4 * HOUR,
): Finding {
  const found = findings([database({ type }), objective({ survives: [survives(disruption, rpoMs, rtoMs)] }), ...copies]);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ at: 'Orders/Protection', resource: ID });
  return found[0];
}

describe('a promise that is not kept', () => {
  test('says how old the freshest copy may be, part by part, and what to do', () => {
    expect(broken(REGION_LOSS, HOUR, [points(), copied()])).toEqual({
      severity: 'error',
      code: 'RecoveryPointTooOld',
      at: 'Orders/Protection',
      resource: ID,
      message:
        "'Orders / database' promises 'rpo' 1 h when the Region is lost, but the freshest copy in another Region may be 2 h 30 old " +
        '(longest gap 1 h + start window 1 h + copy 30 min): AWS Backup makes recovery points hourly at most and may start an hour late, ' +
        "so add live replication or relax 'rpo' for REGION_LOSS",
    });
  });

  const daily: Term[] = [term('longest gap', DAY)];
  test.each<[string, Disruption, number, readonly Fact[], RegExp]>([
    [
      'a sparse schedule',
      REGION_LOSS,
      4 * HOUR,
      [copied({ staleness: daily })],
      /: shorten the schedule, shorten the start window, add live replication or relax 'rpo' for REGION_LOSS$/,
    ],
    [
      'a sparse schedule where continuous backup exists',
      OPERATOR_ERROR,
      4 * HOUR,
      [points({ staleness: daily })],
      /: shorten the schedule, shorten the start window, turn on continuous backup or relax 'rpo' for OPERATOR_ERROR$/,
    ],
    [
      'a sparse schedule in another account',
      ACCOUNT_COMPROMISE,
      2 * HOUR,
      [points({ place: { ...TOKYO, account: '444455556666' }, staleness: daily })],
      /: shorten the schedule, shorten the start window or relax 'rpo' for ACCOUNT_COMPROMISE$/,
    ],
    [
      'less than two hours from plain recovery points',
      ZONE_LOSS,
      2 * HOUR - 1,
      [points()],
      /start an hour late, so turn on continuous backup, add live replication or relax 'rpo' for ZONE_LOSS$/,
    ],
    ['a lagging replica', REGION_LOSS, 30_000, [replica()], /may be 1 min behind \(replication lag 1 min\): add live replication or relax/],
    [
      'less than the lag of continuous backup',
      OPERATOR_ERROR,
      MINUTE,
      [continuous()],
      /may be 5 min old .*: relax 'rpo' for OPERATOR_ERROR$/,
    ],
    [
      'nothing lost to an error',
      OPERATOR_ERROR,
      0,
      [continuous()],
      /promises 'rpo' 0 .*: nothing is as new as the data and yet free of the damage, so relax 'rpo' for OPERATOR_ERROR, such as to 5 min$/,
    ],
    [
      'nothing lost to an intruder',
      ACCOUNT_COMPROMISE,
      0,
      [points({ immutable: 'compliance', key: { kind: 'aws-owned' } })],
      /free of the damage, so relax 'rpo' for ACCOUNT_COMPROMISE$/,
    ],
    [
      'nothing lost with the Region',
      REGION_LOSS,
      0,
      [copied()],
      /: no recovery point is as new as the data, so add synchronous replication or relax/,
    ],
  ])('says what helps against %s', (_what, disruption, rpoMs, copies, message) => {
    const { code, message: said } = broken(disruption, rpoMs, copies);
    expect(code).toBe('RecoveryPointTooOld');
    expect(said).toMatch(message);
  });

  test('is a warning where only an estimate breaks it', () => {
    const staleness = [term('longest gap', 2 * HOUR), term('copy', 3 * HOUR, 'estimated')];
    expect(broken(REGION_LOSS, 4 * HOUR, [copied({ staleness })])).toMatchObject({ severity: 'warning', code: 'RecoveryPointMayBeTooOld' });
  });

  test.each<[string, Term, number, string, string, RegExp]>([
    [
      'a slow restore',
      term('restore', 5 * HOUR, 'measured'),
      4 * HOUR,
      'error',
      'RecoveryTooSlow',
      /: keep a standby or relax 'rto' for OPERATOR_ERROR$/,
    ],
    [
      'a restore that is slow by estimate',
      term('restore of 100 GiB', 5 * HOUR, 'estimated'),
      4 * HOUR,
      'warning',
      'RecoveryMayBeTooSlow',
      /but recovery points in vault orders may take 5 h \(restore of 100 GiB 5 h est.\): state the size of the data, measure it with a restore test, keep a standby or relax/,
    ],
    [
      'any restore at all',
      term('restore', MINUTE, 'measured'),
      0,
      'error',
      'RecoveryTooSlow',
      /: keep a live copy that takes over by itself/,
    ],
  ])('says what helps against %s', (_what, restore, rtoMs, severity, code, message) => {
    const found = broken(OPERATOR_ERROR, 4 * HOUR, [points({ restore: [restore] })], 'RDS', rtoMs);
    expect(found).toMatchObject({ severity, code });
    expect(found.message).toMatch(message);
  });

  test('names each part, what of it is an estimate, and of what takes no time only the name', () => {
    const staleness = [
      term('longest gap', DAY),
      term('no start window', 0),
      term('copy', 30 * MINUTE, 'estimated'),
      term('index', 0, 'estimated'),
    ];
    expect(broken(REGION_LOSS, 4 * HOUR, [copied({ staleness })]).message).toContain(
      '(longest gap 24 h + no start window + copy 30 min est. + index)',
    );
  });

  test('asks for live replication of the copy that is meant, even if another has the same id', () => {
    const twin = copied({ by: 'Other plan', mechanism: 'another copy', form: 'continuous', staleness: [term('gap', 2 * DAY)] });
    const found = broken(REGION_LOSS, 4 * HOUR, [copied({ staleness: [term('longest gap', DAY)] }), twin]);
    expect(found.message).toMatch(/may be 24 h old .*: shorten the schedule/);
  });

  test('tells both numbers where both fail', () => {
    const late = points({ staleness: [term('longest gap', DAY)], restore: [term('restore', DAY, 'measured')] });
    expect(findings([database(), objective(), late]).map(({ code }) => code)).toEqual(['RecoveryPointTooOld', 'RecoveryTooSlow']);
  });

  test('is not told where nobody promised', () => {
    expect(findings([database(), points({ staleness: [] })])).toEqual([]);
  });
});

describe('a promise that nothing keeps', () => {
  test.each<[Disruption, ResourceType, RegExp]>([
    [
      OPERATOR_ERROR,
      'RDS',
      /when data is deleted or damaged, but it has no copy from before the error: add recovery points, or take OPERATOR_ERROR out/,
    ],
    [OPERATOR_ERROR, 'ElastiCache', /: AWS Backup does not protect ElastiCache, so add a backup of its own service or an export/],
    [ZONE_LOSS, 'RDS', /but it has no copy outside the zone: spread it over several zones or add recovery points, or/],
    [ZONE_LOSS, 'ElastiCache', /: spread it over several zones, or/],
    [REGION_LOSS, 'RDS', /: set 'recoveryRegion' to copy its recovery points there, or take REGION_LOSS out of what it survives$/],
    [
      REGION_LOSS,
      'Redshift',
      /: AWS Backup copies no recovery points of Redshift cluster to another Region, so replicate or export the data there, or/,
    ],
    [
      REGION_LOSS,
      'RDSCluster',
      /to another Region, so export the data there by a DatabaseExport with 'recoveryRegion', or take REGION_LOSS out/,
    ],
    [ACCOUNT_COMPROMISE, 'S3', /: copy its recovery points to another account or to a logically air-gapped vault with another key, or/],
    [ACCOUNT_COMPROMISE, 'RDS', /: copy its recovery points to another account or to a compliance-locked vault with another key, or/],
    [
      ACCOUNT_COMPROMISE,
      'Redshift',
      /: AWS Backup copies no recovery points of Redshift cluster to another account, so export the data to another account/,
    ],
  ])('%s of %s', (disruption, type, message) => {
    const found = broken(disruption, 4 * HOUR, [], type);
    expect(found).toMatchObject({ severity: 'error', code: 'NothingSurvives' });
    expect(found.message).toMatch(message);
    expect(found.message).toMatch(/^'Orders \/ database' promises 'rpo' 4 h and 'rto' 4 h when /);
  });
});

describe('a promise that only deployment can judge', () => {
  test.each<[string, readonly Fact[], RegExp]>([
    [
      'the place of a copy',
      [copied({ place: {} })],
      /\(copy in ap-northeast-3: whether it lies in another Region is known only at deploy time\)/,
    ],
    ['the age of a copy', [copied({ staleness: [] })], /\(copy in ap-northeast-3 does not say how old its data is\)/],
    ['the speed of a restore', [copied({ restore: [] })], /does not say how long it takes\)/],
    ['both', [copied({ staleness: [], restore: [] })], /does not say how old its data is and how long it takes\)/],
  ])('warns that %s is not known', (_what, copies, why) => {
    const found = broken(REGION_LOSS, 4 * HOUR, copies);
    expect(found).toMatchObject({ severity: 'warning', code: 'PromiseUnknown' });
    expect(found.message).toMatch(why);
    expect(found.message).toMatch(/give stacks an explicit 'env' and plain values, or take REGION_LOSS out of what it survives$/);
  });
});

test.each<[string, readonly Fact[], number, RegExp]>([
  ['one lock', [points({ immutable: 'governance', lockedMs: 'unknown' })], 1, /but how long its lock lasts is known only at deploy time/],
  [
    'two locks',
    [points({ immutable: 'governance', lockedMs: 'unknown' }), copied({ immutable: 'compliance', lockedMs: 'unknown' })],
    2,
    /asks for 2 immutable copies, but how long their locks last is known only at deploy time: give plain values$/,
  ],
])('warns that the copy rule depends on how long %s will hold', (_what, copies, immutable, message) => {
  const found = findings([database(), objective({ copyRule: { immutable }, survives: [] }), ...copies]);
  expect(found).toMatchObject([{ severity: 'warning', code: 'PromiseUnknown', message: expect.stringMatching(message) }]);
});

describe('the copy rule', () => {
  function lacking(copyRule: CopyRuleFact, copies: readonly Fact[], type: ResourceType = 'RDS') {
    return findings([database({ type }), objective({ copyRule, survives: [] }), ...copies]);
  }
  const LOCKED = { immutable: 'governance' } as const;
  const safe = (parts: Partial<CopyFact> = {}) =>
    points({ id: 'safe', mechanism: 'copy in account 444455556666', place: { ...SAFE, container: 'safe' }, ...parts });
  const multiRegion = (region: string) => ({ kind: 'customer', id: `arn:aws:kms:${region}:111122223333:key/mrk-1` }) as const;

  test.each<[string, CopyRuleFact, readonly Fact[]]>([
    ['3 copies on 2 media, 1 off-site', { copies: 3, media: 2, offSite: 1 }, [points(), copied()]],
    ['1 immutable, all verified', { immutable: 1, verified: true }, [points(LOCKED), restoreTest()]],
    ['1 in another account, which is not off-site', { otherAccount: 1 }, [safe()]],
    ['1 off-site under the replica of a multi-Region key', { offSite: 1 }, [copied({ key: multiRegion('ap-northeast-3') })]],
    ['1 air-gapped', { airGapped: 1 }, [points({ airGapped: true, immutable: 'compliance' })]],
    ['nothing', {}, []],
    ['no verification', { verified: false }, [points()]],
  ])('is content with %s', (_what, rule, copies) => {
    expect(lacking(rule, copies)).toEqual([]);
  });

  test.each<[string, CopyRuleFact, readonly Fact[], ResourceType, string, RegExp]>([
    [
      'a third copy',
      { copies: 3 },
      [points()],
      'RDS',
      'TooFewCopies',
      /asks for 3 copies, the resource included, but has 2: copy its recovery points to one more vault/,
    ],
    [
      'a copy that AWS Backup cannot make',
      { copies: 3 },
      [points()],
      'Redshift',
      'TooFewCopies',
      /: AWS Backup copies no recovery points of Redshift/,
    ],
    [
      'a copy that this library exports',
      { copies: 3 },
      [points()],
      'RDSCluster',
      'TooFewCopies',
      /copies no recovery points of RDS Multi-AZ cluster .*, so export the data by a DatabaseExport$/,
    ],
    [
      'a second medium, of which a replica of the service is none',
      { media: 2 },
      [replica()],
      'RDS',
      'TooFewMedia',
      /asks for 2 media, but has 1 \(the storage of a service is one, replicas included\): add recovery points of AWS Backup$/,
    ],
    [
      'two media more',
      { media: 3 },
      [],
      'RDS',
      'TooFewMedia',
      /asks for 3 media, but has 1 .*: add recovery points of AWS Backup and export the data to a bucket by a DatabaseExport$/,
    ],
    ['a third medium', { media: 3 }, [points()], 'RDS', 'TooFewMedia', /but has 2 .*: export the data to a bucket by a DatabaseExport$/],
    [
      'a third medium of files, which are not exported',
      { media: 3 },
      [],
      'EFS',
      'TooFewMedia',
      /: add recovery points of AWS Backup; there is no further one for a .*, so ask for less$/,
    ],
    [
      'a second medium of a cache',
      { media: 2 },
      [],
      'ElastiCache',
      'TooFewMedia',
      /but has 1 .*: there is no further one for a .*, so ask for less$/,
    ],
    [
      'a medium that there is not',
      { media: 3 },
      [points({ medium: 'export' })],
      'ElastiCache',
      'TooFewMedia',
      /but has 2 .*: there is no further one for a RDS PostgreSQL, so ask for less$/,
    ],
    ['an off-site copy', { offSite: 1 }, [], 'RDS', 'NoCopyOffSite', /asks for 1 copy in another Region, but has 0: set 'recoveryRegion'/],
    [
      'an off-site copy beside near ones',
      { offSite: 1 },
      [points()],
      'RDS',
      'NoCopyOffSite',
      /but has 0 \(1 more in its own Region\): set/,
    ],
    [
      'an off-site copy of a search domain',
      { offSite: 1 },
      [],
      'OpenSearch',
      'NoCopyOffSite',
      /does not protect OpenSearch domain, so replicate or export the data there$/,
    ],
    ...(
      [
        [
          'RDSCluster',
          /copies no recovery points of RDS Multi-AZ cluster to another Region, so export the data there by a DatabaseExport with 'recoveryRegion'$/,
        ],
        ['FSxONTAP', /so replicate it there with SnapMirror$/],
        ['Redshift', /so let Redshift copy its own snapshots there$/],
        ['ElastiCache', /does not protect ElastiCache, so replicate it there with a global datastore, or export its snapshots/],
      ] as const
    ).map(([type, message]): [string, CopyRuleFact, readonly Fact[], ResourceType, string, RegExp] => [
      `an off-site copy of ${type}, which AWS Backup does not copy`,
      { offSite: 1 },
      [],
      type,
      'NoCopyOffSite',
      message,
    ]),
    [
      'an off-site copy in another vault of the same Region',
      { offSite: 1 },
      [points({ id: 'second', place: { ...SAFE, container: 'second' } })],
      'RDS',
      'NoCopyOffSite',
      /but has 0 \(1 more in its own Region\): set 'recoveryRegion'/,
    ],
    [
      'an off-site copy with a key of its own',
      { offSite: 1 },
      [copied({ key: database().key })],
      'RDS',
      'NoCopyOffSite',
      /but has 0; 'copy in ap-northeast-3' does not count, because it has the key of the resource: give its vault or replica a key of its own in that Region$/,
    ],
    [
      'off-site copies with keys of their own',
      { offSite: 2 },
      [
        points(),
        copied({ key: database().key }),
        replica({ key: { kind: 'customer', id: 'arn:aws:kms:ap-northeast-1:111122223333:key/k' } }),
      ],
      'RDS',
      'NoCopyOffSite',
      /but has 0 \(1 more in its own Region\); 'copy in .*' does not count, because it has the key of the resource; 'read replica .*' does not count, because it has a key of the Region of the resource: give their vaults or replicas keys of their own in that Region$/,
    ],
    [
      'an off-site copy more than the keys could make',
      { offSite: 2 },
      [copied({ key: database().key })],
      'RDS',
      'NoCopyOffSite',
      /: give its vault or replica a key of its own in that Region, and set 'recoveryRegion' to copy its recovery points there$/,
    ],
    [
      'a copy in another account',
      { otherAccount: 1 },
      [points(), copied()],
      'RDS',
      'NoCopyInOtherAccount',
      /asks for 1 copy in another account, but has 0 \(2 more in its own account\): set 'recoveryAccount' to copy its recovery points there/,
    ],
    [
      'a copy of a Multi-AZ cluster in another account',
      { otherAccount: 1 },
      [points()],
      'RDSCluster',
      'NoCopyInOtherAccount',
      /: AWS Backup copies no recovery points of .*, so export the data to a bucket there by a DatabaseExport with 'recoveryAccount'$/,
    ],
    [
      'a copy in another account with a key of that account',
      { otherAccount: 1 },
      [safe({ key: { kind: 'customer', id: 'arn:aws:kms:ap-northeast-1:111122223333:key/k' } })],
      'RDS',
      'NoCopyInOtherAccount',
      /but has 0; 'copy in account 444455556666' does not count, because it has a key of the account of the resource: give its vault or replica a key of its own in that account$/,
    ],
    [
      'a copy in another account, which AWS Backup does not make',
      { otherAccount: 1 },
      [],
      'Redshift',
      'NoCopyInOtherAccount',
      /: AWS Backup copies no recovery points of Redshift cluster to another account, so export the data to a bucket there$/,
    ],
    ['an immutable copy', { immutable: 1 }, [points()], 'RDS', 'NoImmutableCopy', /asks for 1 immutable copy, but has 0: lock a vault/],
    [
      'an immutable copy of a cache',
      { immutable: 1 },
      [],
      'ElastiCache',
      'NoImmutableCopy',
      /: AWS Backup does not protect this type, so export the data to a bucket with object lock$/,
    ],
    [
      'an air-gapped copy',
      { airGapped: 1 },
      [points({ immutable: 'compliance' })],
      'S3',
      'NoAirGappedCopy',
      /asks for 1 air-gapped copy, but has 0: set 'airGappedVault', which gets a copy besides$/,
    ],
    [
      'an air-gapped copy of what no such vault takes',
      { airGapped: 2 },
      [points({ airGapped: true })],
      'RDS',
      'NoAirGappedCopy',
      /asks for 2 air-gapped copies, but has 1: a logically air-gapped vault takes no RDS PostgreSQL, so ask for 'immutable' and 'otherAccount' instead: lock a vault; .*, and set 'recoveryAccount' to copy/,
    ],
    ['a second immutable copy', { immutable: 2 }, [points(LOCKED)], 'RDS', 'NoImmutableCopy', /asks for 2 immutable copies, but has 1/],
    [
      'a restore test',
      { verified: true },
      [points()],
      'RDS',
      'UnverifiedCopies',
      /but recovery points in vault orders has none: add restore tests/,
    ],
    [
      'two restore tests',
      { verified: true },
      [points(), copied()],
      'RDS',
      'UnverifiedCopies',
      /but recovery points in vault orders, copy in ap-northeast-3 have none/,
    ],
  ])('fails without %s', (_what, rule, copies, type, code, message) => {
    const found = lacking(rule, copies, type);
    expect(found).toMatchObject([{ severity: 'error', code, at: 'Orders/Protection', resource: ID }]);
    expect(found[0].message).toMatch(message);
  });

  test.each<[string, Partial<CopyRuleFact>, Disruption[], RegExp]>([
    [
      'a copy in another account',
      { otherAccount: 1 },
      [],
      /: encrypt the .* with a customer managed key first, because .* and set 'recoveryAccount'/,
    ],
    ['a copy out of reach of an intruder', {}, [ACCOUNT_COMPROMISE], /: encrypt the .* with a customer managed key first, .* and copy/],
    ['what an air-gapped vault does not take', { airGapped: 1 }, [], /, and encrypt the .* with a customer managed key first/],
  ])('asks for a key that can be shared before %s', (_case, copyRule, survived, message) => {
    const promise = objective({ copyRule, survives: survived.map((disruption) => survives(disruption)) });
    const found = (kind: KeyFact['kind']) =>
      assess([database({ key: { kind } }), promise, points({ immutable: 'no' })], [], { unprotected: 'ignore' }).findings.map(
        (finding) => finding.message,
      );
    expect(found('service-managed')).toEqual([expect.stringMatching(message)]);
    expect(found('customer')).not.toEqual([expect.stringMatching(message)]);
  });

  test('warns where deployment may bring the copy off-site', () => {
    const found = lacking({ offSite: 1 }, [copied({ place: {} })]);
    expect(found).toMatchObject([{ severity: 'warning', code: 'PromiseUnknown' }]);
    expect(found[0].message).toMatch(/asks for 1 copy in another Region, but which Region is known only at deploy time/);
  });

  test.each<[string, CopyFact]>([
    ['the account', points({ place: {} })],
    ['the key', safe({ key: { kind: 'unknown' } })],
  ])('warns where only %s decides whether a copy is in another account', (_what, copy) => {
    const found = lacking({ otherAccount: 1 }, [copy]);
    expect(found).toMatchObject([{ severity: 'warning', code: 'PromiseUnknown' }]);
    expect(found[0].message).toMatch(
      /asks for 1 copy in another account, but which account, or whose key, is not known at synth: give stacks an explicit 'env' and an imported vault its 'encryptionKeyArn'$/,
    );
  });

  test('does not count a copy that is never made', () => {
    const never = copied({ impossible: 'AWS Backup copies none of them' });
    expect(lacking({ offSite: 1 }, [never]).map(({ code }) => code)).toEqual(['NoCopyOffSite', 'ImpossibleCopy']);
  });

  test('fails where even that copy would not suffice', () => {
    expect(lacking({ offSite: 2 }, [copied({ place: {} })])).toMatchObject([{ severity: 'error', code: 'NoCopyOffSite' }]);
  });
});

describe('contradictions', () => {
  const base = [database(), points()];
  const expiring = (shortestKeptMs: number | 'forever' | undefined, staleness: Term[]) =>
    findings([database(), points({ shortestKeptMs, staleness })]);

  test('fails for recovery points that expire before the next one is usable', () => {
    expect(expiring(DAY - 1, [term('longest gap', DAY)])).toEqual([
      {
        severity: 'error',
        code: 'ExpiresBeforeNext',
        at: 'Orders/Protection/Plan',
        resource: ID,
        message:
          "'Orders / database': 'keep' of recovery points in vault orders is 24 h, but the next recovery point may be usable only after " +
          '24 h (longest gap 24 h), and until then there is none: keep them longer or shorten the schedule',
      },
    ]);
  });

  test('warns where they do so by an estimate only', () => {
    expect(expiring(DAY, [term('longest gap', DAY), term('backup', 1, 'estimated')])).toMatchObject([
      { severity: 'warning', code: 'ExpiresBeforeNext' },
    ]);
  });

  test.each<[string, number | 'forever' | undefined, Term[]]>([
    ['as long as the next one takes', DAY, [term('longest gap', DAY)]],
    ['forever', 'forever', [term('longest gap', DAY)]],
    ['nobody knows how long', undefined, [term('longest gap', DAY)]],
    ['for the next one of unknown age', 1, []],
  ])('takes recovery points that are kept %s', (_what, keptMs, staleness) => {
    expect(expiring(keptMs, staleness)).toEqual([]);
  });

  test('does not ask it of continuous backup, which has no next one', () => {
    expect(findings([database(), continuous({ shortestKeptMs: 1 })])).toEqual([]);
  });

  test('fails for a copy that is never made', () => {
    const found = findings([database(), copied({ impossible: 'AWS Backup copies none of them' })]);
    expect(found).toMatchObject([{ severity: 'error', code: 'ImpossibleCopy', at: 'Orders/Protection/Plan', resource: ID }]);
    expect(found[0].message).toBe(
      "'Orders / database' counts on copy in ap-northeast-3, but it is never made because AWS Backup copies none of them: protect it without that copy, and replicate or export the data instead",
    );
  });

  test('fails for two objectives that differ, at the second', () => {
    const found = findings([...base, objective({ by: 'B', rpoMs: HOUR }), objective({ by: 'A' })]);
    expect(found).toMatchObject([{ severity: 'error', code: 'ConflictingObjectives', at: 'B', resource: ID }]);
    expect(found[0].message).toBe(
      "'Orders / database' is promised 'rpo' 1 h and 'rto' 4 h here, but 'A' promises 'rpo' 4 h and 'rto' 4 h in other terms: protect it once",
    );
  });

  test.each<[string, Partial<ReturnType<typeof objective>>]>([
    ['disruptions', { survives: [] }],
    ['copy rules', { copyRule: { copies: 2 } }],
    ['RTOs', { rtoMs: HOUR }],
  ])('fails for two objectives with different %s', (_what, parts) => {
    expect(findings([...base, objective({ by: 'A' }), objective({ by: 'B', ...parts })])).toMatchObject([
      { code: 'ConflictingObjectives' },
    ]);
  });

  test('takes the same objective twice', () => {
    expect(findings([...base, objective({ by: 'A' }), objective({ by: 'B', tier: 'important' })])).toEqual([]);
  });

  test.each<[string, Fact, string, RegExp]>([
    ['objective', objective({ resource: 'Gone' }), 'Orders/Protection', /^'Gone' has an objective, but nothing .* is known by that name/],
    ['copy', points({ resource: 'Gone' }), 'Orders/Protection/Plan', /^'Gone' has recovery points in vault orders, but nothing/],
    ['restore test', restoreTest({ resource: 'Gone' }), 'Gone', /^'Gone' has a restore test of 'orders', but nothing/],
  ])('fails for an %s of an unknown resource', (_what, fact, at, message) => {
    const found = findings([fact]);
    expect(found).toMatchObject([{ severity: 'error', code: 'UnknownResource', at, resource: 'Gone' }]);
    expect(found[0].message).toMatch(message);
  });

  test.each<[string, readonly Fact[], string, RegExp]>([
    [
      'an unknown copy',
      [database(), objective({ survives: [] }), points(), copied()],
      'Orders/Protection',
      /of 'lost', but no such copy: test one of 'orders', 'orders-osaka'$/,
    ],
    ['a copy of a resource without any', [database()], ID, /test one of its copies, once it has any$/],
  ])('fails for a restore test of %s', (_what, facts, at, message) => {
    const found = findings([...facts, restoreTest({ copy: 'lost' })]);
    expect(found).toMatchObject([{ severity: 'error', code: 'UnknownCopy', at, resource: ID }]);
    expect(found[0].message).toMatch(message);
  });

  test('takes a restore test of a copy that is never made: it is told once', () => {
    expect(findings([database(), points({ impossible: 'x' }), restoreTest()]).map(({ code }) => code)).toEqual(['ImpossibleCopy']);
  });
});

describe('coverage', () => {
  const exclusion = (parts: Partial<ExclusionFact> = {}): ExclusionFact => ({
    kind: 'exclusion',
    resource: 'Orders/Scratch',
    by: 'Orders/Coverage',
    reason: 'rebuilt from source',
    ...parts,
  });
  const scratch = stateful({ id: 'Orders/Scratch', name: 'Orders / scratch', type: 'S3', label: 'S3 bucket' });
  const cache = stateful({ id: 'Orders/Cache', name: 'Orders / cache', type: 'ElastiCache', label: 'ElastiCache' });
  const coverage = (facts: readonly Fact[], found: readonly StatefulResource[]) => {
    const { protected: safe, excluded, unprotected } = assess(facts, found, { unprotected: 'warn' }).coverage;
    return [safe, excluded, unprotected].map((resources) => resources.map(({ id }) => id));
  };

  test('sorts every stateful resource by what becomes of it, each by name', () => {
    const found = [scratch, cache, stateful(), stateful({ id: 'Z', name: 'A' })];
    expect(coverage([database(), objective(), points(), exclusion()], found)).toEqual([[ID], ['Orders/Scratch'], ['Z', 'Orders/Cache']]);
  });

  test('counts an imported resource that somebody protects', () => {
    expect(coverage([database(), objective()], [])).toEqual([[ID], [], []]);
  });

  test('counts recovery points without an objective as protection', () => {
    expect(coverage([database(), points()], [stateful()])).toEqual([[ID], [], []]);
  });

  test.each<[string, Fact]>([
    ['a replica, which follows every error', replica()],
    ['a copy that is never made', points({ impossible: 'x' })],
  ])('does not count %s', (_what, fact) => {
    expect(coverage([database(), fact], [stateful()])).toEqual([[], [], [ID]]);
  });

  test('an exclusion that follows from something else gives way to a protection', () => {
    const facts = [database(), points(), exclusion({ resource: ID, implied: true })];
    expect([findings(facts, [stateful()]), coverage(facts, [stateful()])]).toEqual([[], [[ID], [], []]]);
  });

  test('keeps the reason of an exclusion', () => {
    expect(assess([exclusion()], [scratch], { unprotected: 'warn' }).coverage.excluded).toEqual([
      { ...scratch, reason: 'rebuilt from source' },
    ]);
  });

  test('takes the first of two exclusions', () => {
    const twice = [exclusion({ by: 'B', reason: 'b' }), exclusion({ by: 'A', reason: 'a' })];
    expect(assess(twice, [scratch], { unprotected: 'warn' }).coverage.excluded[0].reason).toBe('a');
  });

  test('warns of what nobody protects', () => {
    expect(findings([], [scratch])).toEqual([
      {
        severity: 'warning',
        code: 'Unprotected',
        at: 'Orders/Scratch',
        resource: 'Orders/Scratch',
        message:
          "'Orders / scratch' (S3 bucket) holds data that nothing protects: protect it, or exclude it with a reason by RecoveryCoverage.of(...).exclude()",
      },
    ]);
  });

  test('says so where AWS Backup cannot help', () => {
    expect(findings([], [cache])[0].message).toMatch(
      /: AWS Backup does not protect this type, so back it up by other means, or exclude it/,
    );
  });

  test('fails for what nobody protects when asked to', () => {
    expect(findings([], [scratch], { unprotected: 'error' })).toMatchObject([{ severity: 'error', code: 'Unprotected' }]);
  });

  test('lists it all the same when asked to be silent', () => {
    const { findings: none, coverage: told } = assess([], [scratch], { unprotected: 'ignore' });
    expect([none, told.unprotected]).toEqual([[], [scratch]]);
  });

  test.each<[string, Fact[], StatefulResource[], string, string, RegExp]>([
    [
      'excludes what is protected',
      [database(), points(), exclusion({ resource: ID })],
      [stateful()],
      'error',
      'ExcludedButProtected',
      /^'Orders \/ database' is excluded here/,
    ],
    [
      'gives no reason',
      [exclusion({ reason: ' ' })],
      [scratch],
      'error',
      'ExclusionWithoutReason',
      /^'Orders \/ scratch' .* empty 'reason': say why/,
    ],
    [
      'names something unknown',
      [exclusion({ resource: 'Gone' })],
      [],
      'warning',
      'UnknownExclusion',
      /^'Gone' is excluded, but it holds no data/,
    ],
  ])('objects to an exclusion that %s', (_what, facts, found, severity, code, message) => {
    const [finding, ...others] = findings(facts, found);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity, code, at: 'Orders/Coverage' });
    expect(finding.message).toMatch(message);
  });
});

describe('findings', () => {
  const concern = (parts: Partial<ConcernFact> = {}): ConcernFact => ({
    kind: 'concern',
    severity: 'warning',
    code: 'SomeConcern',
    by: 'Orders/Plan',
    message: "'x' is y, but z: do w",
    ...parts,
  });

  test('pass on what a mechanism noticed about itself', () => {
    expect(findings([concern({ resource: ID })])).toEqual([
      { severity: 'warning', code: 'SomeConcern', at: 'Orders/Plan', resource: ID, message: "'x' is y, but z: do w" },
    ]);
  });

  test('come once, errors first, then by place and code', () => {
    const facts = [
      concern({ by: 'B' }),
      concern({ by: 'A', code: 'Second' }),
      concern({ by: 'A', code: 'First' }),
      concern({ by: 'C', severity: 'error' }),
      concern({ by: 'B' }),
    ];
    expect(findings(facts).map(({ at, code }) => `${at} ${code}`)).toEqual(['C SomeConcern', 'A First', 'A Second', 'B SomeConcern']);
  });

  test('all say the value, the limit and the remedy, in lower case, without a period', () => {
    const survivesAll = DISRUPTIONS.map((disruption) => survives(disruption, 0, 0));
    const facts = [
      database(),
      objective({
        survives: survivesAll,
        copyRule: { copies: 9, media: 3, offSite: 2, otherAccount: 1, immutable: 2, airGapped: 1, verified: true },
      }),
      copied({ key: database().key }),
      points({ immutable: 'governance', keptMs: DAY }),
      restoreTest({ copy: 'orders' }),
    ];
    const found = findings([...facts, copied({ id: 'x', impossible: 'y' })], [stateful({ id: 'Other' })]);
    expect(found.length).toBeGreaterThan(11);
    for (const { message } of found) {
      expect(message).toMatch(/^'[^']+' .+: .*[^.]$/);
    }
  });
});
