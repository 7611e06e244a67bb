import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import {
  type ConcludedRun,
  canonicalJson,
  type RunEvidence,
  readHead,
  readRecord,
  renderHtml,
  renderMarkdown,
  runPage,
  toRunRecord,
  verifyChain,
} from '../../../lib/model/evidence';
import { chainOf, filesOf, sha256, weekly } from './evidence';
import { quarterly, rolledBack, runFiles } from './runs';

type Files = Map<string, string>;

const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(join(__dirname, '../../../schema/recovery-run-evidence.schema.json'), 'utf8')),
);
const record = (sequence: number) => `records/${String(sequence).padStart(8, '0')}.json`;
const pointer = (quarter: number) => `runs/run-${quarter}.${quarterly(quarter).run.begunMs}.json`;
const FIVE = [quarterly(1), quarterly(2), rolledBack(3), quarterly(4), quarterly(5)];

function told(files: Files): string[] {
  return verifyChain(chainOf(files, readHead))
    .map(({ severity, kind, name }) => `${severity === 'note' ? 'note: ' : ''}${kind} ${name}`)
    .sort();
}

function recordOf(run: ConcludedRun): Omit<RunEvidence, 'pages'> {
  return toRunRecord(run, { sequence: 1 });
}

/** Writes another record in the place of one, with all that vouches for it. */
function forged(change: (record: RunEvidence) => object): Files {
  const files = runFiles([quarterly(1)]);
  const whole = readRecord(files.get(record(1))!).value as RunEvidence;
  const text = canonicalJson({ ...whole, ...change(whole) });
  const link = canonicalJson({ version: 1, sequence: 1, key: record(1), sha256: sha256(text), concludedMs: whole.concludedMs });
  return files.set(record(1), text).set('head.json', link).set(pointer(1), link);
}

function edit(name: string, from: string, to: string): (files: Files) => void {
  return (files) => files.set(name, files.get(name)!.replaceAll(from, to));
}

describe('the chain of runs', () => {
  test('is in order as it was written', () => {
    expect(told(runFiles(FIVE))).toEqual([]);
  });

  test.each<[string, (files: Files) => void, string[]]>([
    ['a loss made smaller', edit(record(2), '2000', '1000'), [`changed ${record(2)}`]],
    ['another who approved', edit(record(2), '"Ben"', '"Eve"'), [`changed ${record(2)}`]],
    ['a run that is gone', (files) => files.delete(record(3)), [`missing ${record(3)}`]],
    ['the last run that is gone', (files) => files.delete(record(5)), [`missing ${record(5)}`]],
    [
      'two runs that changed places',
      (files) => {
        const [second, fourth] = [files.get(record(2))!, files.get(record(4))!];
        files.set(record(2), fourth).set(record(4), second);
      },
      [`reordered ${record(2)}`, `reordered ${record(4)}`],
    ],
    [
      'a second run that follows the third',
      (files) => files.set('records/00000004-b.json', files.get(record(4))!.replace('Ben', 'Eve')),
      ['foreign records/00000004-b.json', 'forked records/00000004-b.json'],
    ],
    ['a page that says something else', (files) => files.set('pages/00000003.md', '# COMPLETED'), ['page pages/00000003.md']],
    ['a pointer that is gone', (files) => files.delete(pointer(2)), [`pointer ${pointer(2)}`]],
    ['a pointer to another run', (files) => files.set(pointer(2), files.get(pointer(4))!), [`pointer ${pointer(2)}`]],
    ['a pointer that names nobody', (files) => files.set('runs/run-9.1.json', files.get(pointer(4))!), ['pointer runs/run-9.1.json']],
  ])('names %s', (_case, tamper, expected) => {
    const files = runFiles(FIVE);
    tamper(files);
    expect(told(files)).toEqual(expected.sort());
  });

  test('names a run that has two records, and lets an id be used again at another time', () => {
    expect(told(runFiles([quarterly(1), quarterly(2), quarterly(1)]))).toEqual([`repeated ${record(3)}`]);
    const again = quarterly(2);
    const input = { ...again.run.input, id: 'run-1' };
    expect(told(runFiles([quarterly(1), { ...again, run: { ...again.run, input } }]))).toEqual([]);
  });

  test.each<[string, (record: RunEvidence) => object]>([
    [
      'that completed although traffic never moved',
      ({ run }) => ({ run: { ...run, steps: { ...run.steps, switch: { ...run.steps.switch, state: 'failed' } } } }),
    ],
    [
      'that took less than its steps show',
      ({ achieved }) => ({ achieved: { ...achieved, recoveryTime: { ...achieved.recoveryTime, ms: 1_000 } } }),
    ],
    [
      'that lost less than its steps show',
      ({ achieved }) => ({ achieved: { ...achieved, recoveryPoint: { ...achieved.recoveryPoint, ms: 0 } } }),
    ],
    [
      'that calls a promise kept that it missed',
      ({ achieved }) => ({ achieved: { ...achieved, recoveryTime: { ...achieved.recoveryTime, promisedMs: 60_000 } } }),
    ],
    ['that measured something though it did not complete', () => ({ outcome: 'rolled-back' })],
  ])('names a record, however well it is chained, of a run %s', (_case, change) => {
    expect(told(forged(change)).filter((each) => !each.startsWith('page'))).toEqual([`contradictory ${record(1)}`]);
  });

  test('reads restore tests as before, and says of a kind of later days that it does not know it', () => {
    expect(told(filesOf([weekly(1), weekly(2)]))).toEqual([]);
    expect(readRecord('{"version":1,"kind":"chaos-test"}').problem).toBe('has kind "chaos-test", which this does not know');
    expect(readRecord('{"version":1,"kind":"recovery-run"}').problem).toBe("has no string at 'recovery'");
  });
});

