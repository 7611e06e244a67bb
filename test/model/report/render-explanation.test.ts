import { assess } from '../../../lib/model/assessor';
import { DISRUPTIONS } from '../../../lib/model/disruption';
import { type ReportResource, type ReportVerdict, renderExplanation, toReport } from '../../../lib/model/report';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { continuous, copied, database, objective, points, replica, survives, TOKYO } from '../facts';

const broken: ReportVerdict = {
  disruption: 'OPERATOR_ERROR',
  outcome: 'broken',
  mechanism: 'recovery points in vault orders',
  copy: 'vault',
  keptMs: 30 * DAY,
  objective: { rpoMs: 4 * HOUR, rtoMs: 8 * HOUR },
  rpo: {
    ms: 25 * HOUR + 30 * MINUTE,
    estimated: true,
    terms: [
      { name: 'longest gap between runs', ms: 24 * HOUR, basis: 'configured' },
      { name: 'backup of 100 GiB', ms: 90 * MINUTE, basis: 'estimated' },
    ],
  },
  rto: { ms: 'unbounded', estimated: false, terms: [{ name: 'nobody restores it', ms: 'unbounded', basis: 'declared' }] },
  notes: ['a first note', 'a second note'],
};
const survived: ReportVerdict = { disruption: 'ZONE_LOSS', outcome: 'not-promised', notes: [] };
const resource = {
  name: 'Orders / Database',
  label: 'RDS PostgreSQL',
  rpoMs: 4 * HOUR,
  rtoMs: 4 * HOUR,
  disruptions: [broken, survived],
  copies: { copies: 1, media: 1, offSite: 0, otherAccount: 0, immutable: 'no', airGapped: 0, unverified: 0, places: [] },
} as unknown as ReportResource;

test('tells each part of each number, largest spans and small ones in line', () => {
  expect(renderExplanation(resource, 'OPERATOR_ERROR').split('\n')).toEqual([
    'Orders / Database (RDS PostgreSQL): RPO 4 h, RTO 4 h',
    '',
    'operator error, corruption: broken',
    '  promised          RPO 4 h, RTO 8 h',
    '  brought back by   recovery points in vault orders, kept 30 days',
    '  proof             NOT tested',
    '  RPO at worst      25 h 30 est.',
    '                      24 h  longest gap between runs (configured)',
    '                    1 h 30  backup of 100 GiB (estimated)',
    '  RTO expected      unbounded',
    '                    unbounded  nobody restores it (declared)',
    '  note              a first note',
    '  note              a second note',
  ]);
});

test('tells every disruption where none is named, and leaves out what is not known', () => {
  const text = renderExplanation({ ...resource, rpoMs: undefined, rtoMs: undefined } as ReportResource);
  expect(text).toMatch(/^Orders \/ Database \(RDS PostgreSQL\): nothing is promised\n\noperator error/);
  expect(text.split('\n\n').slice(-2)).toEqual([
    'Availability Zone lost: not promised\n  brought back by   nothing brings it back (not promised)',
    '3-2-1: 1 copy, 1 medium, 0 off-site; immutable: no',
  ]);
});

describe('of copies', () => {
  const locked = points({
    id: 'locked',
    mechanism: 'locked vault',
    immutable: 'compliance',
    place: { ...TOKYO, container: 'locked' },
    key: { kind: 'customer', id: 'locked-key' },
  });
  const facts = [
    database(),
    objective({ survives: DISRUPTIONS.map((each) => survives(each)) }),
    points(),
    points({ id: 'weekly', by: 'Orders/Weekly', place: { ...TOKYO, container: 'weekly' } }),
    continuous({ keptMs: undefined, staleness: [] }),
    copied({ place: { region: 'ap-northeast-3' } }),
    locked,
    replica(),
  ];
  const [judged] = toReport(assess(facts, [], { unprotected: 'warn' }), 'Shop').resources;
  const part = (title: string) =>
    renderExplanation(judged)
      .split('\n\n')
      .find((each) => each.startsWith(title))
      ?.split('\n')
      .filter((row) => !/^ +(promised|brought back|proof|R[PT]O|\d)/.test(row));

  test('tells which survive, which do not and why, and of which only deployment tells', () => {
    expect(part('operator error')).toEqual([
      'operator error, corruption: kept',
      '  survives          point-in-time recovery',
      '                    locked vault',
      '                    recovery points in vault orders',
      '                    copy in ap-northeast-3',
      '  does not survive  read replica in ap-northeast-3: follows every change, so the error too',
      expect.stringMatching(/^ {2}note {14}jobs of 2 plans/),
    ]);
    expect(part('account')).toEqual([
      'account compromised: kept',
      '  survives          locked vault',
      '  not known         copy in ap-northeast-3: whether it lies in another account is known only at deploy time',
      '  does not survive  point-in-time recovery: lies in the account of the resource without a compliance lock',
      '                    recovery points in vault orders: lies in the account of the resource without a compliance lock',
      '                    read replica in ap-northeast-3: follows every change, those of an intruder too',
      expect.stringMatching(/^ {2}note {14}jobs of 2 plans/),
      expect.stringMatching(/^ {2}note {14}locked vault: its key may be in the same account; .* waiting period/),
    ]);
  });

  test('tells last where each is and under which key, unless only one disruption is asked for', () => {
    expect(part('3-2-1')?.slice(0, 5)).toEqual([
      '3-2-1: 6 copies, 2 media, 2 off-site; immutable: compliance lock',
      '  point-in-time recovery',
      '    ap-northeast-1, account 111122223333; AWS Backup; immutable: no; independent key; age not known',
      '  locked vault',
      '    ap-northeast-1, account 111122223333; AWS Backup; immutable: compliance lock; independent key; 2 h behind at worst; kept 35 days',
    ]);
    expect(renderExplanation(judged, 'REGION_LOSS')).not.toContain('3-2-1');
  });
});
