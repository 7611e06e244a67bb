import { RunStore } from '../../../lib/handlers/evidence/run-store';
import { type ChainFinding, isRun, readHead, readRecord, verifyChain } from '../../../lib/model/evidence';
import { chainOf } from '../../model/evidence/evidence';
import { quarterly, rolledBack } from '../../model/evidence/runs';
import { MemoryStore } from './memory-store';

const FOLDER = 'recovery/Orders/';

function storeOf(objects: MemoryStore): RunStore {
  return new RunStore(objects, FOLDER);
}

function filesOf({ objects }: MemoryStore): Map<string, string> {
  return new Map([...objects].map(([key, text]) => [key.slice(FOLDER.length), text]));
}

function findingsOf(objects: MemoryStore): ChainFinding[] {
  return verifyChain(chainOf(filesOf(objects), readHead));
}

/** Ids of the runs, in the order of the chain. */
function runsOf(objects: MemoryStore): string[] {
  const records = [...filesOf(objects)].filter(([name]) => name.startsWith('records/')).sort(([one], [other]) => (one < other ? -1 : 1));
  return records.map(([, text]) => {
    const { value } = readRecord(text);
    return value && isRun(value) ? value.run.input.id : '?';
  });
}

test('writes a record, its two pages, and what leads to it, and chains what comes after', async () => {
  const objects = new MemoryStore();
  await storeOf(objects).append(quarterly(1));
  expect([...filesOf(objects).keys()].sort()).toEqual([
    'head.json',
    'pages/00000001.html',
    'pages/00000001.md',
    'records/00000001.json',
    `runs/run-1.${quarterly(1).run.begunMs}.json`,
  ]);
  await storeOf(objects).append(rolledBack(2));
  await storeOf(objects).append(quarterly(3));
  expect(findingsOf(objects)).toEqual([]);
  expect(runsOf(objects)).toEqual(['run-1', 'run-2', 'run-3']);
});

test('a run that is concluded twice stays as it was first', async () => {
  const objects = new MemoryStore();
  await storeOf(objects).append(quarterly(1));
  await storeOf(objects).append(quarterly(2));
  const before = new Map(objects.objects);
  const later = quarterly(1, { concludedMs: quarterly(1).concludedMs + 60_000, problem: 'said later' });
  const again = await storeOf(objects).append(later);
  expect(again).toMatchObject({ sequence: 1, concludedMs: quarterly(1).concludedMs });
  expect(objects.objects).toEqual(before);
  await expect(storeOf(objects).find(quarterly(1).run)).resolves.toEqual(again);
  await expect(storeOf(objects).find(quarterly(9).run)).resolves.toBeUndefined();
});

test('an id that is used again at another time is another run', async () => {
  const objects = new MemoryStore();
  const second = quarterly(2);
  await storeOf(objects).append(quarterly(1));
  await storeOf(objects).append({ ...second, run: { ...second.run, input: { ...second.run.input, id: 'run-1' } } });
  expect(runsOf(objects)).toEqual(['run-1', 'run-1']);
  expect(findingsOf(objects)).toEqual([]);
});

test('two that conclude the same run at once, and two runs at once, make one chain with each of them once', async () => {
  const objects = new MemoryStore();
  const slow = () => storeOf(objects.as(() => new Promise((resolve) => setTimeout(resolve, Math.random() * 3))));
  await Promise.all([1, 1, 2, 2, 3, 3].map((quarter) => slow().append(quarterly(quarter))));
  expect(findingsOf(objects)).toEqual([]);
  expect(runsOf(objects).sort()).toEqual(['run-1', 'run-2', 'run-3']);
});

test('a crash at any moment, before or after each call, loses nothing; the same run, concluded again, completes it', async () => {
  const operations: string[] = [];
  const whole = new MemoryStore();
  await storeOf(whole).append(quarterly(1));
  await storeOf(whole.as((operation, key) => void operations.push(`${operation} ${key}`))).append(quarterly(2));
  expect(operations.filter((operation) => !operation.startsWith('read'))).toHaveLength(5);
  for (const [crash] of operations.entries()) {
    for (const done of [false, true]) {
      const objects = new MemoryStore();
      await storeOf(objects).append(quarterly(1));
      let count = 0;
      const strike = (at: number) => {
        if (count === at) {
          throw new Error('crashed');
        }
      };
      const before = () => {
        if (!done) {
          strike(crash);
        }
        count++;
      };
      const after = () => done && strike(crash + 1);
      await storeOf(objects.as(before, () => void after()))
        .append(quarterly(2))
        .catch(() => undefined);
      expect(findingsOf(objects).filter(({ severity }) => severity === 'fault')).toEqual([]);
      await storeOf(objects).append(quarterly(2, { concludedMs: quarterly(2).concludedMs + 5_000 }));
      expect(findingsOf(objects)).toEqual([]);
      expect(runsOf(objects)).toEqual(['run-1', 'run-2']);
    }
  }
});

test('fails for a run whose pointer names the record of another', async () => {
  const objects = new MemoryStore();
  await storeOf(objects).append(quarterly(1));
  const pointer = (quarter: number) => `${FOLDER}runs/run-${quarter}.${quarterly(quarter).run.begunMs}.json`;
  objects.objects.set(pointer(2), objects.objects.get(pointer(1))!);
  await expect(storeOf(objects).append(quarterly(2))).rejects.toThrow(/which is about something else/);
});
