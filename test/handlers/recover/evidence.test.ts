import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { RunStore } from '../../../lib/handlers/evidence/run-store';
import { canonicalJson, isRun, type RunEvidence, readHead, readRecord, verifyChain } from '../../../lib/model/evidence';
import type { RunInput, RunStep } from '../../../lib/model/recovery';
import { HOUR } from '../../../lib/model/time';
import { chainOf } from '../../model/evidence/evidence';
import { OSAKA } from '../../model/recovery/sites';
import { MemoryStore } from '../evidence/memory-store';
import { FAILOVER, FakeSite } from './fakes';

type Steps = readonly (RunStep | readonly [RunStep, string])[];

const FOLDER = 'recovery/Orders/';
const TAKE_OVER: Steps = [
  'begin',
  'inject',
  'fence',
  'measure',
  'drain',
  ['promote', 'orders'],
  ['promote', 'carts'],
  ['scale', 'api'],
  'verify',
  'switch',
  'settle',
];
const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(join(__dirname, '../../../schema/recovery-run-evidence.schema.json'), 'utf8')),
);

/** A site whose evidence goes where a test can look at it. */
class RecordedSite extends FakeSite {
  public readonly objects = new MemoryStore();
  public crash: 'before' | 'after' | undefined;

  public override get ports() {
    return {
      ...super.ports,
      keep: async (_: unknown, run: Parameters<RunStore['append']>[0]) => {
        await new RunStore(this.objects, FOLDER).append(run);
      },
    };
  }

  public get records(): RunEvidence[] {
    const found = [...this.files].filter(([name]) => name.startsWith('records/')).map(([, text]) => readRecord(text).value!);
    return found.filter(isRun);
  }

  public get files(): Map<string, string> {
    return new Map([...this.objects.objects].map(([key, text]) => [key.slice(FOLDER.length), text]));
  }

  public get findings() {
    return verifyChain(chainOf(this.files, readHead));
  }
}

test.each<[string, RunInput, Steps, string]>([
  ['a failover', FAILOVER, TAKE_OVER, 'completed'],
  ['a drill', { ...FAILOVER, drill: true }, TAKE_OVER, 'completed'],
  ['a switchover', { ...FAILOVER, kind: 'switchover' }, TAKE_OVER, 'completed'],
  [
    'a failback',
    { ...FAILOVER, kind: 'failback' },
    ['begin', ['rebuild', 'orders'], ['rebuild', 'carts'], 'join', ['standBy', 'api'], ...TAKE_OVER.slice(1)],
    'completed',
  ],
  [
    'a rebuild',
    { ...FAILOVER, kind: 'rebuild' },
    ['begin', ['rebuild', 'orders'], ['rebuild', 'carts'], 'join', ['standBy', 'api']],
    'completed',
  ],
  [
    'a rehearsal',
    { ...FAILOVER, kind: 'rehearsal' },
    ['begin', ['rehearse', 'orders'], ['tidy', 'orders'], ['rehearse', 'carts'], ['tidy', 'carts']],
    'completed',
  ],
  ['a failover that is given up', FAILOVER, ['begin', 'inject', 'fence', 'measure', 'undo'], 'rolled-back'],
  ['a failover that never got far', FAILOVER, ['begin'], 'aborted'],
])('%s leaves a record that keeps to the published schema and does not contradict itself', async (_case, run, steps, outcome) => {
  const site = new RecordedSite();
  await site.steps(run, ...steps, 'conclude');
  expect(site.records).toMatchObject([{ kind: 'recovery-run', recovery: 'Orders', site: OSAKA, outcome, run: { input: run } }]);
  expect(site.findings).toEqual([]);
  validate(JSON.parse(site.files.get('records/00000001.json')!));
  expect(validate.errors).toBeNull();
});

test('who approves is on record by name', async () => {
  const site = new RecordedSite(OSAKA, { approval: { required: true, timeoutMs: HOUR } });
  await site.steps(FAILOVER, 'begin', 'inject');
  await site.step('fence', { approval: { by: 'Ben' } });
  await site.steps(FAILOVER, ...TAKE_OVER.slice(3), 'conclude');
  expect(site.records[0].approval).toEqual({ required: true, given: 'on-request', by: 'Ben' });
});

test('a conclusion that is taken twice, or that crashes after its record is written, leaves one record, the first', async () => {
  const site = new RecordedSite();
  await site.steps(FAILOVER, ...TAKE_OVER);
  // others write the register again and again: the record is kept, the end of the run is not
  site.conflicts = 1_000;
  await expect(site.step('conclude')).rejects.toThrow('others wrote the register');
  expect(site.register.run?.stage).toBe('activated');
  const [first] = site.records;
  site.conflicts = 0;
  site.nowMs += HOUR;
  expect(await site.step('conclude')).toMatchObject({ outcome: 'completed' });
  expect(await site.step('conclude')).toMatchObject({ outcome: 'completed' });
  expect(site.records.map(canonicalJson)).toEqual([canonicalJson(first)]);
  expect(site.findings).toEqual([]);
});

test('a moment of the disruption that is none is refused, before it could be put on record', async () => {
  const site = new RecordedSite();
  const run = { ...FAILOVER, sinceMs: '2026-11-23' as unknown as number };
  expect(await site.step('begin', { run })).toMatchObject({ state: 'failed', words: expect.stringContaining("'sinceMs'") });
});
