import type { CopyPlace, ResourceAssessment } from '../../../lib/model/assessment';
import { auditNeedsOf } from '../../../lib/model/audit';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';

const copy = (more: Partial<CopyPlace> = {}): CopyPlace => ({
  copy: 'vault',
  mechanism: 'recovery points',
  form: 'points',
  medium: 'backup',
  place: { region: TOKYO, account: '1' },
  shortestKeptMs: 7 * DAY,
  immutable: 'no',
  lag: { ms: HOUR, terms: [] },
  survives: [],
  lost: [],
  ...more,
});
const resource = (places: readonly CopyPlace[], more: Partial<ResourceAssessment> = {}): ResourceAssessment =>
  ({
    id: 'r',
    place: { region: TOKYO, account: '1' },
    rpoMs: 4 * HOUR,
    rtoMs: 90 * MINUTE,
    copies: { places },
    ...more,
  }) as unknown as ResourceAssessment;
const needs = (...resources: ResourceAssessment[]) => auditNeedsOf(resources, () => 'DynamoDB', TOKYO);

test.each([
  ['the RPO', [resource([copy()])], 4],
  ['what the schedule explains where that is longer', [resource([copy({ lag: { ms: 25.5 * HOUR, terms: [] } })])], 26],
  ['the loosest of several', [resource([copy()]), resource([copy()], { rpoMs: 9 * HOUR })], 9],
  ['an hour at least', [resource([copy({ lag: { ms: 1, terms: [] } })], { rpoMs: MINUTE })], 1],
  ['no more than 744 hours', [resource([copy()], { rpoMs: 744 * HOUR })], 744],
  ['nothing beyond', [resource([copy()], { rpoMs: 745 * HOUR })], undefined],
  ['nothing where no age is known', [resource([copy({ lag: undefined })])], undefined],
])('the age of the newest recovery point is %s', (_case, resources, hours) => {
  expect(needs(...resources).recoveryPoint?.hours).toBe(hours);
});

test('only a lock beside the resource counts', () => {
  const locked = copy({ place: { region: OSAKA, account: '1' }, immutable: 'compliance' });
  expect(needs(resource([copy(), locked])).locked).toBeUndefined();
  expect(needs(resource([copy({ immutable: 'governance' }), locked])).locked).toEqual({ types: ['DynamoDB'] });
});

test('retention beside the resource counts, in whole days', () => {
  const elsewhere = copy({ place: { region: OSAKA, account: '1' }, shortestKeptMs: DAY });
  expect(needs(resource([copy({ shortestKeptMs: 7.5 * DAY }), elsewhere])).retentionDays).toBe(7);
  expect(needs(resource([copy({ shortestKeptMs: 'forever' })])).retentionDays).toBeUndefined();
});

test('other Regions and accounts are those that all resources share', () => {
  const to = (region: string, account = '1') => copy({ place: { region, account } });
  const { otherRegions, otherAccounts } = needs(resource([to(OSAKA), to('us-east-1', '2')]), resource([to(OSAKA)]));
  expect([otherRegions?.names, otherAccounts]).toEqual([[OSAKA], undefined]);
});

test('what is in another Region, or promised nothing, is not audited here', () => {
  const away = resource([copy()], { place: { region: OSAKA } });
  expect(needs(away, resource([copy()], { rpoMs: undefined }))).toMatchObject({
    planned: undefined,
    recoveryPoint: undefined,
    restore: undefined,
  });
});

test('types that no control evaluates are told apart', () => {
  expect(auditNeedsOf([resource([copy()])], () => 'Neptune', TOKYO)).toMatchObject({ planned: undefined, notAudited: ['Neptune'] });
});
