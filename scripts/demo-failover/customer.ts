import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { Order } from './judge';

/** What somebody who orders all the time has seen. */
export interface Seen {
  /** Numbers of the orders that were acknowledged, in their order. */
  readonly acknowledged: readonly number[];
  /** The same, with the moments at which that was. */
  readonly orders: readonly Order[];
  /** The longest time without an acknowledged order, until the last look. */
  readonly longestGapMs: number;
}

/** Orders without end, one after the other, and connects again whenever it has to: the application under load. */
export class Customer {
  private readonly orders: Order[] = [];
  private stopped = false;
  private readonly ended: Promise<void>;

  /** `connection` leads to whatever has the traffic; the table `placed(number)` has to be there. */
  constructor(
    private readonly connection: ClientConfig,
    private readonly pauseMs = 2,
    /** The first order has the number after this one. */
    private number = 0,
  ) {
    this.ended = this.orderOnAndOn();
  }

  /** How many orders were acknowledged so far. */
  public get count(): number {
    return this.orders.length;
  }

  public async stop(): Promise<Seen> {
    const untilMs = Date.now();
    this.stopped = true;
    await this.ended;
    const times = [...this.orders.map(({ atMs }) => atMs), untilMs];
    const gaps = times.slice(1).map((atMs, index) => atMs - times[index]);
    return { acknowledged: this.orders.map(({ number }) => number), orders: this.orders, longestGapMs: Math.max(0, ...gaps) };
  }

  private async orderOnAndOn(): Promise<void> {
    while (!this.stopped) {
      const client = new Client({ ...this.connection, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (!this.stopped) {
          // a number is never used twice: whether the order before was kept is not known when its answer is lost
          const number = ++this.number;
          await client.query('insert into placed (number) values ($1)', [number]);
          this.orders.push({ number, atMs: Date.now() });
          await pause(this.pauseMs);
        }
      } catch {
        await pause(100);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}

/** The numbers of the orders that a database has. */
export async function ordersIn(connection: ClientConfig): Promise<ReadonlySet<number>> {
  const client = new Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query('select number from placed');
    return new Set(rows.map(({ number }) => Number(number)));
  } finally {
    await client.end();
  }
}

/** The acknowledged orders that a database has not got. */
export async function missingIn(connection: ClientConfig, acknowledged: readonly number[]): Promise<readonly number[]> {
  const kept = await ordersIn(connection);
  return acknowledged.filter((number) => !kept.has(number));
}
