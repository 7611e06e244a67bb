import { Client } from 'pg';
import { Unable } from '../checks/finding';
import type { Login } from './login';

/** One row of an answer: small things only, for rows of tables stay in the server. */
export type Row = Readonly<Record<string, unknown>>;

/** How long the server may take to answer a login. */
const CONNECT_MS = 10_000;
const LOCK_MS = 5_000;

/** Written by every value that is hashed or compared as text, so that each server writes it alike. */
const WRITTEN_ALIKE = [
  "set datestyle = 'ISO, YMD'",
  "set intervalstyle = 'postgres'",
  "set timezone = 'UTC'",
  'set extra_float_digits = 1',
  "set bytea_output = 'hex'",
];

const BOOLEAN = 16;

/** What a cast to text gives. */
function asText(type: number): (value: string) => string {
  return (value) => (type === BOOLEAN ? String(value === 't') : value);
}

/** One connection, which reads and does not write, and ends when the time is over. */
export class Connection {
  private readonly client: Client;
  private readonly end = () => this.destroy();

  private constructor(
    login: Login,
    private readonly signal: AbortSignal,
    leftMs: number,
  ) {
    this.client = new Client({
      ...login,
      application_name: 'cdk-recovery restore verification',
      connectionTimeoutMillis: Math.max(1, Math.min(CONNECT_MS, leftMs)),
      keepAlive: true,
    });
    // a lost connection fails the statement under way; on its own the event would end the process
    this.client.on('error', () => {});
    signal.addEventListener('abort', this.end);
  }

  /** Logs in; TLS is verified, and there is no way without. */
  public static async open(login: Login, signal: AbortSignal, leftMs: number): Promise<Connection> {
    const connection = new Connection(login, signal, leftMs);
    try {
      await connection.client.connect();
      await connection.prepare(leftMs);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Runs one statement; never one with many rows. */
  public async query(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.run(text, values)).rows;
  }

  /** Runs one statement and gives its rows as lists, so that columns of equal names count, and values as text. */
  public async lists(text: string, values: readonly unknown[] = []): Promise<(string | null)[][]> {
    return (await this.run(text, values, { rowMode: 'array', types: { getTypeParser: asText } })).rows as unknown as (string | null)[][];
  }

  /** Runs one statement whose answer is one value of type `bytea`; empty where there is none. */
  public async bytes(text: string): Promise<Buffer> {
    const [[value]] = (await this.run(text, [], { rowMode: 'array' })).rows as unknown as (Buffer | null)[][];
    return value ?? Buffer.alloc(0);
  }

  /** Runs one statement that answers with one row. */
  public async one(text: string, values: readonly unknown[] = []): Promise<Row> {
    const [row] = await this.query(text, values);
    if (!row) {
      throw new Unable('the server gives no answer');
    }
    return row;
  }

  /** Runs statements in a transaction that is rolled back, unless it may write. */
  public async transaction<T>(mode: 'read only' | 'read write', work: () => Promise<T>): Promise<T> {
    await this.query(`begin ${mode}`);
    try {
      const result = await work();
      await this.query(mode === 'read only' ? 'rollback' : 'commit');
      return result;
    } catch (error) {
      await this.query('rollback').catch(() => {});
      throw error;
    }
  }

  public async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.end);
    const ended = this.client.end().catch(() => {});
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
    this.destroy();
  }

  private run(text: string, values: readonly unknown[], options: object = {}) {
    // the extended protocol takes one statement only
    const config = { text, values: [...values], queryMode: 'extended', ...options };
    return this.client.query(config as { text: string; values: unknown[] });
  }

  private async prepare(leftMs: number): Promise<void> {
    const left = Math.max(1, Math.floor(leftMs));
    const settings = [
      'set default_transaction_read_only = on',
      `set statement_timeout = ${left}`,
      `set idle_in_transaction_session_timeout = ${left}`,
      `set lock_timeout = ${LOCK_MS}`,
      // policies would hide rows from a count without a word
      'set row_security = off',
      ...WRITTEN_ALIKE,
    ];
    await this.client.query(settings.join('; '));
    // the server notices that nobody waits any more; older ones and some systems cannot
    await this.client.query('set client_connection_check_interval = 5000').catch(() => {});
  }

  /** Ends at once: what the server still does for us ends by its own time-outs. */
  private destroy(): void {
    (this.client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
  }
}
