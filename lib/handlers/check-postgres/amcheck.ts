import type { Connection } from './connection';
import { identifier } from './identifiers';
import { inWords } from './in-words';

/** Where the functions of amcheck are, and which of them there are. */
export interface Amcheck {
  readonly schema: string;
  readonly functions: ReadonlySet<string>;
}

/** Why amcheck cannot be used, in words. */
export interface NoAmcheck {
  readonly why: string;
}

/** A schema of ours in the restored copy, for the extension where the database does not have it. */
const OWN_SCHEMA = 'cdk_recovery_amcheck';
const ADVICE = 'create it in the database that is backed up, and let the role of the checks execute its functions';

/** Does the work with amcheck: that of the database, or else one that is made for it and removed again. */
export async function withAmcheck<T>(connection: Connection, work: (found: Amcheck | NoAmcheck) => Promise<T>): Promise<T> {
  const there = await find(connection);
  if (there) {
    return work(there);
  }
  try {
    await connection.transaction('read write', async () => {
      await connection.query(`create schema ${identifier(OWN_SCHEMA)}`);
      await connection.query(`create extension amcheck schema ${identifier(OWN_SCHEMA)}`);
    });
  } catch (error) {
    return work({ why: `extension amcheck is not there and cannot be made (${inWords(error)}): ${ADVICE}` });
  }
  try {
    return await work((await find(connection)) ?? { why: 'extension amcheck was made and is not there' });
  } finally {
    await connection
      .transaction('read write', () => connection.query(`drop schema ${identifier(OWN_SCHEMA)} cascade`))
      // the copy is deleted with all that is in it
      .catch(() => {});
  }
}

async function find(connection: Connection): Promise<Amcheck | NoAmcheck | undefined> {
  const [extension] = await connection.query(
    `select n.nspname as schema, has_schema_privilege(n.oid, 'usage') as open, exists (select from pg_proc p where p.pronamespace = n.oid and p.proname = 'verify_heapam') as heap,
            (select coalesce(json_agg(p.proname), '[]') from pg_proc p
              where p.pronamespace = n.oid and has_function_privilege(p.oid, 'execute')
                and (p.proname in ('verify_heapam', 'gin_index_check') or p.proname in ('bt_index_check', 'bt_index_parent_check') and p.pronargs = 2)) as functions
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`,
  );
  if (!extension) {
    return undefined;
  }
  const functions = new Set(extension.functions as string[]);
  // versions before 14 have nothing for tables
  const needed = ['bt_index_check', 'bt_index_parent_check', ...(extension.heap ? ['verify_heapam'] : [])];
  return extension.open && needed.every((name) => functions.has(name))
    ? { schema: extension.schema as string, functions }
    : { why: `extension amcheck is there, and the role may not execute its functions: ${ADVICE}` };
}
