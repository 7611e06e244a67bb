import { assess } from '../../../lib/model/assessor';
import { DISRUPTIONS, Disruption } from '../../../lib/model/disruption';
import type { Fact, FailoverFact } from '../../../lib/model/facts';
import { TAKEOVER } from '../../../lib/model/facts';
import { renderText, toReport } from '../../../lib/model/report';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { copied, database, failover, objective, points, replica, restoreTest, survives, term } from '../facts';

const takenOverBy = (...failovers: readonly FailoverFact[]) => judged([replica(), ...failovers]);

function judged(facts: readonly Fact[], rtoMs = 4 * HOUR) {
  const promise = objective({ survives: DISRUPTIONS.map((each) => survives(each, 4 * HOUR, rtoMs)) });
  return assess([database(), promise, ...facts], [], { unprotected: 'warn' });
}

function lost(assessment: ReturnType<typeof judged>, disruption = Disruption.REGION_LOSS) {
  return assessment.resources[0].disruptions.find((each) => each.disruption === disruption)!;
}

test('the time of a failover is all that a site does, before and after the data is there', () => {
  const { rto, failover: by, outcome } = lost(takenOverBy(failover()));
  expect(rto?.terms.map(({ name }) => name)).toEqual(['a person says yes', 'promotion', 'lead traffic there']);
  expect(rto?.ms).toBe((15 + 10 + 3) * MINUTE);
  expect(by).toEqual({ strategy: 'warm standby', drill: { everyMs: 91 * DAY, words: 'drilled' } });
  expect(outcome).toBe('kept');
});

test('what the site does is not counted a second time as what somebody does by hand', () => {
  const restore = [term('promotion', 10 * MINUTE), term(TAKEOVER, HOUR)];
  const { rto } = lost(judged([replica({ restore }), failover()]));
  expect(rto?.terms.map(({ name }) => name)).not.toContain(TAKEOVER);
  expect(rto?.ms).toBe(28 * MINUTE);
});

test('without a site that takes over somebody has to do it by hand', () => {
  const restore = [term('promotion', 10 * MINUTE), term(TAKEOVER, HOUR)];
  expect(lost(judged([replica({ restore })])).rto?.ms).toBe(70 * MINUTE);
});

test.each([
  ['another Region takes over', replica(), failover({ region: 'us-west-2' }), Disruption.REGION_LOSS],
  ['only a zone is lost', replica(), failover(), Disruption.ZONE_LOSS],
  ['data is damaged', points(), failover(), Disruption.OPERATOR_ERROR],
])('a copy brings the data back as without a site where %s', (_what, copy, fact, disruption) => {
  const verdict = lost(judged([copy, fact]), disruption);
  expect(verdict.failover).toBeUndefined();
  expect(verdict.rto).toEqual(lost(judged([copy]), disruption).rto);
});

test('fails a promise that the people and steps of a failover use up, though promotion alone would keep it', () => {
  const findings = (facts: readonly Fact[]) => judged(facts, 20 * MINUTE).findings.filter(({ code }) => code === 'RecoveryTooSlow');
  const ofRegion = ({ message }: { readonly message: string }) => message.includes('when the Region is lost');
  expect(findings([replica()]).filter(ofRegion)).toEqual([]);
  expect(findings([replica(), failover()]).filter(ofRegion)).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/may take 28 min \(a person says yes 15 min \+ promotion 10 min \+ lead/) }),
  ]);
});

test('how long a copy takes that does not say is not known with a site either', () => {
  expect(lost(judged([replica({ restore: [] }), failover()]))).toMatchObject({ outcome: 'unknown', rto: undefined });
});

test('two resources that are taken over differently are judged each by itself', () => {
  const other = { resource: 'Orders/Other' };
  const { resources } = assess(
    [
      ...[database(), objective(), replica(), failover()],
      ...[database({ id: other.resource, name: 'Other' }), objective(other), replica(other), failover({ ...other, after: [] })],
    ],
    [],
    { unprotected: 'warn' },
  );
  expect(resources.map(({ disruptions }) => disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')?.rto?.ms)).toEqual([
    28 * MINUTE,
    25 * MINUTE,
  ]);
});

test('fails for a site that takes over what nobody recorded', () => {
  const { findings } = assess([failover({ resource: 'Orders/Gone' })], [], { unprotected: 'warn' });
  expect(findings).toEqual([
    expect.objectContaining({
      code: 'UnknownResource',
      at: 'App/Recovery',
      message: expect.stringMatching(/^'Orders\/Gone' has a site that takes over/),
    }),
  ]);
});

describe('the report', () => {
  const line = (facts: readonly Fact[]) =>
    renderText(toReport(judged(facts), 'Shop'), { width: 240 })
      .split('\n')
      .find((each) => each.includes('Region lost'));

  test.each<[string, readonly Fact[], RegExp]>([
    ['how often it is drilled', [replica(), failover()], /warm standby, read replica in ap-northeast-3; drilled quarterly$/],
    ['that it never is', [replica(), failover({ drill: undefined })], /read replica in ap-northeast-3; NOT drilled$/],
    [
      'tests of the copy besides',
      [copied(), restoreTest({ copy: 'orders-osaka' }), failover({ strategy: 'backup and restore' })],
      /backup and restore, copy in ap-northeast-3, kept 30 days; tested weekly, 3 checks; drilled quarterly$/,
    ],
  ])('says of a site that takes over %s', (_what, facts, row) => {
    expect(line(facts)).toMatch(row);
  });
});
