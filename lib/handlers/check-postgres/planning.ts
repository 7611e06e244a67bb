import type { Connection } from './connection';

/** What a setting of the planner is to be: its name and value, as in `jit = off`. */
export type Setting = `${string} = ${string}`;

/** Lets the server plan by these settings while the work goes on, and as it does by itself afterwards. */
export async function planned<T>(connections: readonly Connection[], settings: readonly Setting[], work: () => Promise<T>): Promise<T> {
  await Promise.all(connections.map((connection) => plan(connection, settings, 'session')));
  try {
    return await work();
  } finally {
    const names = settings.map((setting) => `'${setting.split(' = ')[0]}'`).join(', ');
    const reset = `select set_config(name, reset_val, false) from pg_settings where name in (${names})`;
    // a connection that is lost fails what is asked next
    await Promise.all(connections.map((connection) => connection.query(reset))).catch(() => {});
  }
}

/** The same for one statement, in a transaction that is rolled back. */
export function plannedOnce<T>(connection: Connection, settings: readonly Setting[], work: () => Promise<T>): Promise<T> {
  return connection.transaction('read only', async () => {
    await plan(connection, settings, 'transaction');
    return work();
  });
}

/** One statement, however many settings. */
export async function plan(connection: Connection, settings: readonly Setting[], until: 'session' | 'transaction'): Promise<void> {
  const calls = settings.map((setting) => {
    const [name, value] = setting.split(' = ');
    return `set_config('${name}', '${value}', ${until === 'transaction'})`;
  });
  await connection.lists(`select ${calls.join(', ')}`);
}
