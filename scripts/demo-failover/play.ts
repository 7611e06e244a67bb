import { evidenceIn } from '../../bin/commands/evidence';
import { approvalWords, isRun, type RunEvidence, spanWords } from '../../lib/model/evidence';
import { eventually } from '../../test/emulator/harness';
import { heading, line, step } from '../demo-restore/telling';
import { type Customer, ordersIn, type Seen } from './customer';
import { follow } from './follow';
import { judge, type Promised } from './judge';
import type { Site } from './site';
import { NAME, type Stage } from './stage';

/** What the application promises for the loss of a Region; a move on purpose loses nothing. */
const LOSS: Promised = { rpoMs: 5 * 60_000, rtoMs: 60 * 60_000 };
const MOVE: Promised = { ...LOSS, rpoMs: 0 };
/** RDS tells once a minute how far a replica is. */
const REPLICA_TOLD_MS = 121_000;
const NAME_OF_PERSON = 'Aiko, on call';

/** Plays the loss of Tokyo, its return and the way back; whether all that is promised was kept. */
export async function play(stage: Stage): Promise<boolean> {
  const first = await loseTokyo(stage);
  if (first === undefined) {
    return false;
  }
  await bringTokyoBack(stage);
  const moved = await moveBack(stage, first);
  return (await showEvidence(stage)) && moved;
}

