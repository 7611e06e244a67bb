import type { Finding } from '../../model/self-managed';
import type { WorkContext } from '../engine';
import { runTool } from '../run-tool';
import { readCatalogue } from './catalogue';
import { connect, loginTo } from './server';

/** Looks at the tools, the login and what it may read. */
export async function findLogicalProblems(context: WorkContext): Promise<readonly Finding[]> {
  const login = await loginTo(context.settings.server!, context);
  const client = await connect(login);
  try {
    const { version, server, bytes, tables } = await readCatalogue(client, context.now);
    const tool = (await runTool('pg_dump', ['--version'], { signal: context.signal })).trim();
    const major = Number(/\b(\d+)(?:\.\d+)*\b/.exec(tool)?.[1]);
    const needed = Math.floor(version / 10_000);
    const { rows } = await client.query(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = any($1) and not (has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'))`,
      [tables.map(({ oid }) => oid)],
    );
    const hidden = rows.map(({ name }) => name);
    return [
      { what: 'connection', state: 'fine', found: `${login.user} can log in to ${server}, ${bytes} bytes, ${tables.length} tables` },
      major >= needed
        ? { what: 'tool', state: 'fine', found: tool }
        : { what: 'tool', state: 'problem', found: `'${tool}' cannot dump ${server}: install pg_dump ${needed} or newer` },
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
