import { type Connection as Client, createConnection } from 'mysql2';
import { Unable } from '../checks/finding';
import type { Answer } from '../sql/judge-answer';
import type { Login } from './login';
import { OWN_MODE, type Server, serverOf, settingsOf } from './settings';

/** One row of an answer, every value as text: small things only, for rows of tables stay in the server. */
export type Row = Readonly<Record<string, string | null>>;

/** How long the server may take to answer a login. */
const CONNECT_MS = 10_000;
const KILL_MS = 2_000;
const CLOSE_MS = 500;

/** One connection, which reads and does not write, and ends when the time is over. */
export class Connection {
  public server!: Server;
  private readonly client: Client;
  private ended?: Promise<void>;
  private readonly end = () => {
    this.ended ??= this.abandon();
  };

  private constructor(
    private readonly login: Login,
    private readonly signal: AbortSignal,
    leftMs: number,
  ) {
    this.client = clientFor(login, Math.min(CONNECT_MS, leftMs));
    // a lost connection fails the statement under way; on its own the event would end the process
    this.client.on('error', () => {});
    signal.addEventListener('abort', this.end);
  }

  /** Logs in; TLS is verified, and there is no way without. */
  public static async open(login: Login, signal: AbortSignal, leftMs: number, mode: 'own' | 'server' = 'own'): Promise<Connection> {
    const connection = new Connection(login, signal, leftMs);
    try {
      await connected(connection.client);
      await connection.prepare(leftMs, mode);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Runs one statement; never one with many rows. */
  public query(sql: string): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.client.query(sql, (error, rows) => (error ? reject(error) : resolve(Array.isArray(rows) ? (rows as Row[]) : [])));
    });
  }

  /** Runs one statement that answers with one row. */
  public async one(sql: string): Promise<Row> {
    const [row] = await this.query(sql);
    if (!row) {
      throw new Unable('the server gives no answer');
    }
    return row;
  }

  /** Runs a statement of the user in a transaction that may only read; of its rows only the first one is kept. */
  public async answerTo(sql: string): Promise<Answer> {
    await this.query('start transaction read only');
    let lost: (error: Error) => void = () => {};
    try {
      return await new Promise((resolve, reject) => {
        // a statement that streams is not told when the connection goes
        lost = reject;
        this.client.once('error', lost);
        let rows = 0;
        let columns = 0;
        let value: string | null = null;
        this.client
          .query({ sql, rowsAsArray: true })
          .on('fields', (fields: unknown) => {
            columns = Array.isArray(fields) ? fields.length : 0;
          })
          .on('result', (row: unknown) => {
            if (Array.isArray(row) && rows++ === 0) {
              value = row[0] as string | null;
            }
          })
          .on('error', reject)
          .on('end', () => resolve({ rows, columns, value }));
      });
    } finally {
      this.client.off('error', lost);
    }
  }

  public async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.end);
    if (!this.ended) {
      const quit = new Promise<void>((resolve) => this.client.end(() => resolve()));
      await Promise.race([quit, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
      this.client.destroy();
    }
    await this.ended;
  }

  private async prepare(leftMs: number, mode: 'own' | 'server'): Promise<void> {
    const { version } = await this.one('select version() as version');
    this.server = serverOf(String(version));
    for (const statement of [...settingsOf(this.server, leftMs), ...(mode === 'own' ? [OWN_MODE] : [])]) {
      await this.query(statement);
    }
  }

  /** Ends at once. A server does not notice that nobody waits any more, so that it is told by another connection. */
  private async abandon(): Promise<void> {
    const { threadId } = this.client as { threadId: number | null };
    this.client.destroy();
    if (threadId !== null && this.server) {
      const other = clientFor(this.login, KILL_MS);
      other.on('error', () => {});
      const killed = new Promise<void>((resolve) => other.query(`kill query ${threadId}`, () => resolve()));
      await Promise.race([killed, new Promise((resolve) => setTimeout(resolve, KILL_MS).unref())]);
      other.destroy();
    }
  }
}

function clientFor({ host, port, user, password, database, ssl }: Login, connectTimeout: number): Client {
  return createConnection({
    host,
    port,
    user,
    password,
    ...(database === undefined ? {} : { database }),
    ssl,
    connectTimeout: Math.max(1, connectTimeout),
    // the server gets no file of ours, however it asks
    flags: ['-LOCAL_FILES'],
    // text, as the server writes it: nothing is lost on the way
    typeCast: (field) => field.string(),
    // no code is made at run time
    disableEval: true,
  });
}

function connected(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.connect((error) => (error ? reject(error) : resolve()));
  });
}
