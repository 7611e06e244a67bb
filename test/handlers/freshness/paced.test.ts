import { paced } from '../../../lib/handlers/freshness/paced';

const openGate = () => new AbortController();

test('a few calls pass at once, and then one in its time, each Region for itself', async () => {
  const turn = paced(20, openGate().signal);
  const began = performance.now();
  await Promise.all(Array.from({ length: 5 }, () => turn('ap-northeast-1')));
  expect(performance.now() - began).toBeLessThan(20);
  await Promise.all(Array.from({ length: 10 }, () => turn('ap-northeast-1')));
  const tookMs = performance.now() - began;
  expect(tookMs).toBeGreaterThan(9 * 20);
  const before = performance.now();
  await turn('ap-northeast-3');
  expect(performance.now() - before).toBeLessThan(20);
});

test('nobody passes once the time is over', async () => {
  const time = openGate();
  const turn = paced(1, time.signal);
  time.abort(new Error('over'));
  await expect(turn('ap-northeast-1')).rejects.toThrow('over');
});