describe('the record of a run', () => {
  test.each([quarterly(1), rolledBack(2)])('keeps to the published schema and can be read back', (run) => {
    const bytes = canonicalJson({ ...recordOf(run), pages: { html: '0'.repeat(64), md: '0'.repeat(64) } });
    validate(JSON.parse(bytes));
    expect(validate.errors).toBeNull();
    expect(canonicalJson(readRecord(bytes).value)).toBe(bytes);
  });

  test('claims no time and no loss of a run that did not complete', () => {
    const { achieved } = recordOf(rolledBack(1));
    expect(achieved.recoveryTime).toEqual({ outcome: 'unknown', promisedMs: 3_600_000 });
    expect(achieved.recoveryPoint).toMatchObject({ outcome: 'unknown', items: { orders: 2_000 }, unknown: ['carts'] });
    expect(achieved.recoveryPoint.ms).toBeUndefined();
  });

  test('tells who let it go on', () => {
    const { run } = quarterly(1);
    expect(recordOf(quarterly(1)).approval).toEqual({ required: true, given: 'on-request', by: 'Ben' });
    const nobody: Record<string, string>[] = [{}, { approvedBy: '' }, { approvedBy: '<your name>' }];
    for (const facts of nobody) {
      const nameless = { ...run, steps: { ...run.steps, fence: { ...run.steps.fence, facts } } };
      expect(recordOf(quarterly(1, { run: nameless })).approval).toEqual({ required: true, given: 'on-request' });
    }
    const beforehand = { ...run, input: { ...run.input, approved: true } };
    expect(recordOf(quarterly(1, { run: beforehand })).approval).toEqual({ required: true, given: 'beforehand', by: 'Aiko' });
    expect(recordOf(quarterly(1, { run: { ...run, steps: {} }, outcome: 'aborted' })).approval).toEqual({ required: true });
    expect(recordOf(quarterly(1, { approvalRequired: false })).approval).toEqual({ required: false });
  });
});

describe.each([
  [
    'HTML',
    (run: ConcludedRun) =>
      renderHtml(runPage(recordOf(run)))
        .replace(/<style>[\s\S]*?<\/style>/, '')
        .replaceAll('&#39;', "'"),
  ],
  ['Markdown', (run: ConcludedRun) => renderMarkdown(runPage(recordOf(run))).replace(/\\(.)/g, '$1')],
])('the page in %s', (_name, render) => {
  test('tells kind, outcome, both objectives, every step with its time, and who approved', () => {
    const text = render(quarterly(0));
    for (const part of [
      'failover of Orders at ap-northeast-3',
      'COMPLETED',
      "Run 'run-0', started by Aiko",
      '1 h',
      '10 min',
      'counted from the disruption',
      '2.0 s',
      'the data that lost most',
      'promote:orders',
      '2030-01-15 02:03:00 UTC',
      '2 min',
      'it takes writes',
      'given by Ben',
      'ap-northeast-1, which was fenced',
      '1 of Orders at ap-northeast-3',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('What is wrong');
  });

  test('tells what is wrong first, and of what nobody knows', () => {
    const text = render(rolledBack(1));
    const places = ['ROLLED-BACK', 'What is wrong', 'orders: the replica is gone', 'the run did not complete', 'nobody knows of carts'].map(
      (part) => text.indexOf(part),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test('says that a drill is one, and lets nothing that a step has found be markup', () => {
    const { run } = quarterly(1);
    const verify = { ...run.steps.verify, words: '<img src=x> | **bold**' };
    const text = render(quarterly(1, { run: { ...run, input: { ...run.input, drill: true }, steps: { ...run.steps, verify } } }));
    expect(text).toContain('Drill: failover of Orders');
    expect(text).not.toContain('<img');
  });
});
