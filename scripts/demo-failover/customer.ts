import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';

/** What somebody who orders all the time has seen. */
export interface Seen {
  /** Numbers of the orders that were acknowledged, in their order. */
  readonly acknowledged: readonly number[];
  /** The longest time between two acknowledged orders. */
  readonly longestGap: { readonly ms: number; readonly after: number };
}

/** Orders without end, one after the other, and connects again whenever it has to: the application under load. */
export class Customer {
  private readonly numbers: number[] = [];
  private readonly times: number[] = [];
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
    return this.numbers.length;
  }

  public async stop(): Promise<Seen> {
    this.stopped = true;
    await this.ended;
    let longestGap = { ms: 0, after: 0 };
    for (let at = 1; at < this.times.length; at++) {
      const ms = this.times[at] - this.times[at - 1];
      longestGap = ms > longestGap.ms ? { ms, after: this.numbers[at - 1] } : longestGap;
    }
    return { acknowledged: this.numbers, longestGap };
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
          this.numbers.push(number);
          this.times.push(Date.now());
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

/** The acknowledged orders that a database has not got. */
export async function missingIn(connection: ClientConfig, acknowledged: readonly number[]): Promise<readonly number[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query('select number from placed');
    const kept = new Set(rows.map(({ number }) => Number(number)));
    return acknowledged.filter((number) => !kept.has(number));
  } finally {
    await client.end();
  }
}
