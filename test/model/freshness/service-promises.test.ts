import type { ResourceAssessment } from '../../../lib/model/assessment';
import type { CopyFact, Fact, ResourceFact } from '../../../lib/model/facts';
import { type OnRecord, type PlanWatch, withServices } from '../../../lib/model/freshness';
import type { ResourceType } from '../../../lib/model/services';
import { HOUR, MINUTE } from '../../../lib/model/time';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ACCOUNT = '111122223333';
const VAULT = { region: TOKYO, account: ACCOUNT, container: 'main' };

const resource = (id: string, type: ResourceType): ResourceFact => ({ kind: 'resource', id, type }) as ResourceFact;
const copy = (of: string, more: Partial<CopyFact>): CopyFact =>
  ({
    kind: 'copy',
    resource: of,
    id: 'copy',
    by: 'Plan',
    form: 'points',
    medium: 'backup',
    place: VAULT,
    staleness: [],
    ...more,
  }) as CopyFact;
const backup = (of: string, more: Partial<CopyFact> = {}) => copy(of, { id: 'main', ...more });
const recovery = (of: string, ms: number, more: Partial<CopyFact> = {}) =>
  copy(of, {
    id: 'pitr',
    by: of,
    form: 'continuous',
    medium: 'service',
    beside: true,
    place: { region: TOKYO, account: ACCOUNT },
    staleness: [{ name: 'lag', ms, basis: 'documented' }],
    ...more,
  });
const promise = (id: string, by: string, rpoMs: number): ResourceAssessment =>
  ({ id, disruptions: [{ copy: by, objective: { rpoMs } }] }) as unknown as ResourceAssessment;
const PLAN: PlanWatch = {
  by: 'Plan',
  planName: 'Plan',
  place: { region: TOKYO, account: ACCOUNT },
  promises: [{ type: 'DynamoDB', copies: [{ place: VAULT, form: 'points', staleness: [] }] }],
};
const look = (facts: readonly Fact[], more: Partial<OnRecord> = {}) =>
  withServices(PLAN, { facts, resources: [], hasAlarm: () => false, ...more });
const table = (id: string) => resource(id, 'DynamoDB');

test('a plan without anything besides its recovery points is what it was', () => {
  expect(look([table('A'), backup('A')])).toEqual(PLAN);
});

test('resources of one type count together, with the slowest claim and the strictest RPO', () => {
  const facts = [table('A'), table('B'), backup('A'), backup('B'), recovery('A', 5 * MINUTE), recovery('B', 9 * MINUTE)];
  const resources = [promise('A', 'pitr', HOUR), promise('B', 'pitr', 2 * HOUR)];
  expect(look(facts, { resources }).services).toEqual([
    { type: 'DynamoDB', region: undefined, count: 2, rpoMs: HOUR, staleness: [expect.objectContaining({ ms: 9 * MINUTE })] },
  ]);
});

test('a copy that a plan and its construct both tell counts once', () => {
  const facts = [table('A'), backup('A'), recovery('A', 5 * MINUTE), recovery('A', 5 * MINUTE, { by: 'Other' })];
  expect(look(facts).services?.map(({ count }) => count)).toEqual([1]);
});

test.each<[string, readonly Fact[]]>([
  ['of a resource that the plan does not have', [table('A'), recovery('A', 1)]],
  ['of a resource of another plan', [table('A'), backup('A', { by: 'Other' }), recovery('A', 1)]],
  ['that the service cannot make', [table('A'), backup('A'), recovery('A', 1, { impossible: 'no' })]],
])('nothing is expected %s', (_what, facts) => {
  expect(look(facts).services).toBeUndefined();
  expect(look(facts).unseen).toBeUndefined();
});

test.each<[ResourceType, Partial<CopyFact>, boolean]>([
  ['DynamoDB', {}, true],
  ['RDS', {}, true],
  ['Aurora', {}, true],
  ['Neptune', {}, true],
  ['S3', {}, false],
  ['DynamoDB', { beside: false, place: { region: OSAKA } }, true],
  ['RDS', { beside: false, place: { region: OSAKA, account: ACCOUNT } }, true],
  ['Aurora', { beside: false, place: { region: OSAKA } }, false],
  ['RDS', { beside: false, place: { region: OSAKA, account: '444455556666' } }, false],
  ['RDS', { beside: false, place: {} }, false],
  ['RDS', { form: 'replica', beside: false, place: { region: OSAKA } }, false],
  ['DynamoDB', { medium: 'export', form: 'points', beside: false }, false],
])('of %s, a copy with %j is measured: %s', (type, more, measured) => {
  const { services, unseen } = look([resource('A', type), backup('A'), recovery('A', 1, more)]);
  expect([services?.length ?? 0, unseen?.length ?? 0]).toEqual(measured ? [1, 0] : [0, 1]);
});

test('what nobody measures is told by place, unless an alarm tells how old it is', () => {
  const replica = (of: string, region?: string) => recovery(of, 1, { id: 'replica', form: 'replica', beside: false, place: { region } });
  const facts = [
    table('A'),
    table('B'),
    backup('A'),
    backup('B'),
    replica('A', OSAKA),
    replica('B', OSAKA),
    recovery('B', 1, { id: 'files', medium: 'export', form: 'points', beside: false, place: {} }),
  ];
  expect(look(facts).unseen).toEqual([
    { place: `${OSAKA}/live copies`, count: 2 },
    { place: 'unknown Region/exports', count: 1 },
  ]);
  expect(look(facts, { hasAlarm: ({ medium }) => medium === 'export' }).unseen).toEqual([{ place: `${OSAKA}/live copies`, count: 2 }]);
  expect(look(facts, { hasAlarm: () => true }).unseen).toBeUndefined();
});

test('each place has the strictest RPO that relies on it, and only its own', () => {
  const facts = [table('A'), table('B'), resource('C', 'EFS'), backup('A'), backup('B'), backup('C')];
  const resources = [
    promise('A', 'main', 2 * HOUR),
    promise('B', 'main', HOUR),
    promise('C', 'main', MINUTE),
    promise('A', 'pitr', MINUTE),
  ];
  expect(look(facts, { resources }).promises[0].copies[0].rpoMs).toBe(HOUR);
  expect(look(facts, { resources: [promise('A', 'other', HOUR)] }).promises[0].copies[0]).not.toHaveProperty('rpoMs');
});
