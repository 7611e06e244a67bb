import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { Assembly } from '../../test/emulator/assembly';
import { FailoverControl } from '../../test/emulator/failover-control';
import { type Emulator, synthesise } from '../../test/emulator/harness';
import { StackClient } from '../../test/emulator/stack-client';
import { step } from '../demo-restore/telling';
import { Customer } from './customer';
import { openDoorway } from './doorway';
import { Site } from './site';

export const NAME = 'api.orders.example';
/** What the machine waits between two looks, and for clients to ask DNS again, is made shorter by this. */
export const WAIT_SCALE = 0.01;
const TTL_MS = 600;
const LAG_EACH_MS = 2_000;

/** What has to be ended, the last one first. */
export type Ends = (() => Promise<void>)[];

/** Everything that the story is played with. */
export interface Stage {
  readonly emulator: Emulator;
  readonly tokyo: Site;
  readonly osaka: Site;
  /** Begins to order, with numbers above this one and a pause after each. */
  customer(above: number, pauseMs: number): Customer;
  /** How the application connects to the server of a site itself. */
  connection(site: Site): Promise<ClientConfig>;
  /** Asks the server of a site itself; why it refuses, or undefined. */
  refusal(site: Site, query: string): Promise<string | undefined>;
  /** Finds servers again, which a database that is made anew has others of. */
  findServers(): Promise<void>;
}

/** Deploys the application at both sites and opens the shop. */
export async function setUp(emulator: Emulator, ends: Ends): Promise<Stage> {
  const password = randomBytes(18).toString('hex');
  await new StackClient(emulator, 'us-east-1').create('Zone', {
    Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'orders.example' } },
  });
  const [{ physicalId: zone }] = await emulator.control.deployed({ type: 'AWS::Route53::HostedZone' });
  const assembly = await step('synthesise the application', () => synthesise(join(__dirname, 'app.ts'), { zone, password }));
  ends.push(async () => rmSync(assembly, { recursive: true, force: true }));
  await step(
    'deploy it',
    () => new Assembly(emulator, assembly).deploy(),
    (stacks) => `${stacks.length} stacks in two Regions; the PostgreSQL server of Osaka follows that of Tokyo`,
  );
  await emulator.control.settings({ waitScale: WAIT_SCALE });
  const [tokyo, osaka] = [new Site(emulator, 'ap-northeast-1'), new Site(emulator, 'ap-northeast-3')];
  await osaka.listen();
  const connection = async (site: Site): Promise<ClientConfig> => ({
    ...(await site.server()),
    user: 'app',
    password,
    database: 'shop',
    connectionTimeoutMillis: 3_000,
  });
  const addresses: Record<string, { host: string; port: number }> = {};
  const findServers = async (): Promise<void> => {
    for (const site of [tokyo, osaka]) {
      addresses[site.region] = await site.server();
    }
  };
  await findServers();
  await query(await connection(tokyo), 'create table placed (number int primary key, at timestamptz not null default now())');
  const resolve = async () => (await new FailoverControl(emulator.url).dns(NAME)).sets[0];
  const door = await openDoorway(resolve, addresses, TTL_MS);
  ends.push(() => door.stop());
  const lags = setInterval(() => {
    for (const site of [tokyo, osaka]) {
      site.tellLag().catch(() => undefined);
    }
  }, LAG_EACH_MS);
  ends.push(async () => clearInterval(lags));
  return {
    emulator,
    tokyo,
    osaka,
    connection,
    findServers,
    customer: (above, pauseMs) => {
      const one = new Customer({ host: '127.0.0.1', port: door.port, user: 'app', password, database: 'shop' }, pauseMs, above);
      ends.push(async () => void (await one.stop()));
      return one;
    },
    refusal: async (site, text) =>
      query(await connection(site), text).then(
        () => undefined,
        (error: Error) => error.message,
      ),
  };
}

async function query(connection: ClientConfig, text: string): Promise<void> {
  const client = new Client(connection);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => undefined);
  }
}
