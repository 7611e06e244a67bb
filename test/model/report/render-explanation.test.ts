import { type ReportResource, type ReportVerdict, renderExplanation } from '../../../lib/model/report';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';

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
  expect(text.split('\n\n').at(-1)?.split('\n')).toEqual([
    'Availability Zone lost: not promised',
    '  brought back by   nothing brings it back (not promised)',
  ]);
});
