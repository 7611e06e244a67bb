import { probe } from '../../../lib/handlers/recover/aws-probes';
import type { Facts } from '../../../lib/handlers/recover/ports';
import type { ProbeConfig } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, siteConfig } from '../../model/recovery/sites';
import { FakeAws } from './aws';
import { FAILOVER, FakeSite, NOW } from './fakes';

const CHECKS: Extract<ProbeConfig, { kind: 'checks' }> = {
  kind: 'checks',
  name: 'orders: tables',
  data: 'orders',
  functionArn: 'arn:check',
  checks: [{ kind: 'foreign-keys', name: 'foreign keys' }],
  resourceType: 'RDS',
  database: { secretArn: 'arn:secret' },
};
const FACTS: Facts = { arn: `arn:aws:rds:${OSAKA}:111122223333:db:orders`, host: 'orders.example', port: 5432, engine: 'postgres' };

describe('functions that check data', () => {
  const said = (answer: object, more = {}) =>
    new FakeAws({ Invoke: { Payload: new TextEncoder().encode(JSON.stringify(answer)), ...more } });
  const result = (status: string) => ({ results: [{ name: 'foreign keys', status, found: `seen ${status}` }] });
  const look = (aws: FakeAws, facts: Facts | undefined = FACTS) => probe(aws.clients, CHECKS, facts, NOW);

  test.each([
    ['passed', result('passed'), { state: 'done', words: '1 checks passed' }],
    ['failed', result('failed'), { state: 'failed', words: 'foreign keys: seen failed' }],
    ['could not look', result('unable'), { state: 'pending', words: 'foreign keys: seen unable' }],
    ['said nothing', {}, { state: 'pending', words: 'foreign keys: no result' }],
    ['spoke of another check', { results: [{ name: 'rows', status: 'passed' }] }, { state: 'pending', words: 'foreign keys: no result' }],
  ])('are taken at their word where they %s', async (_case, answer, progress) => {
    expect(await look(said(answer))).toEqual(progress);
  });

  test('may look again where they have failed themselves', async () => {
    expect(await look(said({ errorMessage: 'no way' }, { FunctionError: 'Unhandled' }))).toMatchObject({
      state: 'pending',
      words: expect.stringContaining('no way'),
    });
  });

  test('have nothing to look at before anything was promoted', async () => {
    expect(await look(said(result('passed')), {})).toMatchObject({ state: 'pending' });
  });

  test.each([
    ['as old as data may be', { ...FACTS, pointMs: NOW - 5 * MINUTE }, NOW - 5 * MINUTE],
    ['as of now where nobody knows', FACTS, NOW],
  ])('hold the newest row to a moment: %s', async (_case, facts, recoveryPointMs) => {
    const aws = said(result('passed'));
    await look(aws, facts);
    const input = JSON.parse(new TextDecoder().decode(aws.inputs.Invoke.Payload as Uint8Array));
    expect(input).toMatchObject({
      test: { recoveryPointMs },
      target: {
        name: 'orders',
        engine: 'postgres',
        endpoint: { host: 'orders.example', port: 5432 },
        database: { secretArn: 'arn:secret' },
      },
      baselines: {},
    });
  });
});

describe('a run', () => {
  let site: FakeSite;
  beforeEach(() => {
    site = new FakeSite(OSAKA, { probes: [...siteConfig(OSAKA).probes, CHECKS] });
    site.progress['promote orders'] = { state: 'done', words: 'promoted', facts: FACTS };
  });
  const untilScaled = () =>
    site.steps(FAILOVER, 'begin', 'inject', 'fence', 'measure', 'drain', ['promote', 'orders'], ['promote', 'carts'], ['scale', 'api']);

  test('gives up at once where data are wrong, and leads no traffic to them', async () => {
    await untilScaled();
    site.progress['probe orders: tables'] = { state: 'failed', words: '3 rows without a parent' };
    expect(await site.step('verify')).toEqual({ state: 'failed', words: 'orders: tables: 3 rows without a parent' });
    expect(await site.step('switch')).toMatchObject({ state: 'failed', words: 'not done yet: verify' });
    expect(site.register.role).toBe('standby');
  });

  test('goes on once somebody has put them right', async () => {
    await untilScaled();
    site.progress['probe orders: tables'] = { state: 'failed', words: 'wrong' };
    await site.step('verify');
    delete site.progress['probe orders: tables'];
    expect(await site.steps(FAILOVER, 'verify', 'switch')).toMatchObject({ state: 'done' });
  });

  test('looks again where nobody could look, or the application does not answer yet', async () => {
    await untilScaled();
    site.progress['probe orders: tables'] = { state: 'pending', words: 'refused' };
    expect(await site.step('verify')).toMatchObject({ state: 'pending' });
    site.progress['probe orders: tables'] = { state: 'done', words: 'fine' };
    site.progress['probe api'] = { state: 'failed', words: 'status 500' };
    expect(await site.step('verify')).toMatchObject({ state: 'pending' });
  });

  test('that rehearses fails with the data that it has restored', async () => {
    const rehearsal = { kind: 'rehearsal', id: 'drill-1', by: 'drill' } as const;
    site.progress['probe orders: tables'] = { state: 'failed', words: 'wrong' };
    expect(await site.steps(rehearsal, 'begin', ['rehearse', 'orders'])).toEqual({ state: 'failed', words: 'orders: tables: wrong' });
  });
});
