import type { Finding } from '../../model/self-managed';
import type { WorkContext } from '../engine';
import { runTool } from '../run-tool';
import { readCatalogue } from './catalogue';
import { tooOld } from './dump-version';
import { connect, loginTo } from './server';

/** Looks at the tools, the login and what it may read. */
export async function findLogicalProblems(context: WorkContext): Promise<readonly Finding[]> {
  const login = await loginTo(context.settings.server!, context);
  const client = await connect(login);
  try {
    const { version, server, bytes, tables } = await readCatalogue(client, context.now);
    const tool = (await runTool('pg_dump', ['--version'], { signal: context.signal })).trim();
    const objection = tooOld(tool, { version, server });
    const { rows } = await client.query(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = any($1) and not (has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'))`,
      [tables.map(({ oid }) => oid)],
    );
    const hidden = rows.map(({ name }) => name);
    return [
      { what: 'connection', state: 'fine', found: `${login.user} can log in to ${server}, ${bytes} bytes, ${tables.length} tables` },
      { what: 'tool', state: objection === undefined ? 'fine' : 'problem', found: objection ?? tool },
      hidden.length === 0
        ? { what: 'permissions', state: 'fine', found: 'every table can be read' }
        : {
            what: 'permissions',
            state: 'problem',
            found: `${login.user} cannot read ${hidden.length} tables (${hidden.slice(0, 5).join(', ')}): grant pg_read_all_data to it`,
          },
    ];
  } finally {
    await client.end().catch(() => {});
  }
}
