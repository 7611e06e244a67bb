import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { RunStore } from '../../../lib/handlers/evidence/run-store';
import { canonicalJson, isRun, type RunEvidence, readHead, readRecord, verifyChain } from '../../../lib/model/evidence';
import type { Message, RunInput } from '../../../lib/model/recovery';
import { HOUR, MINUTE } from '../../../lib/model/time';
import { chainOf } from '../../model/evidence/evidence';
import { OSAKA, TOKYO } from '../../model/recovery/sites';
import { MemoryStore } from '../evidence/memory-store';
import { FAILOVER, FakeSite } from './fakes';
import { type Steps, TAKE_OVER } from './two-sites';

const FOLDER = 'recovery/Orders/';
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
        if (this.crash === 'before') {
          throw new Error('denied');
        }
        await new RunStore(this.objects, FOLDER).append(run);
      },
      tell: async (topic: string, message: Message) => {
        if (this.crash === 'after') {
          throw new Error('killed');
        }
        await super.ports.tell(topic, message);
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
  // others write the register again and again: the end of the run cannot be noted, and so is not put on record
  site.conflicts = 1_000;
  await expect(site.step('conclude')).rejects.toThrow('others wrote the register');
  expect(site.register.run?.stage).toBe('activated');
  expect(site.records).toEqual([]);
  site.conflicts = 0;
  site.crash = 'after';
  await expect(site.step('conclude')).rejects.toThrow('killed');
  const [first] = site.records;
  site.crash = undefined;
  site.nowMs += HOUR;
  expect(await site.step('conclude')).toMatchObject({ outcome: 'completed' });
  expect(await site.step('conclude')).toMatchObject({ outcome: 'completed' });
  expect(site.records.map(canonicalJson)).toEqual([canonicalJson(first)]);
  expect(site.findings).toEqual([]);
  expect(site.register.ended).toBeUndefined();
});

describe('a run that nobody concludes', () => {
  const HALTED: Steps = TAKE_OVER.slice(0, 6);
  const other: RunInput = { ...FAILOVER, id: 'run-2', acceptOldData: true, abandon: 'run-1' };
  const asked = { recovery: 'Orders', from: TOKYO } as const;

  test.each<[string, Steps, (site: RecordedSite) => Promise<unknown>, string]>([
    ['because another site fences this one', TAKE_OVER, (site) => site.call({ op: 'fencePeer', ...asked, epoch: 2 }), 'completed'],
    ['because another site has taken over', HALTED, (site) => site.call({ op: 'letGo', ...asked, epoch: 2 }), 'superseded'],
    ['because another one gives it up', HALTED, (site) => site.step('begin', { run: other }), 'halted'],
    ['because it has died before it did anything', ['begin'], (site) => site.call({ op: 'guard' }), 'aborted'],
    [
      'because it has died before it did anything, and another one has begun',
      ['begin'],
      (site) => site.step('begin', { run: { ...FAILOVER, id: 'run-2' } }),
      'aborted',
    ],
  ])('%s leaves its record all the same', async (_, steps, ending, outcome) => {
    const site = new RecordedSite();
    if (steps === HALTED) {
      site.progress['promote orders'] = { state: 'failed', words: 'no' };
      await site.steps(FAILOVER, ...steps, 'undo', 'conclude');
      site.told.length = 0;
      expect(site.records).toEqual([]);
    } else {
      await site.steps(FAILOVER, ...steps);
    }
    site.nowMs += HOUR;
    await ending(site);
    site.nowMs += MINUTE;
    await site.call({ op: 'guard' });
    await site.call({ op: 'guard' });
    expect(site.records).toMatchObject([{ outcome, run: { input: FAILOVER } }]);
    expect(site.told.filter(({ text }) => text.includes("run 'run-1'"))).toHaveLength(1);
    expect(site.register.ended).toBeUndefined();
    expect(site.findings).toEqual([]);
    validate(JSON.parse(site.files.get('records/00000001.json')!));
    expect(validate.errors).toBeNull();
  });

  test('tells its machine how it has ended', async () => {
    const site = new RecordedSite();
    await site.steps(FAILOVER, ...TAKE_OVER.slice(0, 9));
    await site.call({ op: 'letGo', ...asked, epoch: 2 });
    await site.step('undo', { failure: { Error: 'StepFailed' } });
    expect(await site.step('conclude')).toMatchObject({ outcome: 'superseded', words: expect.stringContaining('higher epoch') });
    expect(site.records).toMatchObject([{ outcome: 'superseded' }]);
  });
});

test('what could not be put on record is tried again, and told once', async () => {
  const site = new RecordedSite();
  await site.steps(FAILOVER, ...TAKE_OVER);
  site.crash = 'before';
  await site.step('conclude');
  expect(site.register.run?.outcome).toBe('completed');
  expect(site.told.at(-1)?.text).toMatch(/evidence could not be kept/);
  site.nowMs += MINUTE;
  await site.call({ op: 'guard' });
  expect(site.records).toEqual([]);
  site.crash = undefined;
  await site.call({ op: 'guard' });
  await site.call({ op: 'guard' });
  expect(site.records).toMatchObject([{ outcome: 'completed' }]);
  expect(site.told).toHaveLength(1);
});

test('a moment of the disruption that is none is refused, before it could be put on record', async () => {
  const site = new RecordedSite();
  const run = { ...FAILOVER, sinceMs: '2026-11-23' as unknown as number };
  expect(await site.step('begin', { run })).toMatchObject({ state: 'failed', words: expect.stringContaining("'sinceMs'") });
});
