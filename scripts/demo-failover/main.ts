// A failover on this machine, for real: two PostgreSQL servers of which one follows the other, an application that orders all the time, the loss of a
// Region, the state machine and the agents that the library deploys, and the return of the Region. Only AWS itself is an emulator.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { spanWords } from '../../lib/model/evidence';
import { measuredOf, type SiteConfig } from '../../lib/model/recovery';
import { Assembly } from '../../test/emulator/assembly';
import { FailoverControl } from '../../test/emulator/failover-control';
import { type Emulator, eventually, startEmulator, synthesise, whyNoEmulator } from '../../test/emulator/harness';
import { whyNoPostgres } from '../../test/emulator/postgres';
import { StackClient } from '../../test/emulator/stack-client';
import { heading, line, soFar, step } from '../demo-restore/telling';
import { Customer, missingIn } from './customer';
import { openDoorway } from './doorway';
import { follow } from './follow';
import { Site } from './site';

const NAME = 'www.shop.example';
const OBJECTIVE = { rpoMs: 5 * 60_000, rtoMs: 60 * 60_000 };
/** What the machine waits between two looks, and for clients to ask DNS again, is made shorter by this. */
const WAIT_SCALE = 0.01;
const TTL_MS = 600;

interface Stage {
  readonly emulator: Emulator;
  readonly tokyo: Site;
  readonly osaka: Site;
  readonly password: string;
  /** Begins to order, with numbers above this one. */
  readonly customer: (above: number) => Customer;
}

async function main(): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const problem = whyNoEmulator() ?? whyNoPostgres();
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const ends: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const each of ends.splice(0).reverse()) {
      await each().catch(() => undefined);
    }
  };
  process.once('SIGINT', () => end().then(() => process.exit(130))).once('SIGTERM', () => end().then(() => process.exit(143)));
  try {
    await play(await setUp(ends));
  } finally {
    await end();
  }
}

async function setUp(ends: (() => Promise<void>)[]): Promise<Stage> {
  heading('A shop in Tokyo, and its standby in Osaka');
  const password = randomBytes(18).toString('hex');
  const emulator = await step('start an emulator of AWS', () => startEmulator());
  ends.push(() => emulator.stop());
  await new StackClient(emulator, 'us-east-1').create('Zone', {
    Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'shop.example' } },
  });
  const [{ physicalId: zone }] = await emulator.control.deployed({ type: 'AWS::Route53::HostedZone' });
  const assembly = await step('synthesise the application', () => synthesise(join(__dirname, 'app.ts'), { demo: { zone, password } }));
  ends.push(async () => rmSync(assembly, { recursive: true, force: true }));
  await step(
    'deploy it',
    () => new Assembly(emulator, assembly).deploy(),
    (stacks) => `${stacks.length} stacks in two Regions`,
  );
  await emulator.control.settings({ waitScale: WAIT_SCALE });
  const [tokyo, osaka] = [new Site(emulator, 'ap-northeast-1', 'Tokyo'), new Site(emulator, 'ap-northeast-3', 'Osaka')];
  await osaka.listen();
  const addresses: Record<string, { host: string; port: number }> = {};
  for (const site of [tokyo, osaka]) {
    addresses[site.region] = await site.server();
  }
  await ask(addresses[tokyo.region], password, 'create table placed (number int primary key, at timestamptz not null default now())');
  const resolve = async () => (await new FailoverControl(emulator.url).dns(NAME)).sets[0];
  const door = await openDoorway(resolve, addresses, TTL_MS);
  ends.push(() => door.stop());
  const lags = setInterval(() => [tokyo, osaka].forEach((site) => site.tellLag().catch(() => undefined)), 2_000);
  ends.push(async () => clearInterval(lags));
  const customer = (above: number): Customer => {
    const one = new Customer({ host: '127.0.0.1', port: door.port, user: 'app', password, database: 'shop' }, 2, above);
    ends.push(async () => void (await one.stop()));
    return one;
  };
  return { emulator, tokyo, osaka, password, customer };
}

async function play(stage: Stage): Promise<void> {
  const { emulator, tokyo, osaka, password, customer } = stage;
  const orders = customer(0);
  await step(
    'somebody orders without end, one order after the other',
    () => eventually('orders', async () => orders.count > 300 && orders.count),
    (count) => `${count} orders so far, by ${NAME}, which leads to Tokyo`,
  );

  heading('Tokyo is lost');
  const sinceMs = Date.now();
  await step('the Region is gone, and its database in the middle of an order', () => emulator.control.loseRegion(tokyo.region));
  await osaka.start({ kind: 'failover', id: 'tokyo-is-lost', by: 'the demonstration', sinceMs });
  const command = await step('the state machine of Osaka asks a person', () => osaka.asked());
  line(command.replace(/--task-token '[^']+'/, "--task-token '...'"));
  await step('a person has seen that Tokyo is down, and pastes that', () => osaka.say(command));
  await finish(osaka, 'tokyo-is-lost');
  const before = orders.count;
  await step(
    'orders come through again',
    () => eventually('orders', async () => orders.count > before + 200 && orders.count, 30_000),
    (count) => `${count} so far, by ${NAME}, which leads to Osaka`,
  );
  const seen = await orders.stop();
  const lost = await missingIn({ ...(await osaka.server()), user: 'app', password, database: 'shop' }, seen.acknowledged);
  await judge(osaka, seen.longestGap.ms, lost.length, seen.acknowledged.length);

  heading('Tokyo comes back');
  await step('the Region is there again, with a database that would take writes', () => emulator.control.loseRegion(tokyo.region, false));
  await step('its guard looks, and learns that Osaka has taken over', () => guardUntilFenced(tokyo));
  const refusal = await ask(await tokyo.server(), password, 'insert into placed values (0)').catch((error: Error) => error.message);
  line(`an order that is sent straight to Tokyo: ${refusal === undefined ? 'accepted' : `refused (${refusal})`}`);

  heading(`Done in ${soFar()}. Waiting times are shortened by ${1 / WAIT_SCALE}, and AWS takes its own: no time here is a promise.`);
}

async function finish(site: Site, id: string): Promise<void> {
  const end = await follow(site, id);
  if (end !== 'SUCCEEDED') {
    throw new Error(`the run of ${site.city} has ended as ${end}: ${(await site.register())?.run?.problem ?? 'nobody has said why'}`);
  }
}

async function judge(site: Site, gapMs: number, lost: number, of: number): Promise<void> {
  const run = (await site.register())?.run;
  if (run === undefined) {
    throw new Error('the site remembers no run');
  }
  const config: Pick<SiteConfig, 'objective' | 'data'> = { objective: OBJECTIVE, data: [] };
  const { recoveryTime } = measuredOf(run, config);
  line(`recovery time ${spanWords(recoveryTime.ms ?? 0)} (promised 1 h: ${recoveryTime.verdict}); nobody could order for ${spanWords(gapMs)}`);
  line(`lost ${lost} of ${of} acknowledged orders (promised: those of 5 min at most)`);
}

async function guardUntilFenced(site: Site): Promise<void> {
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

async function ask(server: { readonly host: string; readonly port: number }, password: string, query: string): Promise<undefined> {
  const client = new Client({ ...server, user: 'app', password, database: 'shop', connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(query);
  } finally {
    await client.end().catch(() => undefined);
  }
  return undefined;
}

main().catch((error: Error) => {
  process.stderr.write(`demo:failover: ${error.message}\n`);
  process.exitCode = 1;
});
