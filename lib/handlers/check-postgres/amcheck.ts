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

/** What is used of it: newer versions have more. */
const FUNCTIONS = ['bt_index_check', 'bt_index_parent_check', 'verify_heapam', 'gin_index_check'];
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
    `select n.nspname as schema, array_to_json(array_agg(p.proname)) as functions, bool_and(has_function_privilege(p.oid, 'execute')) as allowed
       from pg_extension e join pg_namespace n on n.oid = e.extnamespace
       join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
       join pg_proc p on p.oid = d.objid and p.proname = any ($1::text[])
      where e.extname = 'amcheck' and has_schema_privilege(n.oid, 'usage') group by 1`,
    [FUNCTIONS],
  );
  const [{ there }] = await connection.query("select exists (select from pg_extension where extname = 'amcheck') as there");
  if (extension?.allowed) {
    return { schema: extension.schema as string, functions: new Set(extension.functions as string[]) };
  }
  return there ? { why: `extension amcheck is there, and the role may not execute its functions: ${ADVICE}` } : undefined;
}