/** The orders that the failover has kept, where it has kept what is promised. */
async function loseTokyo({ emulator, tokyo, osaka, customer, connection }: Stage): Promise<Seen | undefined> {
  const orders = customer(0, 2);
  await step(
    'somebody orders without end, one order after the other',
    () => eventually('orders', async () => orders.count > 300 && orders.count),
    (count) => `${count} acknowledged so far, by ${NAME}, which leads to Tokyo`,
  );

  heading('Tokyo is lost');
  const lostMs = Date.now();
  await step('the Region is gone, and its database in the middle of an order', () => emulator.control.loseRegion(tokyo.region));
  await osaka.start({ kind: 'failover', id: 'tokyo-is-lost', by: 'the demonstration', sinceMs: lostMs });
  const asked = await step('somebody starts the state machine of Osaka, which asks whoever is on call, with a command to paste', () =>
    osaka.asked(),
  );
  const command = asked.replace('<your name>', NAME_OF_PERSON);
  line(command.replace(/--task-token '[^']+'/, "--task-token '...'"));
  await step('who is on call has seen that nothing writes in Tokyo any more, and runs it', () => osaka.say(command));
  await finish(osaka, 'tokyo-is-lost');
  const isOver = await ordersAgain(orders, osaka);
  const seen = await orders.stop();
  const kept = await ordersIn(await connection(osaka));
  const good = tell({ orders: seen.orders, kept, endMs: lostMs, gapMs: seen.longestGapMs, isOver }, LOSS);
  const there = seen.orders.filter(({ number }) => kept.has(number));
  return good ? { ...seen, orders: there } : undefined;
}

async function bringTokyoBack({ emulator, tokyo, refusal }: Stage): Promise<void> {
  heading('Tokyo comes back');
  await step('the Region is there again, with a database that would take orders', () => emulator.control.loseRegion(tokyo.region, false));
  await step('the guard of Tokyo looks, as it does every minute: Osaka has taken over, so it closes its own database', () => fenced(tokyo));
  const why = await refusal(tokyo, 'insert into placed values (0)');
  line(
    `an order that is sent straight to Tokyo: ${why === undefined ? 'ACCEPTED, so that two databases take orders' : `refused (${why})`}`,
  );
  if (why === undefined) {
    throw new Error('Tokyo and Osaka both take orders');
  }
}

async function moveBack({ emulator, tokyo, osaka, customer, connection, findServers }: Stage, before: Seen): Promise<boolean> {
  heading('The way back to Tokyo, while somebody orders');
  // the last order of before may have been kept without being acknowledged
  const orders = customer(1_000_000, 20);
  await eventually('orders', async () => orders.count > 20);
  await tokyo.start({ kind: 'failback', id: 'back-to-tokyo', by: 'the demonstration' });
  await finish(tokyo, 'back-to-tokyo', async () => {
    await emulator.control.advanceClock(REPLICA_TOLD_MS);
    await Promise.all([tokyo, osaka].map((site) => site.tellLag()));
  });
  await findServers();
  const isOver = await ordersAgain(orders, tokyo);
  const seen = await orders.stop();
  const kept = await ordersIn(await connection(tokyo));
  return tell({ orders: [...before.orders, ...seen.orders], kept, endMs: Date.now(), gapMs: seen.longestGapMs, isOver }, MOVE);
}

async function finish(site: Site, id: string, untilReplicaIsTold?: () => Promise<void>): Promise<void> {
  const once = async (): Promise<number> => {
    await untilReplicaIsTold?.();
    return REPLICA_TOLD_MS;
  };
  const end = await follow(site, id, untilReplicaIsTold && { step: 'drain', once });
  if (end !== 'SUCCEEDED') {
    const why = (await site.register())?.run?.problem ?? 'nobody has said why';
    throw new Error(`the run in ${site.city} has ended as ${end}: ${site.inWords(why)}`);
  }
}

/** Whether orders come through again within half a minute. */
async function ordersAgain(orders: Customer, site: Site): Promise<boolean> {
  const before = orders.count;
  return step(
    'orders come through again',
    () =>
      eventually('orders', async () => orders.count > before + 20, 30_000).then(
        () => true,
        () => false,
      ),
    (again) =>
      again
        ? `${orders.count.toLocaleString('en-US')} acknowledged so far, by ${NAME}, which leads to ${site.city}`
        : 'NO, not within 30 s',
  );
}

function tell(outage: Parameters<typeof judge>[0], promised: Promised): boolean {
  const { verdict, reasons } = judge(outage, promised);
  heading(`  ${verdict}`);
  reasons.forEach(line);
  return verdict === 'KEPT';
}

async function fenced(site: Site): Promise<void> {
  await eventually(
    'the fence',
    async () => {
      await site.guard();
      const register = await site.register();
      return register?.role === 'fenced' && register.gate === 'closed';
    },
    60_000,
  );
}

/** Whether the runs are on record as kept, in chains that nobody has changed. */
async function showEvidence({ emulator, tokyo, osaka }: Stage): Promise<boolean> {
  heading('The evidence: what each run has put on record, in a bucket that nobody can delete from');
  Object.assign(process.env, emulator.env);
  const good: boolean[] = [];
  for (const site of [osaka, tokyo]) {
    for (const { records, findings } of await evidenceIn(await site.evidence(), () => undefined)) {
      const intact = findings.every(({ severity }) => severity !== 'fault');
      const runs = records.map(({ reading }) => reading.value).filter((record) => record !== undefined && isRun(record));
      line(`${site.city}: ${runs.length} run, ${intact ? 'the chain is as it was written' : 'THE CHAIN IS NOT AS IT WAS WRITTEN'}`);
      for (const { run, outcome, approval, achieved } of runs) {
        const { recoveryTime: time, recoveryPoint: point } = achieved;
        line(`  ${run.input.kind}, run '${run.input.id}', started by ${run.input.by}: ${outcome}; approval: ${approvalWords(approval)}`);
        line(`  promised and achieved: recovery time ${achievedWords(time)}, recovery point ${achievedWords(point)}`);
        good.push(intact && time.outcome === 'kept' && point.outcome === 'kept');
      }
    }
  }
  line('The machine does not count orders: it claims the loss of all since CloudWatch last told how far the replica was.');
  return good.length === 2 && good.every((one) => one);
}

function achievedWords({ promisedMs = 0, ms = 0, outcome }: RunEvidence['achieved']['recoveryTime']): string {
  return `${spanWords(promisedMs)}, ${spanWords(ms)}: ${outcome}`;
}
