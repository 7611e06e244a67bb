import type { Connection } from './connection';

/** Lets the server plan by these settings while the work goes on, and as it does by itself afterwards. */
export async function planned<T>(connections: readonly Connection[], settings: readonly string[], work: () => Promise<T>): Promise<T> {
  const setAll = (all: readonly string[]) =>
    Promise.all(
      connections.map(async (connection) => {
        for (const setting of all) {
          await connection.query(`set ${setting}`);
        }
      }),
    );
  await setAll(settings);
  try {
    return await work();
  } finally {
    // a connection that is lost fails what is asked next
    await setAll(settings.map((setting) => `${setting.split(' ')[0]} to default`)).catch(() => {});
  }
}
